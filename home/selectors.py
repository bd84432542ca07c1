"""Everything that pages show of other pages and of the facts, fetched whole.

Templates get dataclasses and never query; each page type has a query budget in the tests. What
may not be shown of a case is left out here, whether or not its pages are still published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import CharField, Q, TextField, prefetch_related_objects
from django.utils import timezone
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from campaigns.cases.models import Case
from campaigns.cases.names import pattern_of
from campaigns.cases.selectors import Badge, badge, hidden_names
from campaigns.letters.desk import MonthlyLetter, monthly_letters
from campaigns.letters.models import UrgentAction
from campaigns.letters.selectors import Deadline, deadline
from campaigns.petitions.selectors import Progress, progress

from .destinations import readable

if TYPE_CHECKING:
    from .models import (
        CasePage,
        CaseUpdatePage,
        CountryPage,
        GoodNewsPage,
        NewsletterPage,
        UrgentActionPage,
    )

MOST_SEARCH_RESULTS = 50
AnyPage = TypeVar("AnyPage", bound=Page)


@dataclass(frozen=True)
class CaseCard:
    """A case in a list: its page, its facts, its badge and the petition's figure."""

    page: "CasePage"
    case: Case
    badge: Badge | None
    progress: Progress | None
    # Only under consent.
    picture: Any
    # The page's language where it does not exist in the reader's; else "".
    language: str

    @property
    def is_closed(self) -> bool:
        return self.case.state == Case.State.CLOSED


@dataclass(frozen=True)
class UrgentActionCard:
    """An urgent action in a list, with its deadline."""

    page: "UrgentActionPage"
    urgent_action: UrgentAction
    case: Case
    deadline: Deadline
    language: str


@dataclass(frozen=True)
class GoodNewsCard:
    """Good news in a list, with the country of its case."""

    page: "GoodNewsPage"
    case: Case | None
    happened_on: date
    language: str


@dataclass(frozen=True)
class NewsletterCard:
    """A newsletter in the archive."""

    page: "NewsletterPage"
    language: str


def _facts() -> Any:
    """Cases with all that pages show of them."""
    return Case.objects.with_situation().with_exposure().select_related("country")


def with_themes(cards: Sequence[CaseCard] | Sequence[UrgentActionCard]) -> Any:
    """The same cards, their cases' themes at hand for the filters. One query."""
    prefetch_related_objects([card.case for card in cards], "themes")
    return cards


def case_facts(case_id: int) -> Case:
    """A case with its country, situation, persons and consents."""
    return _facts().get(pk=case_id)


def urgent_action_facts(urgent_action_id: int) -> UrgentAction:
    """An urgent action with its latest issue, and its case as `case_facts` reads it."""
    action = UrgentAction.objects.with_latest_issue().get(pk=urgent_action_id)
    action.case = case_facts(action.case_id)
    return action


def _public_cases(ids: Iterable[int | None]) -> dict[int, Case]:
    """Those of the cases that the public may read about."""
    now = timezone.now()
    found = _facts().filter(pk__in={pk for pk in ids if pk is not None})
    return {case.pk: case for case in found if case.is_public(at=now)}


def _in_best_language(pages: Any, locale_id: int, *, falls_back: bool) -> list[tuple[Any, str]]:
    """Each page once: in the reader's language, or visibly in another where that is missing.

    Pairs of page and language code; "" for the reader's own language.
    """
    own = pages.filter(locale_id=locale_id)
    if not falls_back:
        return [(page, "") for page in own]
    keys = own.order_by().values("translation_key")
    wanted = pages.filter(Q(locale_id=locale_id) | ~Q(translation_key__in=keys))
    codes = [code for code, _name in settings.LANGUAGES]
    order = [settings.LANGUAGE_CODE, *codes]
    best: dict[Any, tuple[Any, str]] = {}
    for page in wanted.select_related("locale"):
        code = page.locale.language_code
        language = "" if page.locale_id == locale_id else code
        known = best.get(page.translation_key)
        if known is None or order.index(code) < order.index(known[1] or code):
            best[page.translation_key] = (page, language)
    return list(best.values())


