"""An import, from the uploaded file to the last row.

The file becomes a table (`tables`) before anybody says what its columns mean. Then rows are
written in chunks; the cursor moves in the transaction that writes them, under a lease. So a
worker that is killed loses its chunk and nothing else, and the next one writes it once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.supporters.models import Formula
from campaigns.supporters.services.importing import Fate, import_supporters
from campaigns.transitions import Refused

from ..files import delete_private_file, new_private_file, private_path
from ..headings import guess_columns
from ..leases import LEASE, claim, release
from ..models import ImportJob, ImportProblem
from ..parsing import Plan, parse_row
from ..problems import LEFT_OUT, Column
from ..reading import (
    Failure,
    Reading,
    Unreadable,
    detect_delimiter,
    detect_encoding,
    is_workbook,
    text_rows,
)
from ..selectors import plan_of, sample_rows
from ..tables import Row, Table, read_table, write_table
from ..workbooks import workbook_rows

CHUNK_ROWS = 500
LARGEST_UPLOAD = 100 * 1024 * 1024
# How long the uploaded file, the table and the list of problems are kept.
KEPT = timedelta(hours=24)
# Longer than any file that is let in takes to read, however busy the machine is.
READING_LEASE = timedelta(minutes=12)

# Workers that died or erred over one and the same chunk.
MOST_ATTEMPTS = 5

State = ImportJob.State


@dataclass(frozen=True)
class Meaning:
    """What staff say about a file. `mapping` gives numbers of columns, from 0, by `Column`."""

    mapping: dict[str, int]
    language: str
    formula: Formula | None = None
    country: str = ""
    wording: str = ""


def upload_import(*, title: str, blocks: Iterable[bytes], by: Any, now: datetime) -> ImportJob:
    """Keep an uploaded file privately, to be read.

    Raises Refused for a file beyond LARGEST_UPLOAD bytes; nothing is left of it then.
    """
    name, file = new_private_file()
    size = 0
    try:
        with file:
            for block in blocks:
                size += len(block)
                if size > LARGEST_UPLOAD:
                    raise Refused([Failure.TOO_LARGE.label])
                file.write(block)
        job = ImportJob.objects.create(
            title=title[-120:], upload_name=name, started_by=by, created_at=now
        )
    except BaseException:
        delete_private_file(name)
        raise
    log(job, "transfers.upload", user=by)
    return job


def read_upload(*, job: ImportJob, now: datetime) -> None:
    """Turn the uploaded file into a table and guess what its columns mean.

    What staff have said about encoding, delimiter and headings holds; the rest is found out.
    Does nothing for a job that is not to be read, or that another worker reads.
    """
    token = claim(ImportJob, job.pk, state=State.READING, now=now)
    if token is None:
        return
    # No chunk renews this lease.
    ImportJob.objects.filter(pk=job.pk, claim=token).update(claimed_until=now + READING_LEASE)
    job = ImportJob.objects.get(pk=job.pk)
    try:
        changes = _read(job)
    except Unreadable as error:
        changes = {"state": State.FAILED, "failure": error.failure, "table_name": ""}
    with transaction.atomic():
        stands = (
            ImportJob.objects.select_for_update()
            .filter(pk=job.pk, claim=token, state=State.READING)
            .exists()
        )
        if stands:
            ImportJob.objects.filter(pk=job.pk).update(**changes, claim=None, claimed_until=None)
    delete_private_file(job.table_name if stands else changes.get("table_name", ""))


def _read(job: ImportJob) -> dict[str, Any]:
    try:
        path = private_path(job.upload_name)
        is_book = is_workbook(path)
    except (OSError, ValueError) as error:
        raise Unreadable(Failure.LOST) from error
    if is_book:
        found: dict[str, Any] = {"is_workbook": True}
        table = write_table(workbook_rows(path), has_header=job.has_header)
    else:
        encoding = job.encoding or detect_encoding(path)
        delimiter = job.delimiter or detect_delimiter(path, encoding)
        found = {"encoding": encoding, "delimiter": delimiter}
        table = write_table(
            text_rows(path, Reading(encoding, delimiter)), has_header=job.has_header
        )
    return {**found, **_described(table), "state": State.PREPARING, "failure": ""}


def _described(table: Table) -> dict[str, Any]:
    samples = [row.cells for row in sample_rows(ImportJob(table_name=table.name))]
    return {
        "table_name": table.name,
        "has_header": table.has_header,
        "headings": table.headings,
        "width": table.width,
        "row_count": table.row_count,
        "mapping": guess_columns(table.headings, samples),
    }


def read_again(
    *, job: ImportJob, encoding: str, delimiter: str, has_header: bool | None, now: datetime
) -> None:
    """Read the file once more, in the way that staff say. Raises Refused once it has started."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state not in {State.PREPARING, State.FAILED}:
            raise Refused([_("The import has started: how it is read cannot change any more.")])
        if not job.upload_name:
            raise Refused([Failure.LOST.label])
        job.encoding, job.delimiter, job.has_header = encoding, delimiter, has_header
        job.state = State.READING
        job.save()


def describe_import(*, job: ImportJob, meaning: Meaning, now: datetime) -> None:
    """Note what the columns mean.

    Raises Refused once the import has started, or without the columns that prove consent.
    """
    reasons = _missing(meaning)
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != State.PREPARING:
            reasons = [_("The import has started: what its columns mean cannot change any more.")]
        if reasons:
            raise Refused(reasons)
        job.mapping = meaning.mapping
        job.formula = meaning.formula
        job.language = meaning.language
        job.country = meaning.country
        job.wording = meaning.wording
        job.save()


