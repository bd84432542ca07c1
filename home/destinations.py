"""Where links to pages lead: to what everybody may read, in the reader's language if it exists.

The slug of a page may be somebody's name: no link spells it once the page has been taken down.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Func, Q
from django.utils.translation import get_language
from wagtail.models import Page


@dataclass(frozen=True)
class Destination:
    """A page that links lead to: its address on this site and the language it is written in."""

    url: str
    language: str


class RootPaths:
    """Where Wagtail remembers, while some addresses are made, at which paths the site begins."""


class OpenToAll(Func):
    """Whether neither the page at a path nor one above it is closed to the public.

    Written by hand: composed from querysets it would take longer to compile than to execute. A
    CROSS JOIN, because SQLite would otherwise begin with all pages and not with the closed ones.
    """

    template = """NOT EXISTS (
        SELECT 1 FROM wagtailcore_pageviewrestriction closed CROSS JOIN wagtailcore_page top
        WHERE top.id = closed.page_id AND top.path = substr(%(expressions)s, 1, length(top.path))
    )"""
    arity = 1
    output_field = BooleanField()


def readable() -> Q:
    """Published and open to all: `.live().public()` without the query that `public()` makes.

    Not for searches: they read conditions one by one and know columns only.
    """
    return Q(OpenToAll("path"), live=True)


def address(page: Page, root_paths: object) -> str | None:
    """The page's address on this site. `root_paths` saves looking up where the site begins."""
    parts = page.get_url_parts(root_paths)
    return parts[2] if parts else None


def destinations(page_ids: Iterable[int]) -> dict[int, Destination]:
    """Where links to those pages lead, in one query; without those that lead nowhere."""
    wanted = set(page_ids)
    language = get_language()
    pages = list(
        Page.objects.filter(
            Q(pk__in=wanted) | Q(locale__language_code=language),
            translation_key__in=Page.objects.filter(pk__in=wanted).values("translation_key"),
        )
        .annotate(is_open=OpenToAll("path"))
        .select_related("locale")
        .only("live", "translation_key", "url_path", "locale__language_code")
        .order_by()
    )
    readable_pages = [page for page in pages if page.live and page.is_open]
    chosen = {page.pk: page for page in readable_pages}
    translated = {
        page.translation_key: page
        for page in readable_pages
        if page.locale.language_code == language
    }
    root_paths = RootPaths()
    found = {}
    for page in pages:
        target = translated.get(page.translation_key) or chosen.get(page.pk)
        url = address(target, root_paths) if target and page.pk in wanted else None
        if target and url:
            found[page.pk] = Destination(url=url, language=target.locale.language_code)
    return found
