"""From the words of pages to what will be sent: rendered once per language, looked through, kept.

Raises nothing: what is wrong comes back in words, so that a form can say all of it at once.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from campaigns.outbox.bulk.batches import fill
from campaigns.outbox.rendering import UnrenderableMail, html_of_mjml

from . import words
from .models import MailingContent
from .readers import sample_values
from .words import MailWords

# Gmail cuts a mail off above 102 KB, and the ways out at its foot with it.
LARGEST = 100_000
LARGE = 90_000
LONGEST_SUBJECT = 255
LONG_SUBJECT = 70
# About as long as the links that readers get.
SAMPLE_LINK = f"{settings.BASE_URL}/fr/m/stop-all/{'0' * 40}/"
LANGUAGES = {code for code, _name in settings.LANGUAGES}
_SOURCES = {"src", "background", "poster", "srcset"}
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)


@dataclass
class Frozen:
    """The content of one language, with what stands against sending it and what to look at."""

    content: MailingContent
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def freeze(said: MailWords, *, source: str = "") -> Frozen:
    """Render and check the words of one page. The content is not saved.

    `source` is the code under which what is done through the mail is counted.
    """
    if source and said.source:
        said = replace(
            said,
            mjml=said.mjml.replace(f"source={said.source}", f"source={source}"),
            text=said.text.replace(f"source={said.source}", f"source={source}"),
        )
    problems: list[str] = []
    try:
        html = html_of_mjml(said.mjml, name=f"page {said.page_id}")
    except UnrenderableMail as error:
        html = ""
        problems.append(_("It cannot be made into a mail: %(error)s") % {"error": error})
    sample = sample_values(said.language, first_name="Maximiliane", link=SAMPLE_LINK)
    size = len(fill(html, sample, is_html=True).encode())
    frozen = Frozen(
        MailingContent(
            language=said.language,
            page_id=said.page_id,
            subject=" ".join(said.subject.split())[:LONGEST_SUBJECT],
            preheader=said.preheader[:LONGEST_SUBJECT],
            html=html,
            text=said.text,
            size=size,
            digest=_digest(said.subject, said.preheader, html, said.text),
        ),
        problems,
    )
    problems += _missing_words(said)
    problems += _unknown(said)
    problems += _sizes(size, frozen.warnings)
    looked = _Links()
    looked.feed(html)
    problems += _foreign_pictures(looked.sources)
    problems += _broken_links(looked.links, frozen.warnings)
    if words.STOP_LINK not in words.PLACEHOLDER.findall(html) or (
        f"{{{words.STOP_LINK}}}" not in said.text
    ):
        problems.append(_("The way out is missing from it."))
    if len(said.subject) > LONG_SUBJECT:
        frozen.warnings.append(
            _("The subject has %(count)s characters; many mailboxes show 70 at most.")
            % {"count": len(said.subject)}
        )
    return frozen


def _missing_words(said: MailWords) -> Iterable[str]:
    if not said.subject.strip():
        yield _("The subject is missing.")
    if not said.text.strip() or not said.mjml.strip():
        yield _("There is no text.")


def _unknown(said: MailWords) -> Iterable[str]:
    for name in words.unknown_placeholders(said):
        yield _("{%(name)s} means nothing here. In a text you may write %(known)s.") % {
            "name": name,
            "known": ", ".join(f"{{{each}}}" for each in words.FOR_EDITORS),
        }


def _sizes(size: int, warnings: list[str]) -> Iterable[str]:
    kilobytes = {"size": round(size / 1000), "largest": LARGEST // 1000}
    if size > LARGEST:
        yield (
            _("It has %(size)s KB. Above %(largest)s KB mailboxes cut it off: shorten it.")
            % kilobytes
        )
    elif size > LARGE:
        warnings.append(_("It has %(size)s KB; above %(largest)s KB it is not sent.") % kilobytes)


def _foreign_pictures(sources: Iterable[str]) -> Iterable[str]:
    own = urlsplit(settings.BASE_URL)
    for source in dict.fromkeys(sources):
        parts = urlsplit(source)
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            yield _(
                "A picture is loaded from elsewhere, which tells others who reads: %(host)s"
            ) % {"host": parts.netloc or source[:60]}


def _broken_links(links: Iterable[str], warnings: list[str]) -> Iterable[str]:
    """Links that lead nowhere, as far as this site can tell by itself."""
    for link in dict.fromkeys(links):
        if words.PLACEHOLDER.fullmatch(link):
            continue
        parts = urlsplit(link)
        if parts.scheme in {"mailto", "tel"} and parts.path:
            continue
        if parts.scheme not in {"http", "https"} or "." not in parts.netloc.replace(
            "localhost", "local."
        ):
            yield _("A link leads nowhere: %(link)s") % {"link": link[:200]}
        elif link.startswith(f"{settings.BASE_URL}/") and not _exists(parts.path):
            yield _("A link leads to a page that is not there: %(link)s") % {"link": link[:200]}
        elif parts.scheme == "http" and not settings.BASE_URL.startswith("http:"):
            warnings.append(_("A link is not secure: %(link)s") % {"link": link[:200]})


def _exists(path: str) -> bool:
    """Whether this site answers there: one of its views, or a published page."""
    if path.startswith((settings.MEDIA_URL, settings.STATIC_URL)):
        return True
    language = path.split("/", 2)[1]
    try:
        # Addresses begin with a language, and are only known in that one.
        with translation.override(language if language in LANGUAGES else None):
            found = resolve(path)
    except Resolver404:
        return False
    if found.view_name != "wagtail_serve":
        return True
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return False
    roots = site.root_page.get_translations(inclusive=True)
    root = roots.filter(locale__language_code=language).first()
    rest = unquote(path.removeprefix(f"/{language}/"))
    return (
        root is not None and Page.objects.live().filter(url_path=f"{root.url_path}{rest}").exists()
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class _Links(HTMLParser):
    """What a mail links to, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if tag in {"a", "area"} and name == "href":
                self.links.append(value)
            elif name in _SOURCES or (tag == "link" and name == "href"):
                self.sources.append(value)
            elif name == "style":
                self.sources += list(_CSS_URL.findall(value))

    handle_startendtag = handle_starttag
