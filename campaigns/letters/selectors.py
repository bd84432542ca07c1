"""Reads about urgent actions, as pages show them."""

from dataclasses import dataclass
from datetime import date, datetime

from .models import UrgentAction, UrgentActionIssue, end_of_day


@dataclass(frozen=True)
class Deadline:
    """Until when an urgent action can be acted on, and how much of that is left."""

    act_before: date | None
    is_open: bool
    days_left: int


def deadline(action: UrgentAction, *, now: datetime) -> Deadline:
    """The deadline of an action read through `with_latest_issue()`.

    A stopped action is closed whatever its date says.
    """
    act_before = getattr(action, "act_before", None)
    stopped = getattr(action, "latest_kind", None) in {
        UrgentActionIssue.Kind.STOP,
        UrgentActionIssue.Kind.OUTCOME,
        None,
    }
    if stopped or act_before is None:
        return Deadline(act_before=act_before, is_open=False, days_left=0)
    end = end_of_day(act_before)
    return Deadline(
        act_before=act_before,
        is_open=now <= end,
        days_left=max((act_before - now.astimezone(end.tzinfo).date()).days, 0),
    )
