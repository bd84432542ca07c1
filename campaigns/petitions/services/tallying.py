"""Counting. One worker follows what has changed; nobody who signs waits for it.

Each signature knows under which standing it has been counted. A round takes those whose standing
is another by now, adds and subtracts, and marks them, in one transaction: nothing is counted twice
however often a round is killed, and no clock and no running number decides what belongs to it.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone
from wagtail.log_actions import log

from ..links import PERSONAL
from ..milestones import reached_between
from ..models import Milestone, Petition, Signature, Tally, TallyPart

logger = logging.getLogger(__name__)

AT_ONCE = 1000
KINDS = ("received", "confirmed", "held", "invalid")
Standing = Signature.Standing
# What a standing adds to; confirmed signatures have been received.
COUNTED: Mapping[str, tuple[str, ...]] = {
    Standing.RECEIVED: ("received",),
    Standing.CONFIRMED: ("received", "confirmed"),
    Standing.HELD: ("held",),
    Standing.INVALID: ("invalid",),
    "": (),
}


@dataclass(frozen=True)
class Part:
    """The key of a TallyPart."""

    petition_id: int
    day: date
    language: str
    country: str
    source: str


Changes = dict[Part, Counter[str]]


def tally_signatures(*, now: datetime) -> None:
    """Let the tallies follow all that has been signed, confirmed, withdrawn or judged since."""
    while _follow_some(now=now) == AT_ONCE:
        pass


@transaction.atomic
def _follow_some(*, now: datetime) -> int:
    """Follow up to AT_ONCE changes; returns how many."""
    changed = list(
        Signature.objects.exclude(counted_as=F("standing"))
        # Another round may be at work; on SQLite there is only one writer.
        .select_for_update(skip_locked=True, of=("self",))
        .only(
            *("petition_id", "signed_at", "language", "country", "source"),
            *("standing", "counted_as"),
        )[:AT_ONCE]
    )
    if not changed:
        return 0
    changes: Changes = {}
    for signature in changed:
        note_change(changes, signature, now_counts_as=signature.standing)
    rows = Signature.objects.filter(pk__in=[signature.pk for signature in changed])
    rows.update(counted_as=F("standing"))
    write_changes(changes, now=now)
    return len(changed)


def note_change(changes: Changes, signature: Signature, *, now_counts_as: str) -> None:
    """Add to `changes` what it means that a signature counts as something else; "" is nothing."""
    change = changes.setdefault(_part(signature), Counter())
    change.subtract(COUNTED[signature.counted_as])
    change.update(COUNTED[now_counts_as])


def _part(signature: Signature) -> Part:
    return Part(
        petition_id=signature.petition_id,
        day=timezone.localdate(signature.signed_at),
        language=signature.language,
        country=signature.country,
        source=_counted_source(signature.source),
    )


def _counted_source(source: str) -> str:
    """What the figures tell apart: how many come by personal links, not by whose."""
    return PERSONAL if source.startswith(f"{PERSONAL}-") else source


def write_changes(changes: Changes, *, now: datetime) -> None:
    """Write down what has changed, in an order that all rounds share."""
    totals: dict[int, Counter[str]] = {}
    for part in sorted(changes, key=lambda each: (each.petition_id, str(each))):
        change = changes[part]
        totals.setdefault(part.petition_id, Counter()).update(change)
        row, _created = TallyPart.objects.get_or_create(**vars(part))
        TallyPart.objects.filter(pk=row.pk).update(
            **{kind: F(kind) + change[kind] for kind in KINDS if change[kind]},
        )
    petitions = Petition.objects.in_bulk(totals)
    for petition_id in sorted(totals):
        change = totals[petition_id]
        tally, _created = Tally.objects.get_or_create(
            petition_id=petition_id, defaults={"counted_at": now}
        )
        Tally.objects.filter(pk=tally.pk).update(
            counted_at=now, **{kind: F(kind) + change[kind] for kind in KINDS}
        )
        tally.refresh_from_db()
        _note_milestones(petitions[petition_id], tally, now=now)


def _note_milestones(petition: Petition, tally: Tally, *, now: datetime) -> None:
    """Write down the round numbers that the shown figure has reached, each once."""
    known = petition.milestones.values_list("figure", flat=True).first() or 0
    Milestone.objects.bulk_create(
        [
            Milestone(petition=petition, figure=figure, reached_at=now)
            for figure in reached_between(known, petition.figure_of(tally))
            if figure >= petition.shown_from
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def recount_signatures(*, petition: Petition, now: datetime) -> dict[str, int]:
    """Count one petition anew from its signatures, and put right what the tally says otherwise.

    Returns by how much each kind was wrong (shown minus true), {} where nothing was. A difference
    is a mistake in this program or in somebody's SQL: it is repaired, logged and in the history.
    """
    tally, _created = Tally.objects.select_for_update().get_or_create(
        petition=petition, defaults={"counted_at": now}
    )
    Tally.objects.filter(pk=tally.pk).update(recounted_at=now)
    true = _true_parts(petition)
    shown = {
        Part(row.petition_id, row.day, row.language, row.country, row.source): Counter(
            {kind: getattr(row, kind) for kind in KINDS}
        )
        for row in TallyPart.objects.filter(petition=petition)
    }
    total: Counter[str] = sum(true.values(), Counter())
    drift = {
        kind: getattr(tally, kind) - total[kind]
        for kind in KINDS
        if getattr(tally, kind) != total[kind]
    }
    wrong = [
        part for part in {*true, *shown} if true.get(part, Counter()) != shown.get(part, Counter())
    ]
    if not drift and not wrong:
        return {}
    for part in wrong:
        counts = true.get(part, Counter())
        TallyPart.objects.update_or_create(
            **vars(part), defaults={kind: counts[kind] for kind in KINDS}
        )
    Tally.objects.filter(pk=tally.pk).update(
        counted_at=now, **{kind: total[kind] for kind in KINDS}
    )
    logger.error(
        "The tally of petition %s was wrong by %s; it has been counted anew.",
        petition.pk,
        drift or f"{len(wrong)} parts",
    )
    log(
        instance=petition,
        action="petitions.recount",
        timestamp=now,
        data={"drift": drift, "parts": len(wrong)},
    )
    return drift


def _true_parts(petition: Petition) -> dict[Part, Counter[str]]:
    """What the tally should say of the signatures that it has followed."""
    found: dict[Part, Counter[str]] = {}
    rows: Iterable[tuple[date, str, str, str, str, int]] = (
        Signature.objects.filter(petition=petition)
        .exclude(counted_as="")
        .order_by()
        .annotate(day=TruncDate("signed_at"))
        .values_list("day", "language", "country", "source", "counted_as")
        .annotate(number=Count("pk"))
    )
    for day, language, country, source, standing, number in rows:
        part = Part(petition.pk, day, language, country, _counted_source(source))
        for kind in COUNTED[standing]:
            found.setdefault(part, Counter())[kind] += number
    return found
