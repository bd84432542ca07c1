"""A mailing as it would be if it were submitted now: nothing of this is saved."""

from copy import copy
from dataclasses import dataclass

from . import words
from .audience_rows import Occasion
from .freezing import Frozen
from .labels import place_of
from .models import Mailing
from .occasions import occasion_of
from .services import look_through


@dataclass(frozen=True)
class Look:
    """The words of each language that has any, and the mailing with what its page is about."""

    mailing: Mailing
    frozen: list[Frozen]

    @property
    def languages(self) -> list[str]:
        """The languages that have words."""
        return [each.content.language for each in self.frozen]

    @property
    def occasion(self) -> Occasion:
        """What decides who gets it."""
        if not self.mailing.is_editable:
            return occasion_of(self.mailing)
        return Occasion(
            languages=tuple(self.languages),
            falls_back=self.mailing.falls_back,
            case_id=self.mailing.case_id,
            petition_id=self.mailing.petition_id,
            is_stop=self.mailing.is_stop,
            mailing_id=self.mailing.pk,
        )

    def of(self, language: str) -> Frozen | None:
        """The words of one language."""
        return next((each for each in self.frozen if each.content.language == language), None)


def look_at(mailing: Mailing) -> Look:
    """A draft's words as they are on its pages now; later ones as they were frozen."""
    if not mailing.is_editable:
        frozen = [Frozen(content) for content in mailing.contents.all()]
        return Look(mailing, _in_order(frozen))
    return Look(_with_facts(mailing), _in_order(look_through(mailing)))


def changed_since(look: Look) -> list[str]:
    """The languages whose pages say something else now than what was frozen."""
    if look.mailing.is_editable or look.mailing.state not in Mailing.UNSENT:
        return []
    now = {each.content.language: each.content.digest for each in look_through(look.mailing)}
    frozen = {each.content.language: each.content.digest for each in look.frozen}
    return [code for code in {**frozen, **now} if frozen.get(code) != now.get(code)]


def _in_order(frozen: list[Frozen]) -> list[Frozen]:
    return sorted(frozen, key=lambda each: place_of(each.content.language))


def _with_facts(mailing: Mailing) -> Mailing:
    """The same with what its page is about, as submitting it would note it."""
    seen = copy(mailing)
    if mailing.page is None:
        return seen
    facts = words.source().facts(mailing.page.specific)
    seen.kind, seen.is_stop, seen.asks_to_act = facts.kind, facts.is_stop, facts.asks_to_act
    seen.case_id, seen.urgent_action_id = facts.case_id, facts.urgent_action_id
    seen.issue_id, seen.petition_id = facts.issue_id, facts.petition_id
    seen.edition_id = facts.edition_id
    return seen