def case_cards(locale_id: int) -> list[CaseCard]:
    """Every case that may be shown, newest first."""
    pages = _case_pages(locale_id)
    return _case_cards(pages, _public_cases(page.case_id for page, _language in pages))


def _case_pages(locale_id: int) -> list[tuple["CasePage", str]]:
    from .models import CasePage

    pages = CasePage.objects.filter(readable()).order_by("-first_published_at", "-pk")
    return _in_best_language(_with_card_relations(pages), locale_id, falls_back=True)


def case_cards_of(pages: Iterable[Page]) -> list[CaseCard]:
    """Cards of chosen case pages, in that order, in the reader's language where it exists."""
    from .models import CasePage

    keys = [page.translation_key for page in pages]
    chosen = CasePage.objects.filter(readable(), translation_key__in=keys)
    found = {
        page.translation_key: (page, language)
        for page, language in _in_best_language(
            _with_card_relations(chosen), Locale.get_active().pk, falls_back=True
        )
    }
    wanted = [found[key] for key in keys if key in found]
    return _case_cards(wanted, _public_cases(page.case_id for page, _language in wanted))


def cards_of_cases(case_ids: Iterable[int], locale_id: int) -> list[CaseCard]:
    """Cards of those cases that have a page and may be shown."""
    from .models import CasePage

    chosen = CasePage.objects.filter(readable(), case_id__in=list(case_ids))
    pages = _in_best_language(_with_card_relations(chosen), locale_id, falls_back=True)
    return _case_cards(pages, _public_cases(page.case_id for page, _language in pages))


def _with_card_relations(pages: Any) -> Any:
    return (
        pages.select_related("portrait", "petition__tally")
        .prefetch_related("portrait__renditions")
        .defer("body", "downloads")
    )


def _case_cards(
    pages: Sequence[tuple["CasePage", str]], cases: Mapping[int, Case]
) -> list[CaseCard]:
    cards = []
    for page, language in pages:
        case = cases.get(page.case_id)
        if case is not None:
            # The page would read it again for its form.
            page.facts = case
            cards.append(
                CaseCard(
                    page=page,
                    case=case,
                    badge=badge(case),
                    progress=progress(page.petition) if page.petition else None,
                    picture=page.portrait if case.shows_image else None,
                    language=language,
                )
            )
    return cards


def page_of_case(case_id: int, locale_id: int) -> "CasePage | None":
    """The published page of a case in one language."""
    from .models import CasePage

    return (
        CasePage.objects.filter(readable())
        .filter(case_id=case_id, locale_id=locale_id)
        .defer("body", "downloads")
        .first()
    )


def page_of_country(country_id: int, locale_id: int) -> "CountryPage | None":
    """The published background of a country in one language."""
    from .models import CountryPage

    return (
        CountryPage.objects.filter(readable())
        .filter(country_id=country_id, locale_id=locale_id)
        .defer("body")
        .first()
    )


def updates_of(page: "CasePage") -> list["CaseUpdatePage"]:
    """The published updates on a case, newest first."""
    from .models import CaseUpdatePage

    return list(
        CaseUpdatePage.objects.filter(readable())
        .child_of(page)
        .defer("body")
        .order_by("-happened_on", "-pk")
    )


@dataclass(frozen=True)
class Downloads:
    """Files to take along: what one acts with, and what one reads."""

    kit: list[Any]
    documents: list[Any]


def downloads(blocks: Any) -> Downloads:
    """The files of a page by their use, without those that have been taken away."""
    found = [block.value for block in blocks if block.value.get("document")]
    return Downloads(
        kit=[value for value in found if value["use"] == "kit"],
        documents=[value for value in found if value["use"] != "kit"],
    )


