"""How far the texts of pages have come in each language: for workspaces and reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail_localize.models import Translation

# Pages that were published together are of one age.
SAME_PUBLICATION = timedelta(hours=1)


@dataclass(frozen=True)
class LanguageState:
    """One language version of a page: what is missing, and where to work on it."""

    code: str
    words: str
    # "good", "wait" or "bad".
    mark: str
    edit_url: str = ""

    @property
    def is_behind(self) -> bool:
        return self.mark != "good"


@dataclass(frozen=True)
class PageTexts:
    """A page in all languages."""

    title: str
    kind: str
    languages: tuple[LanguageState, ...]


def texts_of(pages: Iterable[Page]) -> list[PageTexts]:
    """The language versions of pages, grouped. Two queries besides the pages."""
    groups: dict[Any, dict[str, Page]] = {}
    for page in pages:
        groups.setdefault(page.translation_key, {})[page.locale.language_code] = page
    unfinished = _unfinished_translations(groups)
    return [
        PageTexts(
            title=source.title,
            kind=str(source.specific_class._meta.verbose_name),
            languages=tuple(
                _state(code, versions.get(code), source, unfinished)
                for code, _name in settings.LANGUAGES
            ),
        )
        for versions in groups.values()
        for source in [_source(versions)]
    ]


def _source(versions: dict[str, Page]) -> Page:
    """The version that the others follow: the one in the site's own language, else the oldest."""
    own = versions.get(settings.LANGUAGE_CODE)
    return own or min(versions.values(), key=lambda page: page.pk)


def _unfinished_translations(keys: Iterable[Any]) -> set[tuple[Any, str]]:
    """Translations by wagtail-localize with segments that nobody has translated yet."""
    return {
        (translation.source.object_id, translation.target_locale.language_code)
        for translation in Translation.objects.filter(
            source__object_id__in=list(keys), enabled=True
        ).select_related("source", "target_locale")
        if not _is_complete(translation)
    }


def _is_complete(translation: Translation) -> bool:
    total, translated = translation.get_progress()
    return bool(total == translated)


def _state(
    code: str, page: Page | None, source: Page, unfinished: set[tuple[Any, str]]
) -> LanguageState:
    if page is None:
        return LanguageState(code, _("not there yet"), "bad")
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    if not page.live:
        return LanguageState(code, _("draft"), "wait", edit_url)
    if page.pk != source.pk:
        if (page.translation_key, code) in unfinished:
            return LanguageState(code, _("partly translated"), "wait", edit_url)
        if _is_older(page, source):
            return LanguageState(code, _("behind its source"), "wait", edit_url)
    if page.has_unpublished_changes:
        return LanguageState(code, _("published, with a newer draft"), "good", edit_url)
    return LanguageState(code, _("published"), "good", edit_url)


def _is_older(page: Page, source: Page) -> bool:
    """Whether the source has been published again since."""
    if not (page.last_published_at and source.last_published_at):
        return False
    return bool(source.last_published_at - page.last_published_at > SAME_PUBLICATION)
