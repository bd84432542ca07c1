"""What people find on their own page besides what supporters keep themselves.

Apps above register a section each: the signatures, the letters. None is known here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Row:
    """One thing that somebody did: its key in its section, what, and when.

    `way_on` is an address where something can be done with it, `way_on_words` its link.
    """

    key: str
    title: str
    happened_at: datetime
    note: str = ""
    can_withdraw: bool = False
    way_on: str = ""
    way_on_words: str = ""


class Withdraw(Protocol):
    """Takes one row back. A key that is not the supporter's, or gone, changes nothing."""

    def __call__(self, *, supporter_id: int, key: str, now: datetime) -> None: ...


@dataclass(frozen=True)
class Section:
    """A kind of thing that people do. `rows(supporter_id)` is in the active language.

    `titles(references)` says what lines of consent about `<about>:<reference>` are about.
    """

    code: str
    title: Any
    introduction: Any
    empty: Any
    rows: Callable[[int], Sequence[Row]]
    withdraw: Withdraw | None = None
    withdraw_label: Any = ""
    about: str = ""
    titles: Callable[[Sequence[str]], Mapping[str, str]] | None = None


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Make `section` part of the own page; called from an app's `ready()`."""
    _sections[section.code] = section


def every_section() -> list[Section]:
    """All sections, in the order in which they were registered."""
    return list(_sections.values())


def section_called(code: str) -> Section | None:
    """The section of that code."""
    return _sections.get(code)
