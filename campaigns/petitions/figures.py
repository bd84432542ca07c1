"""The figures of one petition for staff: sums of its tally's parts, never of its signatures.

A petition with a million signatures has as many parts as there are days times ways to it, so each
of these is read in a few queries and in no time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from .models import Petition, Tally, TallyPart

KINDS = ("received", "confirmed", "held", "invalid")
SHOWN = 20
# A curve of more points says nothing more.
MOST_POINTS = 120


@dataclass(frozen=True)
class Group:
    """The signatures that have one thing in common. `key` None: all that are not shown apart."""

    key: str | None
    received: int
    confirmed: int
    held: int
    invalid: int

    @property
    def is_empty(self) -> bool:
        """Whether all of them have been withdrawn."""
        return not (self.received or self.held or self.invalid)


@dataclass(frozen=True)
class Step:
    """What was signed from one day on, for `Curve.days` days, and in all until then."""

    day: date
    received: int
    confirmed: int
    received_so_far: int
    confirmed_so_far: int


@dataclass(frozen=True)
class Curve:
    """Signatures over time, by the day they were signed: one step a day, or one a week."""

    steps: list[Step]
    days: int


def groups_by(petition: Petition, tally: Tally, field: str) -> list[Group]:
    """The largest groups by `source`, `country` or `language`, and the others in one."""
    sums = {f"{kind}_in_all": Sum(kind) for kind in KINDS}
    rows = (
        TallyPart.objects.filter(petition=petition)
        .values(field)
        .annotate(**sums)
        .order_by("-received_in_all", "-held_in_all", "-invalid_in_all", field)[:SHOWN]
    )
    found = [Group(row[field], *(row[f"{kind}_in_all"] for kind in KINDS)) for row in rows]
    others = Group(
        None,
        *(getattr(tally, kind) - sum(getattr(each, kind) for each in found) for kind in KINDS),
    )
    return [group for group in (*found, others) if not group.is_empty]


def curve_of(petition: Petition) -> Curve:
    """What was signed day by day, from the first to the last; week by week where that is long."""
    by_day: dict[date, tuple[int, int]] = {
        day: (received, confirmed)
        for day, received, confirmed in TallyPart.objects.filter(petition=petition)
        .values_list("day")
        .annotate(Sum("received"), Sum("confirmed"))
        if received or confirmed
    }
    if not by_day:
        return Curve([], 1)
    days = 1 if (max(by_day) - min(by_day)).days < MOST_POINTS else 7
    return Curve(list(_steps(by_day, days)), days)


def _steps(by_day: Mapping[date, tuple[int, int]], days: int) -> Iterator[Step]:
    first, last = min(by_day), max(by_day)
    received_so_far = confirmed_so_far = 0
    for start in range(0, (last - first).days + 1, days):
        begins = first + timedelta(start)
        span = [by_day.get(begins + timedelta(day), (0, 0)) for day in range(days)]
        received, confirmed = (sum(each) for each in zip(*span, strict=True))
        received_so_far += received
        confirmed_so_far += confirmed
        yield Step(begins, received, confirmed, received_so_far, confirmed_so_far)
