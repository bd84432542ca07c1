"""How many mails of formulas somebody has had: the apps above that send some say so here."""

from collections.abc import Callable
from datetime import datetime

# `count(supporter_id, since=…)`: mails sent, or about to be.
Count = Callable[..., int]
_counts: list[Count] = []


def register(count: Count) -> None:
    """Count these, too; called from an app's `ready()`."""
    if count not in _counts:
        _counts.append(count)


def mails_of_apps(supporter_id: int, *, since: datetime) -> int:
    """How many mails the apps above have sent to somebody since then."""
    return sum(count(supporter_id, since=since) for count in _counts)
