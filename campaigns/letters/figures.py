"""How many letters people say they have sent: what the site shows, and what staff look at.

Opened is a way to write that was opened, declared is what somebody says. They are two facts about
two crowds, side by side; nothing here adds one to the other.
"""

from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from .models import DEADLINE_ZONE, ChannelOpening, LetterAct, UrgentAction

# A curve of more points says nothing more.
MOST_POINTS = 120


def letters_declared(action: UrgentAction) -> int:
    """All issues together: declared in time, and not taken back. One query."""
    return LetterAct.objects.in_time().filter(issue__urgent_action=action.pk).count()


@dataclass(frozen=True)
class Figures:
    """What has been opened and declared, one beside the other."""

    opened: int = 0
    declared: int = 0
    late: int = 0
    taken_back: int = 0

    @property
    def weight(self) -> tuple[int, ...]:
        """Largest first: by what was declared, then by what was opened."""
        return (-self.declared, -self.opened, -self.late, -self.taken_back)

    def and_also(self, other: "Figures") -> "Figures":
        """Each kind together with its own, and with no other."""
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Group:
    """The figures of what has one thing in common, such as its channel."""

    key: Any
    figures: Figures


@dataclass(frozen=True)
class Step:
    """What was opened, and declared in time, from one day on."""

    day: date
    opened: int
    declared: int


@dataclass(frozen=True)
class Curve:
    """Over time, by the days of Brussels: one step a day, or one a week."""

    steps: list[Step]
    days: int


def groups_by(action: UrgentAction, field: str) -> list[Group]:
    """By `channel`, `language` or `office`, the largest first. Two queries."""
    opened = dict(_openings(action).values_list(field).annotate(Count("pk")))
    said = {key: Figures(0, *counts) for key, *counts in _counted(_acts(action), field)}
    groups = [
        Group(key, Figures(opened.get(key, 0)).and_also(said.get(key, Figures())))
        for key in opened.keys() | said.keys()
    ]
    return sorted(groups, key=lambda group: (group.figures.weight, str(group.key)))


def sum_of(groups: list[Group]) -> Figures:
    """All groups together."""
    total = Figures()
    for group in groups:
        total = total.and_also(group.figures)
    return total


def curve_of(action: UrgentAction) -> Curve:
    """Day by day from the first to the last, week by week where that is long. Two queries."""
    opened = _by_day(_openings(action), "opened_at")
    declared = _by_day(_acts(action).filter(undone_at=None, is_late=False), "declared_at")
    known = opened.keys() | declared.keys()
    if not known:
        return Curve([], 1)
    first, last = min(known), max(known)
    days = 1 if (last - first).days < MOST_POINTS else 7
    steps = []
    for start in range(0, (last - first).days + 1, days):
        span = [first + timedelta(start + each) for each in range(days)]
        steps.append(
            Step(
                span[0],
                sum(opened.get(day, 0) for day in span),
                sum(declared.get(day, 0) for day in span),
            )
        )
    return Curve(steps, days)


def _openings(action: UrgentAction) -> Any:
    return ChannelOpening.objects.filter(issue__urgent_action=action.pk).order_by()


def _acts(action: UrgentAction) -> Any:
    return LetterAct.objects.filter(issue__urgent_action=action.pk).order_by()


def _counted(acts: Any, field: str) -> Any:
    standing = Q(undone_at=None)
    return acts.values_list(field).annotate(
        in_time=Count("pk", filter=standing & Q(is_late=False)),
        late=Count("pk", filter=standing & Q(is_late=True)),
        taken_back=Count("pk", filter=~standing),
    )


def _by_day(rows: Any, field: str) -> dict[date, int]:
    days = rows.annotate(day=TruncDate(F(field), tzinfo=DEADLINE_ZONE)).values_list("day")
    return dict(days.annotate(Count("pk")))
