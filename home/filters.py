"""Filters of the lists: plain links and a form that works without JavaScript.

What is asked for in the address and does not exist is ignored: an old link finds the whole list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from campaigns.cases.models import Case

if TYPE_CHECKING:
    from home.selectors import CaseCard, UrgentActionCard

# "This week" on a deadline: until the same day of next week.
WEEK = 7


@dataclass(frozen=True)
class Choice:
    """One value of a filter, with its words."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One filter: its name in the address, its label and what can be chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]


AnyCard = TypeVar("AnyCard", "CaseCard", "UrgentActionCard")


class _ListFilter(Generic[AnyCard]):
    """Narrows cards down by what the address asks for."""

    def __init__(self, asked: Mapping[str, str], cards: Sequence[AnyCard]) -> None:
        self.asked = asked
        self.all_cards: Sequence[AnyCard] = cards

    def _case(self, card: AnyCard) -> Case:
        return card.case

    def _matches_state(self, card: AnyCard, state: str) -> bool:
        raise NotImplementedError

    def _more_matches(self, card: AnyCard) -> bool:
        return True

    def _more_fields(self) -> Iterable[Field]:
        return ()

    def _field(self, name: str, label: str, options: Mapping[str, str]) -> Field:
        chosen = self._chosen(name, options)
        return Field(
            name,
            label,
            tuple(Choice(value, words, value == chosen) for value, words in options.items()),
        )

    def _chosen(self, name: str, options: Iterable[str]) -> str:
        value = self.asked.get(name, "")
        return value if value in set(options) else ""

    @cached_property
    def _countries(self) -> dict[str, str]:
        countries = {self._case(card).country for card in self.all_cards}
        return {country.code.lower(): str(country) for country in sorted(countries, key=str)}

    @cached_property
    def _themes(self) -> dict[str, str]:
        themes = {theme for card in self.all_cards for theme in self._case(card).themes.all()}
        return {theme.code: str(theme) for theme in sorted(themes, key=str)}

    @cached_property
    def _states(self) -> dict[str, str]:
        return {"open": _("open"), "closed": _("closed")}

    @cached_property
    def fields(self) -> list[Field]:
        """The filters that have something to choose from."""
        fields = [
            self._field("state", _("State"), self._states),
            self._field("country", _("Country"), self._countries),
            self._field("theme", _("Theme"), self._themes),
            *self._more_fields(),
        ]
        return [field for field in fields if len(field.choices) > 1]

    @cached_property
    def is_active(self) -> bool:
        """Whether anything was chosen."""
        return any(choice.is_chosen for field in self.fields for choice in field.choices)

    @cached_property
    def cards(self) -> list[AnyCard]:
        """The cards that match everything that was chosen."""
        state = self._chosen("state", self._states)
        country = self._chosen("country", self._countries)
        theme = self._chosen("theme", self._themes)
        return [
            card
            for card in self.all_cards
            if (not state or self._matches_state(card, state))
            and (not country or self._case(card).country.code.lower() == country)
            and (not theme or any(found.code == theme for found in self._case(card).themes.all()))
            and self._more_matches(card)
        ]


class CaseFilter(_ListFilter["CaseCard"]):
    """Cases by state, country and theme."""

    def _matches_state(self, card: "CaseCard", state: str) -> bool:
        return card.is_closed == (state == "closed")


class UrgentActionFilter(_ListFilter["UrgentActionCard"]):
    """Urgent actions by state, country, theme and deadline."""

    def _matches_state(self, card: "UrgentActionCard", state: str) -> bool:
        return card.deadline.is_open == (state == "open")

    @cached_property
    def _deadlines(self) -> dict[str, str]:
        return {"today": _("today"), "week": _("within a week")}

    def _more_fields(self) -> Iterable[Field]:
        return [self._field("deadline", _("Deadline"), self._deadlines)]

    def _more_matches(self, card: "UrgentActionCard") -> bool:
        deadline = self._chosen("deadline", self._deadlines)
        most = {"today": 0, "week": WEEK}.get(deadline)
        return most is None or (card.deadline.is_open and card.deadline.days_left <= most)
