"""Reads about cases, as pages and mails show them."""

from dataclasses import dataclass
from datetime import date

from .models import FREED, Case, Situation


@dataclass(frozen=True)
class Badge:
    """A person's situation in words, with the date it began and whether it is good news."""

    words: str
    since: date | None
    is_freed: bool


def badge(case: Case) -> Badge | None:
    """The badge of a case read through `Case.objects.with_situation()`; None without events."""
    situation = getattr(case, "situation", None)
    if not situation:
        return None
    known = Situation(situation)
    return Badge(
        words=str(known.label),
        since=getattr(case, "situation_since", None),
        is_freed=known in FREED,
    )
