"""Rich text in mails: as HTML of the few tags that mail programs know, and as plain text.

Both are made from the structure of the text as it is stored, with the links resolved in the
active language. What is no tag of ours becomes its words.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from wagtail.rich_text import expand_db_html

PARAGRAPH = "margin:0 0 14px"
BEFORE_AND_AFTER = {"p": PARAGRAPH, "h2": PARAGRAPH, "h3": PARAGRAPH, "h4": PARAGRAPH}
LISTS = ("ul", "ol")
INLINE = ("b", "strong", "i", "em")
# Whatever stands in them are paragraphs of their own.
AROUND = ("div", "blockquote")
# What has neither words nor a place in a mail.
SILENT = ("script", "style", "embed", "iframe")
# Not the spaces that keep a French quotation mark beside its word.
_SPACES = re.compile(r"[ \t\r\n]+")
SCHEMES = ("http", "https", "mailto", "tel")


def absolute(href: str) -> str:
    """An address as a mail has to spell it; "" for what leads nowhere from there."""
    if not href or href.startswith("#"):
        return ""
    found = urljoin(f"{settings.BASE_URL}/", href)
    return found if urlsplit(found).scheme in SCHEMES else ""


def one_line(text: str) -> str:
    """Text without line breaks and runs of spaces."""
    return _SPACES.sub(" ", text).strip(" ")


def mail_html(stored: str) -> SafeString:
    """Stored rich text for the HTML of a mail: well-formed, styled in place, links absolute."""
    return _html(_parsed(stored))


def plain_text(stored: str) -> str:
    """Stored rich text as plain text: each link's address stands on a line of its own."""
    return "\n\n".join(_paragraphs(_parsed(stored)))


def _parsed(stored: str) -> BeautifulSoup:
    return BeautifulSoup(expand_db_html(stored), "html.parser")


def _html(node: Tag) -> SafeString:
    return format_html_join("", "{}", ((_html_of(child),) for child in node.children))


def _html_of(node: object) -> SafeString:
    if isinstance(node, NavigableString):
        return escape("" if isinstance(node, Comment) else str(node))
    if not isinstance(node, Tag) or node.name in SILENT:
        return escape("")
    inner = _html(node)
    if node.name == "br":
        return format_html("<br/>{}", "")
    if node.name in INLINE:
        return format_html("<{0}>{1}</{0}>", node.name, inner)
    if node.name in BEFORE_AND_AFTER:
        return styled(node.name, BEFORE_AND_AFTER[node.name], inner)
    if node.name in LISTS:
        side = "0 24px 0 0" if get_language_bidi() else "0 0 0 24px"
        return styled(node.name, f"margin:0 0 14px;padding:{side}", inner)
    if node.name == "li":
        return styled("li", "margin:0 0 6px", inner)
    if node.name == "a":
        href = absolute(str(node.get("href") or ""))
        return format_html('<a href="{}">{}</a>', href, inner) if href else inner
    return inner


def styled(tag: str, style: str, inner: str) -> SafeString:
    """An element with its style in place, where every mail program finds it."""
    return format_html('<{0} style="{1}">{2}</{0}>', tag, style, inner)


def _paragraphs(node: Tag) -> Iterator[str]:
    """The paragraphs and lists of a text, in order."""
    loose: list[object] = []
    for child in node.children:
        if isinstance(child, Tag) and child.name in (
            *BEFORE_AND_AFTER,
            *LISTS,
            "div",
            "blockquote",
        ):
            yield from filter(None, [_lines(loose)])
            loose = []
            if child.name in LISTS:
                yield "\n".join(_items(child, indent=""))
            elif child.name in BEFORE_AND_AFTER:
                yield from filter(None, [_lines(child.children)])
            else:
                yield from _paragraphs(child)
        else:
            loose.append(child)
    yield from filter(None, [_lines(loose)])


def _items(node: Tag, *, indent: str) -> Iterator[str]:
    items = [child for child in node.children if isinstance(child, Tag) and child.name == "li"]
    for number, item in enumerate(items, start=1):
        mark = f"{number}." if node.name == "ol" else "–"
        below = [child for child in item.children if isinstance(child, Tag) and child.name in LISTS]
        own = [child for child in item.children if child not in below]
        first, *others = (_lines(own) or "").split("\n")
        yield f"{indent}{mark} {first}"
        hanging = indent + " " * (len(mark) + 1)
        yield from (f"{hanging}{line}" for line in others)
        for inner in below:
            yield from _items(inner, indent=hanging)


def _lines(nodes: Iterable[object]) -> str:
    """Inline text, and below it the addresses of its links, unless they can be read in it."""
    links: list[str] = []
    words = "".join(_words(node, links) for node in nodes)
    lines = [one_line(line) for line in words.split("\n")]
    text = "\n".join(lines).strip()
    return "\n".join([text, *(link for link in dict.fromkeys(links) if link not in text)]).strip()


def _words(node: object, links: list[str]) -> str:
    if isinstance(node, NavigableString):
        return "" if isinstance(node, Comment) else _SPACES.sub(" ", str(node))
    if not isinstance(node, Tag) or node.name in SILENT:
        return ""
    if node.name == "br":
        return "\n"
    words = "".join(_words(child, links) for child in node.children)
    if node.name == "a":
        href = absolute(str(node.get("href") or "")).removeprefix("mailto:").removeprefix("tel:")
        links.extend([href] if href else [])
    return words
