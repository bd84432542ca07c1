"""What surrounds every page: menu, footer, languages, ways on. Read only when it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info
from wagtail.models import Locale, Page, PageViewRestriction

from . import selectors
from .models import HomePage, OrganisationSettings, SearchPage


@dataclass(frozen=True)
class LanguageVersion:
    """The same page in a language: its code, its own name for itself, its address."""

    code: str
    name: str
    url: str
    is_current: bool


class SiteFrame:
    """The site around one request. Every property is read at most once, and only if used."""

    def __init__(self, request: HttpRequest, page: Page | None = None) -> None:
        self.request = request
        self.page = page

    @cached_property
    def organisation(self) -> OrganisationSettings:
        return OrganisationSettings.load(request_or_site=self.request)

    @cached_property
    def _locales(self) -> dict[str, Locale]:
        return {locale.language_code: locale for locale in Locale.objects.all()}

    @cached_property
    def locale(self) -> Locale | None:
        return self._locales.get(get_language() or "")

    @cached_property
    def _restricted_paths(self) -> list[str]:
        """Where the tree is closed to the public; each such page and all below it."""
        return list(PageViewRestriction.objects.values_list("page__path", flat=True))

    def _public(self, pages: Iterable[Page]) -> list[Page]:
        """Those of the pages that everybody may see."""
        return [
            page
            for page in pages
            if not any(page.path.startswith(path) for path in self._restricted_paths)
        ]

    @cached_property
    def home(self) -> HomePage | None:
        """The home page in the active language."""
        return HomePage.objects.live().filter(locale=self.locale).defer("body").first()

    @cached_property
    def menu(self) -> list[Page]:
        """The sections that the editors put in the menu."""
        if self.home is None:
            return []
        return self._public(self.home.get_children().live().in_menu())

    @cached_property
    def _footer_pages(self) -> dict[str, Page]:
        """The pages named in the settings, in the active language where it exists."""
        chosen = {
            name: getattr(self.organisation, f"{name}_page")
            for name in ("about", "privacy", "credits")
        }
        keys = [page.translation_key for page in chosen.values() if page]
        found = {
            page.translation_key: page
            for page in self._public(
                Page.objects.live().filter(translation_key__in=keys, locale=self.locale)
            )
        }
        return {
            name: found[page.translation_key]
            for name, page in chosen.items()
            if page and page.translation_key in found
        }

    @property
    def about(self) -> Page | None:
        return self._footer_pages.get("about")

    @property
    def privacy(self) -> Page | None:
        return self._footer_pages.get("privacy")

    @property
    def credits(self) -> Page | None:
        return self._footer_pages.get("credits")

    @cached_property
    def search(self) -> Page | None:
        return SearchPage.objects.live().filter(locale=self.locale).first()

    @cached_property
    def languages(self) -> list[LanguageVersion]:
        """Where this page can be read: live translations only, this one included."""
        if self.page is None or self.page.pk is None:
            return self._languages_of_view()
        codes = {locale.pk: code for code, locale in self._locales.items()}
        versions = {
            codes[page.locale_id]: page.get_full_url(self.request) or ""
            for page in self._public(
                Page.objects.live().filter(translation_key=self.page.translation_key)
            )
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
        if self.locale is None:
            return []
        return selectors.open_case_cards(self.locale.pk)[:3]
