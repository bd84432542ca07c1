"""Everything that pages show of other pages and of the facts, fetched whole.

Templates get dataclasses and never query; each page type has a query budget in the tests.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from wagtail.models import Locale, Page

from campaigns.cases.models import Case
from campaigns.cases.selectors import Badge, badge
from campaigns.letters.models import UrgentAction
from campaigns.letters.selectors import Deadline, deadline
from campaigns.petitions.selectors import Progress, progress

if TYPE_CHECKING:
    from .models import CasePage, GoodNewsPage, UrgentActionPage

MOST_SEARCH_RESULTS = 50


@dataclass(frozen=True)
class CaseCard:
    """A case in a list: its page, its facts, its badge and the petition's figure."""

    page: "CasePage"
    case: Case
    badge: Badge | None
    progress: Progress | None


@dataclass(frozen=True)
class UrgentActionCard:
    """An urgent action in a list, with its deadline."""

    page: "UrgentActionPage"
    urgent_action: UrgentAction
    case: Case
    deadline: Deadline


def case_facts(case_id: int) -> Case:
    """A case with its country and situation."""
    return Case.objects.with_situation().select_related("country").get(pk=case_id)


def urgent_action_facts(urgent_action_id: int) -> UrgentAction:
    """An urgent action with its latest issue, case and country."""
    return (
        UrgentAction.objects.with_latest_issue()
        .select_related("case__country")
        .get(pk=urgent_action_id)
    )


def open_case_cards(locale_id: int) -> list[CaseCard]:
    """The cases that we work on, newest first."""
    return _case_cards(locale_id, states=[Case.State.ACTIVE, Case.State.DORMANT])


def closed_case_cards(locale_id: int) -> list[CaseCard]:
    """The cases that are closed, newest first."""
    return _case_cards(locale_id, states=[Case.State.CLOSED])


def case_cards_of(pages: Iterable[Page]) -> list[CaseCard]:
    """Cards of chosen case pages, in that order, in each page's active translation."""
    from .models import CasePage

    # A reader gets the page in their own language or not at all.
    keys = [page.translation_key for page in pages]
    found = {
        page.translation_key: page
        for page in _with_card_relations(
            CasePage.objects.live()
            .public()
            .filter(translation_key__in=keys, locale=Locale.get_active())
        )
    }
    return _cards([found[key] for key in keys if key in found])


def _case_cards(locale_id: int, *, states: Sequence[str]) -> list[CaseCard]:
    from .models import CasePage

    pages = _with_card_relations(
        CasePage.objects.live()
        .public()
        .filter(locale_id=locale_id, case__state__in=states)
        .order_by("-first_published_at", "-pk")
    )
    return _cards(list(pages))


def _with_card_relations(pages):
    return (
        pages.select_related("portrait", "petition__tally", "petition__case")
        .prefetch_related("portrait__renditions")
        .defer("body")
    )


def _cards(pages: Sequence["CasePage"]) -> list[CaseCard]:
    cases = {
        case.pk: case
        for case in Case.objects.with_situation()
        .select_related("country")
        .filter(pk__in=[page.case_id for page in pages])
    }
    return [
        CaseCard(
            page=page,
            case=cases[page.case_id],
            badge=badge(cases[page.case_id]),
            progress=progress(page.petition) if page.petition else None,
        )
        for page in pages
    ]


def page_of_case(case_id: int, locale_id: int) -> "CasePage | None":
    """The published page of a case in one language."""
    from .models import CasePage

    return (
        CasePage.objects.live()
        .public()
        .filter(case_id=case_id, locale_id=locale_id)
        .defer("body")
        .select_related("portrait")
        .first()
    )


def open_urgent_actions(locale_id: int) -> list[UrgentActionCard]:
    """The urgent actions that can be acted on, the nearest deadline first."""
    cards = [card for card in _urgent_action_cards(locale_id) if card.deadline.is_open]
    return sorted(cards, key=lambda card: card.deadline.days_left)


def closed_urgent_actions(locale_id: int) -> list[UrgentActionCard]:
    """The urgent actions that are over, the latest first."""
    return [card for card in _urgent_action_cards(locale_id) if not card.deadline.is_open]


def urgent_actions_of_case(case_id: int, locale_id: int) -> list[UrgentActionCard]:
    """A case's urgent actions, the latest first."""
    return _urgent_action_cards(locale_id, urgent_action__case_id=case_id)


def _urgent_action_cards(locale_id: int, **only: int) -> list[UrgentActionCard]:
    from .models import UrgentActionPage

    pages = list(
        UrgentActionPage.objects.live()
        .public()
        .filter(locale_id=locale_id, **only)
        .select_related("picture")
        .prefetch_related("picture__renditions")
        .defer("body", "instructions", "letter", "addresses")
        .order_by("-urgent_action__year", "-urgent_action__number")
    )
    actions = {
        action.pk: action
        for action in UrgentAction.objects.with_latest_issue()
        .select_related("case__country")
        .filter(pk__in=[page.urgent_action_id for page in pages])
    }
    now = timezone.now()
    return [
        UrgentActionCard(
            page=page,
            urgent_action=actions[page.urgent_action_id],
            case=actions[page.urgent_action_id].case,
            deadline=deadline(actions[page.urgent_action_id], now=now),
        )
        for page in pages
    ]


def good_news_cards(locale_id: int) -> list["GoodNewsPage"]:
    """Good news, newest first; each with its case's country at hand."""
    return list(_good_news(locale_id))


def good_news_of_case(case_id: int, locale_id: int) -> list["GoodNewsPage"]:
    """What became better in one case."""
    return list(_good_news(locale_id).filter(case_id=case_id))


def _good_news(locale_id: int):
    from .models import GoodNewsPage

    return (
        GoodNewsPage.objects.live()
        .public()
        .filter(locale_id=locale_id)
        .select_related("case__country")
        .defer("body")
        .order_by("-happened_on")
    )


def search(query: str, locale_id: int) -> list[Page]:
    """Published pages of one language that match, best first, at most fifty."""
    # SQLite's full text search takes a quotation mark for its own.
    words = query.replace('"', " ").strip()
    if not words:
        return []
    pages = Page.objects.live().public().filter(locale_id=locale_id, depth__gt=1)
    return list(pages.specific().search(words)[:MOST_SEARCH_RESULTS])