def _missing(meaning: Meaning) -> list[str]:
    """Consent is proven person by person: its day and its proof are never the same for all."""
    has = meaning.mapping.keys()
    checks = [
        (Column.EMAIL in has, _("Please say which column holds the e-mail address.")),
        (
            Column.GIVEN_ON in has,
            _("Please say which column holds the date of the consent: each row needs its own."),
        ),
        (
            Column.PROOF in has,
            _("Please say which column says where the proof is kept: each row needs its own."),
        ),
        (
            Column.WORDING in has or meaning.wording,
            _("Please choose the column with the sentence that was agreed to, or type it."),
        ),
        (
            Column.FORMULA in has or meaning.formula,
            _("Please choose the column with the formula, or one formula for all."),
        ),
    ]
    return [words for is_there, words in checks if not is_there]


def start_import(*, job: ImportJob, by: Any, now: datetime) -> None:
    """Let the workers begin. Raises Refused for what has begun already or is not described."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != State.PREPARING:
            raise Refused([_("This import has been started already, or it was cancelled.")])
        reasons = _missing(
            Meaning(job.mapping, job.language, job.formula, job.country, job.wording)
        )
        if reasons:
            raise Refused(reasons)
        job.state = State.RUNNING
        job.save()
        log(job, "transfers.start", user=by)


def cancel_import(*, job: ImportJob, by: Any, now: datetime) -> None:
    """Stop after the chunk at hand. What has been imported stays. Twice is once."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state in {State.DONE, State.CANCELLED}:
            return
        log(job, "transfers.cancel", user=by)
        _finish(job, State.CANCELLED, now=now)


def work_on_import(*, job: ImportJob, clock: Callable[[], datetime], until: datetime) -> bool:
    """Import chunk after chunk until all is done, or it is `until`; whether something is left.

    `clock` tells the time: the lease of a long job is renewed. Somebody else's job, and one that
    is not running, is left alone.
    """
    token = claim(ImportJob, job.pk, state=State.RUNNING, now=clock())
    if token is None:
        return False
    job = ImportJob.objects.select_related("formula").get(pk=job.pk)
    path = private_path(job.table_name)
    if job.attempts >= MOST_ATTEMPTS or not path.exists():
        _fail(job, Failure.STUCK if path.exists() else Failure.LOST, now=clock())
        return False
    ImportJob.objects.filter(pk=job.pk, claim=token).update(attempts=F("attempts") + 1)
    plan = plan_of(job)
    rows = read_table(path, offset=job.offset)
    while clock() < until:
        chunk = list(islice(rows, CHUNK_ROWS))
        if not _import_chunk(job, token, plan, chunk, now=clock()):
            return False
    release(ImportJob, job.pk, token=token)
    return True


def _import_chunk(
    job: ImportJob, token: Any, plan: Plan, chunk: list[tuple[Row, int]], *, now: datetime
) -> bool:
    """Write one chunk and move the cursor; whether to go on. An empty chunk is the end.

    Rows are understood before the transaction begins: on SQLite nobody else writes while it lasts.
    """
    today = timezone.localdate(now)
    parsed = [parse_row(row, plan, today=today) for row, _offset in chunk]
    with transaction.atomic():
        stands = (
            ImportJob.objects.select_for_update()
            .filter(pk=job.pk, claim=token, state=State.RUNNING)
            .first()
        )
        if stands is None:
            return False
        if not chunk:
            _finish(stands, State.DONE, now=now)
            return False
        people = [row.person for row in parsed if row.person]
        outcome = import_supporters(people=people, now=now)
        ImportProblem.objects.bulk_create(
            ImportProblem(
                job=stands,
                line=row.line,
                column=column,
                problem=problem,
                is_refusal=problem not in LEFT_OUT,
            )
            for row in parsed
            for column, problem in row.problems
        )
        stands.rows_done += len(chunk)
        stands.offset = chunk[-1][1]
        stands.refused += len(chunk) - len(people)
        stands.added += outcome.added
        for fate in Fate:
            setattr(stands, fate.value, getattr(stands, fate.value) + outcome.fates[fate])
        stands.claimed_until = now + LEASE
        stands.attempts = 0
        stands.save()
    return True


def _fail(job: ImportJob, failure: Failure, *, now: datetime) -> None:
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        job.failure = failure
        _finish(job, State.FAILED, now=now)


def _finish(job: ImportJob, state: str, *, now: datetime) -> None:
    job.state = state
    job.finished_at = now
    job.claim = job.claimed_until = None
    _forget_files(job)


def _forget_files(job: ImportJob) -> None:
    """Delete the files once the row that names them no longer does."""
    names = [job.upload_name, job.table_name]
    job.upload_name = job.table_name = ""
    job.save()

    def delete() -> None:
        for name in names:
            delete_private_file(name)

    transaction.on_commit(delete)


def delete_old_imports(*, now: datetime) -> None:
    """Forget the files and problems of a day ago; what was never started is cancelled."""
    before = now - KEPT
    ImportProblem.objects.filter(job__finished_at__lt=before).delete()
    left = ImportJob.objects.filter(
        state__in=[State.READING, State.PREPARING, State.FAILED], created_at__lt=before
    ).exclude(upload_name="", table_name="")
    for job in left:
        with transaction.atomic():
            job = ImportJob.objects.select_for_update().get(pk=job.pk)
            if job.state == State.RUNNING:
                continue
            _finish(job, State.CANCELLED if job.state != State.FAILED else job.state, now=now)
