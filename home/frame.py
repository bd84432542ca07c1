"""What surrounds every page: menu, footer, languages, ways on. Read only when it is shown."""

from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info
from wagtail.models import Locale, Page

from campaigns.source_codes import source_query

from . import selectors
from .destinations import address, readable
from .models import HomePage, NewsletterIndexPage, OrganisationSettings, SearchPage

# What the frame reads of the pages that it links to.
FIELDS = (
    "content_type",
    "depth",
    "path",
    "show_in_menus",
    "title",
    "translation_key",
    "url_path",
)
FOOTER = ("about_page", "privacy_page", "credits_page")


@dataclass(frozen=True)
class LanguageVersion:
    """The same page in a language: its code, its own name for itself, its address."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class FramePage:
    """A page that the frame links to."""

    pk: int
    title: str
    url: str
    url_path: str


class SiteFrame:
    """The site around one request. Every property is read at most once, and only if used.

    All of it takes two queries: who publishes the site, and every page that the frame links to.
    """

    def __init__(self, request: HttpRequest, page: Page | None = None) -> None:
        self.request = request
        self.page = page

    @property
    def source_query(self) -> str:
        """The code of the link that led here, for the same page in another language."""
        return source_query(self.request.GET)

    @cached_property
    def organisation(self) -> OrganisationSettings:
        """Who publishes the site. Of the pages in the footer only what is needed to find them."""
        stored = OrganisationSettings.base_queryset().only(
            *("number", "address", "email", "publisher", *FOOTER),
            *(f"{name}__translation_key" for name in FOOTER),
        )
        return stored.first() or OrganisationSettings()

    @cached_property
    def _footer_keys(self) -> dict[str, UUID]:
        """What the pages named in the settings have in common with their translations."""
        chosen = {name: getattr(self.organisation, name) for name in FOOTER}
        return {name: page.translation_key for name, page in chosen.items() if page}

    @cached_property
    def _pages(self) -> list[Page]:
        """Everything that the frame may link to, as far as everybody may read it."""
        types = ContentType.objects.get_for_models(
            *(HomePage, NewsletterIndexPage, SearchPage)
        ).values()
        wanted = Q(
            Q(content_type__in=[kind.pk for kind in types])
            | Q(show_in_menus=True)
            | Q(translation_key__in=self._footer_keys.values()),
            locale=Locale.objects.filter(language_code=get_language()).values("pk")[:1],
        )
        if self.page is not None:
            wanted |= Q(translation_key=self.page.translation_key)
        pages = (
            Page.objects.filter(wanted, readable())
            .select_related("locale")
            .only(*FIELDS, "locale__language_code")
            .order_by()  # SQLite would go through all pages by path.
        )
        return sorted(pages, key=attrgetter("path"))

    @cached_property
    def _here(self) -> list[Page]:
        """Those in the active language."""
        language = get_language()
        return [page for page in self._pages if page.locale.language_code == language]

    def _first(self, model: type[Page]) -> Page | None:
        kind = ContentType.objects.get_for_model(model).pk
        return next((page for page in self._here if page.content_type_id == kind), None)

    def _link(self, page: Page | None) -> FramePage | None:
        if page is None:
            return None
        url = address(page, self.request) or ""
        return FramePage(pk=page.pk, title=page.title, url=url, url_path=page.url_path)

    @cached_property
    def home(self) -> FramePage | None:
        """The home page in the active language."""
        return self._link(self._first(HomePage))

    @cached_property
    def menu(self) -> list[FramePage]:
        """The sections that the editors put in the menu."""
        home = self._first(HomePage)
        if home is None:
            return []
        pages = [page for page in self._here if page.show_in_menus and page.is_child_of(home)]
        return [link for page in pages if (link := self._link(page))]

    @cached_property
    def search(self) -> FramePage | None:
        return self._link(self._first(SearchPage))

    @cached_property
    def newsletters(self) -> FramePage | None:
        """The archive, unless the editors put it in the menu, which the footer repeats."""
        link = self._link(self._first(NewsletterIndexPage))
        return None if link in self.menu else link

    def _footer_page(self, name: str) -> FramePage | None:
        """A page named in the settings, in the active language where it exists."""
        key = self._footer_keys.get(name)
        return self._link(next((page for page in self._here if page.translation_key == key), None))

    @cached_property
    def about(self) -> FramePage | None:
        return self._footer_page("about_page")

    @cached_property
    def privacy(self) -> FramePage | None:
        return self._footer_page("privacy_page")

    @cached_property
    def credits(self) -> FramePage | None:
        return self._footer_page("credits_page")

    @cached_property
    def languages(self) -> list[LanguageVersion]:
        """Where this page can be read: live translations only, this one included."""
        if self.page is None or self.page.pk is None:
            return self._languages_of_view()
        versions = {
            page.locale.language_code: page.get_full_url(self.request) or ""
            for page in self._pages
            if page.translation_key == self.page.translation_key
        }
        return [
            self._version(code, versions[code])
            for code, _name in settings.LANGUAGES
            if code in versions
        ]

    def _languages_of_view(self) -> list[LanguageVersion]:
        """A view outside the page tree speaks every language, at its translated address."""
        match = self.request.resolver_match
        if match is None or self.request.method != "GET":
            return []
        if match.view_name == "wagtail_serve":
            # No page was found here, so there is none in the other languages either.
            addresses = {code: f"/{code}/" for code, _name in settings.LANGUAGES}
        else:
            here = self.request.path
            addresses = {code: translate_url(here, code) for code, _name in settings.LANGUAGES}
        if len(set(addresses.values())) == 1:
            return []
        return [self._version(code, settings.BASE_URL + url) for code, url in addresses.items()]

    def _version(self, code: str, url: str) -> LanguageVersion:
        return LanguageVersion(
            code=code,
            name=get_language_info(code)["name_local"].capitalize(),
            url=url,
            is_current=code == get_language(),
        )

    @cached_property
    def open_actions(self) -> list[selectors.CaseCard]:
        """Up to three open cases: somewhere to go on from a thanks or a not-found page."""
        if not self._here:
            return []
        cards = selectors.case_cards(self._here[0].locale_id)
        return [card for card in cards if not card.is_closed][:3]