def urgent_action_cards(locale_id: int, *, falls_back: bool = True) -> list[UrgentActionCard]:
    """Every urgent action that may be shown, the latest first."""
    pages, actions = _urgent_action_pages(locale_id, falls_back=falls_back)
    return _urgent_action_cards(
        pages, actions, _public_cases(action.case_id for action in actions.values())
    )


def by_deadline(cards: Iterable[UrgentActionCard]) -> list[UrgentActionCard]:
    """Those that can be acted on, the nearest deadline first."""
    return sorted(
        (card for card in cards if card.deadline.is_open),
        key=lambda card: card.deadline.days_left,
    )


def actions_of_case(
    case: Case, locale_id: int
) -> tuple[list[UrgentActionCard], list[MonthlyLetter]]:
    """Of a case that `case_facts` has read: the urgent actions that have a page, the latest first.

    And the letters of the month that can be written now.
    """
    rows = UrgentAction.objects.with_latest_issue().filter(case=case.pk)
    actions = {action.pk: action for action in rows}
    pages = _action_pages(locale_id, falls_back=True, urgent_action__case_id=case.pk)
    cards = _urgent_action_cards(pages, actions, {case.pk: case})
    return cards, monthly_letters(actions.values(), case=case, now=timezone.now())


def _urgent_action_pages(
    locale_id: int, *, falls_back: bool
) -> tuple[list[tuple["UrgentActionPage", str]], dict[int, UrgentAction]]:
    pages = _action_pages(locale_id, falls_back=falls_back)
    actions = UrgentAction.objects.with_latest_issue().filter(
        pk__in=[page.urgent_action_id for page, _language in pages]
    )
    return pages, {action.pk: action for action in actions}


def _action_pages(
    locale_id: int, *, falls_back: bool, **only: int
) -> list[tuple["UrgentActionPage", str]]:
    from .models import UrgentActionPage

    return _in_best_language(
        UrgentActionPage.objects.filter(readable(), **only)
        .defer("body", "instructions")
        .order_by("-urgent_action__year", "-urgent_action__number"),
        locale_id,
        falls_back=falls_back,
    )


def _urgent_action_cards(
    pages: Sequence[tuple["UrgentActionPage", str]],
    actions: Mapping[int, UrgentAction],
    cases: Mapping[int, Case],
) -> list[UrgentActionCard]:
    now = timezone.now()
    cards = []
    for page, language in pages:
        action = actions[page.urgent_action_id]
        if action.case_id in cases:
            action.case = cases[action.case_id]
            # The page would read it again for its form.
            page.facts = action
            cards.append(
                UrgentActionCard(
                    page=page,
                    urgent_action=action,
                    case=action.case,
                    deadline=deadline(action, now=now),
                    language=language,
                )
            )
    return cards


def good_news_cards(locale_id: int, *, falls_back: bool = True) -> list[GoodNewsCard]:
    """Good news, newest first; each with its case's country at hand."""
    pages = _good_news_pages(locale_id, falls_back=falls_back)
    return _good_news_cards(pages, _public_cases(page.case_id for page, _language in pages))


def good_news_of_case(case: Case, locale_id: int) -> list[GoodNewsCard]:
    """What became better in a case that `case_facts` has read."""
    pages = _good_news_pages(locale_id, falls_back=True, case_id=case.pk)
    return _good_news_cards(pages, {case.pk: case})


def _good_news_pages(
    locale_id: int, *, falls_back: bool, **only: int
) -> list[tuple["GoodNewsPage", str]]:
    from .models import GoodNewsPage

    pages = GoodNewsPage.objects.filter(readable(), **only).defer("body").order_by("-happened_on")
    return _in_best_language(pages, locale_id, falls_back=falls_back)


def _good_news_cards(
    pages: Sequence[tuple["GoodNewsPage", str]], cases: Mapping[int, Case]
) -> list[GoodNewsCard]:
    return [
        GoodNewsCard(
            page=page,
            case=cases.get(page.case_id),
            happened_on=page.happened_on,
            language=language,
        )
        for page, language in pages
        if page.case_id is None or page.case_id in cases
    ]


def newsletter_cards(locale_id: int) -> list[NewsletterCard]:
    """The archive of the newsletters, newest first."""
    from .models import NewsletterPage

    pages = NewsletterPage.objects.filter(readable()).defer("body").order_by("-issued_on", "-pk")
    return [
        NewsletterCard(page=page, language=language)
        for page, language in _in_best_language(pages, locale_id, falls_back=True)
    ]


@dataclass(frozen=True)
class FrontPage:
    """What the front page lists: actions by deadline, open cases, good news."""

    urgent_actions: list[UrgentActionCard]
    cases: list[CaseCard]
    good_news: list[GoodNewsCard]


def front_page(locale_id: int) -> FrontPage:
    """All three lists, with the cases that they share read once."""
    action_pages, actions = _urgent_action_pages(locale_id, falls_back=True)
    case_pages = _case_pages(locale_id)
    news_pages = _good_news_pages(locale_id, falls_back=True)
    cases = _public_cases(
        [
            *(action.case_id for action in actions.values()),
            *(page.case_id for page, _language in case_pages),
            *(page.case_id for page, _language in news_pages),
        ]
    )
    return FrontPage(
        urgent_actions=by_deadline(_urgent_action_cards(action_pages, actions, cases)),
        cases=[card for card in _case_cards(case_pages, cases) if not card.is_closed],
        good_news=_good_news_cards(news_pages, cases),
    )


def search(query: str, locale_id: int) -> list[Page]:
    """Published pages of one language that match, best first, at most fifty."""
    # SQLite's full text search takes a quotation mark for its own.
    words = query.replace('"', " ").strip()
    if not words:
        return []
    # Wagtail's search reads the conditions one by one and knows columns only: no `readable()`.
    pages = Page.objects.live().public().filter(locale_id=locale_id, depth__gt=1)
    pages = pages.exclude(pk__in=hidden_page_ids())
    return list(pages.specific().search(words)[:MOST_SEARCH_RESULTS])


def hidden_page_ids() -> list[int]:
    """Pages about cases that may not be shown at this moment, published or not."""
    now = timezone.now()
    return [
        page_id
        for case in Case.objects.with_exposure()
        if not case.is_public(at=now)
        for page_id in pages_about(case).values_list("pk", flat=True)
    ]


def pages_about(case: Case) -> Any:
    """Every page about a case, in all languages, published or not."""
    from .models import CasePage, GoodNewsPage, UrgentActionPage

    case_pages = CasePage.objects.filter(case=case)
    others = [
        GoodNewsPage.objects.filter(case=case),
        UrgentActionPage.objects.filter(urgent_action__case=case),
    ]
    wanted = Q(pk__in=[pk for pages in others for pk in pages.values_list("pk", flat=True)])
    for path in case_pages.values_list("path", flat=True):
        wanted |= Q(path__startswith=path)  # The page and the updates below it.
    return Page.objects.filter(wanted).order_by("path")


def pages_naming(case: Case) -> list[Page]:
    """Pages, published or about the case, whose words hold a name of it that may not be shown.

    Reads every page: for staff, and for what is done once.
    """
    names = hidden_names(Case.objects.with_exposure().get(pk=case.pk), now=timezone.now())
    if not names:
        return []
    pattern = pattern_of(tuple(name for name in names if name.strip()))
    wanted = Q(live=True) | Q(pk__in=pages_about(case).values("pk"))
    pages = Page.objects.filter(wanted, depth__gt=1).order_by("path").specific()
    return [page for page in pages if pattern.search(_words_of(page))]


def _words_of(page: Page) -> str:
    """Everything that editors typed into a page, as text."""
    return " ".join(
        str(field.value_from_object(page))
        for field in page._meta.fields
        if isinstance(field, (CharField, TextField, StreamField))
    )


def short_address(code: str) -> str:
    """The short address of a case, petition or action, as one says it: host and code."""
    return f"{settings.BASE_URL.partition('://')[2]}/{code}"
