"""Reads about cases, as pages and mails show them."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from .models import FREED, Case, Situation, SituationEvent


@dataclass(frozen=True)
class Badge:
    """A person's situation in words, with the date it began and whether it is good news."""

    words: str
    since: date | None
    # In words, and no more exact than what is known: a day, a month or a year.
    since_words: str
    is_freed: bool


def badge(case: Case) -> Badge | None:
    """The badge of a case read through `Case.objects.with_situation()`; None without events."""
    situation = getattr(case, "situation", None)
    if not situation:
        return None
    known = Situation(situation)
    since: date | None = getattr(case, "situation_since", None)
    return Badge(
        words=str(known.label),
        since=since,
        since_words=_words(since, getattr(case, "situation_precision", "")) if since else "",
        is_freed=known in FREED,
    )


def _words(day: date, precision: str) -> str:
    if precision == SituationEvent.Precision.YEAR:
        return str(day.year)
    if precision == SituationEvent.Precision.MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT")
    return date_format(day, "DATE_FORMAT")
