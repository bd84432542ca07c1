"""A list of people for a stated reason: asked for, written, fetched by who asked, deleted.

The log says who asked, why, for how many people, and when it was fetched; never who was in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.supporters.models import Formula
from campaigns.transitions import Refused

from ..files import delete_private_file, new_private_file, private_path
from ..leases import LEASE, claim
from ..models import ExportJob
from ..sources import source_of
from ..writing import writer_of

KEPT = timedelta(hours=24)
SHORTEST_REASON = 10

State = ExportJob.State


@dataclass(frozen=True)
class ExportWish:
    """Which list, and why. Of supporters, "" and None mean: all of them.

    `kind` is that of a `sources.Source`, `about` the number of what its list is about.
    """

    reason: str
    format: str
    formula: Formula | None = None
    language: str = ""
    country: str = ""
    only_active: bool = True
    kind: str = "supporters"
    about: int | None = None


def request_export(*, wish: ExportWish, by: Any, now: datetime) -> ExportJob:
    """Have a list written. Raises Refused without a reason of some words.

    Whether it is really `by` who asks is for the caller to know.
    """
    reason = " ".join(wish.reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused([_("Please say in a few words what the list is for.")])
    with transaction.atomic():
        job = ExportJob.objects.create(
            reason=reason,
            format=wish.format,
            formula=wish.formula,
            language=wish.language,
            country=wish.country,
            only_active=wish.only_active,
            kind=wish.kind,
            about=wish.about,
            started_by=by,
            created_at=now,
        )
        log(job, "transfers.ask", user=by)
    return job


def write_export(*, job: ExportJob, clock: Callable[[], datetime]) -> None:
    """Write the list into a private file, from its beginning.

    Does nothing for a list that is not waiting, or that another worker writes. When the claim is
    lost on the way, as when somebody is erased, what was written is deleted.
    """
    token = claim(ExportJob, job.pk, state=State.WAITING, now=clock())
    if token is None:
        return
    job = ExportJob.objects.select_related("started_by").get(pk=job.pk)
    source = source_of(job)
    name, file = new_private_file()
    count = 0
    try:
        with (
            file,
            translation.override(_language_of(job.started_by)),
            writer_of(job.format, file) as write,
        ):
            write(source.headings(job))
            for chunk in source.chunks(job):
                for row in chunk:
                    write(row)
                count += len(chunk)
                if not _renew(job, token, now=clock()):
                    break
            for row in source.closing(job, count):
                write(row)
        is_finished = _finish(job, token, name, count, now=clock())
    except BaseException:
        delete_private_file(name)
        raise
    if not is_finished:
        delete_private_file(name)


def _language_of(user: Any) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.get_preferred_language() if profile else translation.get_language()


def _renew(job: ExportJob, token: UUID, *, now: datetime) -> bool:
    mine = ExportJob.objects.filter(pk=job.pk, claim=token, state=State.WAITING)
    return bool(mine.order_by().update(claimed_until=now + LEASE))


@transaction.atomic
def _finish(job: ExportJob, token: UUID, name: str, count: int, *, now: datetime) -> bool:
    stands = (
        ExportJob.objects.select_for_update()
        .filter(pk=job.pk, claim=token, state=State.WAITING)
        .first()
    )
    if stands is None:
        return False
    stands.state = State.READY
    stands.file_name = name
    stands.row_count = count
    stands.finished_at = now
    stands.claim = stands.claimed_until = None
    stands.save()
    log(stands, "transfers.export", user=job.started_by, data={"rows": count})
    return True


@transaction.atomic
def note_download(*, job: ExportJob, by: Any, now: datetime) -> Path:
    """Where the list is, for whoever asked for it; notes that it was fetched.

    Raises Refused for anybody else, superusers included, and for what is not there (any more).
    """
    job = ExportJob.objects.select_for_update().get(pk=job.pk)
    if job.started_by_id != by.pk:
        raise Refused([_("Only who asked for this list can download it.")])
    if job.state == State.WAITING:
        raise Refused([_("The list is still being written.")])
    if job.state != State.READY or job.finished_at is None or job.finished_at < now - KEPT:
        raise Refused([_("The list has been deleted. Please ask for it anew.")])
    path = private_path(job.file_name)
    if not path.exists():
        raise Refused([_("The list has been deleted. Please ask for it anew.")])
    job.fetched_at = now
    job.save()
    log(job, "transfers.download", user=by)
    return path


def delete_old_exports(*, now: datetime) -> None:
    """Delete the lists of a day ago, and those that nobody managed to write within a day."""
    before = now - KEPT
    _delete(ExportJob.objects.filter(state=State.READY, finished_at__lt=before), now=now)
    _delete(ExportJob.objects.filter(state=State.WAITING, created_at__lt=before), now=now)


def delete_all_exports(*, now: datetime) -> None:
    """Delete every list that there is: somebody who may be in them has been erased.

    Those that are being written begin again, without that person. Call it in the transaction
    of the erasure, or after it.
    """
    ExportJob.objects.filter(state=State.WAITING).update(claim=None, claimed_until=None)
    _delete(ExportJob.objects.filter(state=State.READY), now=now)


def _delete(jobs: Any, *, now: datetime) -> None:
    for key in list(jobs.values_list("pk", flat=True)):
        with transaction.atomic():
            job = ExportJob.objects.select_for_update().get(pk=key)
            name = job.file_name
            job.state = State.DELETED
            job.file_name = ""
            job.deleted_at = now
            job.claim = job.claimed_until = None
            job.save()
            # Before the commit: better a row without its list than a list without its row.
            delete_private_file(name)
