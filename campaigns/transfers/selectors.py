"""Reads about imports and exports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Q, QuerySet

from campaigns.supporters.models import Formula, Subscription, Supporter

from .files import private_path
from .leases import free
from .models import ExportJob, ImportJob
from .parsing import ParsedRow, Plan, parse_row
from .tables import Row, read_table

PREVIEW_ROWS = 20


@dataclass(frozen=True)
class PreviewRow:
    """A row as it stands in the file, and what would be stored of it."""

    row: Row
    parsed: ParsedRow


def importable_formulas() -> QuerySet[Formula]:
    """The formulas that an import can give: those without something that one has to choose."""
    one = Formula.Choosing.ONE
    return Formula.objects.exclude(
        Q(theme_choice=one) | Q(country_choice=one) | Q(case_choice=one)
    ).order_by("position", "pk")


def plan_of(job: ImportJob) -> Plan:
    """How the rows of `job` are read."""
    return Plan(
        reference=f"import {job.pk}",
        mapping=job.mapping,
        formulas={formula.code.casefold(): formula for formula in Formula.objects.all()},
        formula=job.formula,
        language=job.language,
        country=job.country,
        wording=job.wording,
    )


def sample_rows(job: ImportJob, count: int = PREVIEW_ROWS) -> list[Row]:
    """The first rows of the file; none where it has been deleted."""
    try:
        rows = read_table(private_path(job.table_name), offset=0)
        return [row for row, _offset in islice(rows, count)]
    except (OSError, ValueError):
        return []


def preview(job: ImportJob, *, today: date) -> list[PreviewRow]:
    """What would be stored of the first rows. Says nothing of who is known or suppressed."""
    plan = plan_of(job)
    return [PreviewRow(row, parse_row(row, plan, today=today)) for row in sample_rows(job)]


def waiting_imports(*, now: datetime) -> QuerySet[ImportJob]:
    """The imports that nobody works on and somebody should, oldest first."""
    at_work = Q(state=ImportJob.State.READING) | Q(state=ImportJob.State.RUNNING)
    return ImportJob.objects.filter(at_work, free(now)).order_by("pk")


def waiting_exports(*, now: datetime) -> QuerySet[ExportJob]:
    """The exports that nobody works on and somebody should, oldest first."""
    return ExportJob.objects.filter(free(now), state=ExportJob.State.WAITING).order_by("created_at")


def supporters_for(job: ExportJob) -> QuerySet[Supporter]:
    """The supporters that an export asks for, whose mailbox has confirmed their address."""
    chosen: dict[str, object] = {}
    if job.formula_id:
        chosen["formula"] = job.formula_id
    if job.only_active:
        chosen["state"] = Subscription.State.ACTIVE
    found = Supporter.objects.exclude(confirmed_at=None)
    if chosen:
        found = found.filter(pk__in=Subscription.objects.filter(**chosen).values("supporter"))
    if job.language:
        found = found.filter(language=job.language)
    if job.country:
        found = found.filter(country=job.country)
    return found.order_by("pk")


def in_chunks(found: QuerySet[Supporter], size: int) -> Iterator[Sequence[Supporter]]:
    """All of `found`, ordered by key, with their contact points and subscriptions."""
    last = 0
    while True:
        chunk = list(
            found.filter(pk__gt=last).prefetch_related("contact_points", "subscriptions__formula")[
                :size
            ]
        )
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk
