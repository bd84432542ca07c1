"""What a formula may let people choose among. Apps above register theirs; none is known here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One thing to choose: its code for ever, its name in the reader's language."""

    code: str
    label: str


@dataclass(frozen=True)
class ChoiceKind:
    """A kind of thing to choose. `code` is `theme`, `country` or `case` (`Formula.choosing`).

    `options(now)` reads what is on offer at that moment, in the active language.
    """

    code: str
    label: Any
    hint: Any
    options: Callable[[Any], Sequence[Option]]


_kinds: dict[str, ChoiceKind] = {}


def register(kind: ChoiceKind) -> None:
    """Make `kind` known; called from an app's `ready()`."""
    _kinds[kind.code] = kind


def every_kind() -> list[ChoiceKind]:
    """All registered kinds, in the order in which they were registered."""
    return list(_kinds.values())
