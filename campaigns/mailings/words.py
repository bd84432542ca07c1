"""Where the words of a mailing come from: pages, which stand above this app and are registered.

Words hold placeholders for what differs from reader to reader, `{greeting}` for example. They are
the same in the HTML, the plain text and the subject.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wagtail.models import Page

PLACEHOLDER = re.compile(r"\{([a-z_]{1,30})\}")

# What an editor may write into a text, besides what the templates put there.
FOR_EDITORS = ("first_name",)
GREETING = "greeting"
# Links that are each reader's own; each is signed for its purpose, its reader and its mailing.
SIGN_LINK = "sign_link"
TELL_LINK = "tell_link"
STOP_LINK = "stop_link"
FEWER_LINK = "fewer_link"
PAUSE_LINK = "pause_link"
STOP_ALL_LINK = "stop_all_link"
MY_DATA_LINK = "my_data_link"
LINKS = (SIGN_LINK, TELL_LINK, STOP_LINK, FEWER_LINK, PAUSE_LINK, STOP_ALL_LINK, MY_DATA_LINK)
PLACEHOLDERS = (*FOR_EDITORS, GREETING, *LINKS)


@dataclass(frozen=True)
class MailWords:
    """What one page says as a mail, in its language, with placeholders and nothing personal.

    `mjml` and `text` are whole documents, the ways out at their foot included.
    """

    language: str
    page_id: int
    subject: str
    preheader: str
    mjml: str
    text: str
    # The code in the addresses of its links to pages, until a mailing puts its own there.
    source: str = ""


@dataclass(frozen=True)
class MailFacts:
    """What a page is about: the same in all languages. Numbers of rows; None where there is none.

    `kind` is a `Formula.Content`. `issue_id` is the issue of an urgent action whose state decides
    whether the mail may still leave. `asks_to_act` is false for stop actions and news.
    """

    kind: str
    case_id: int | None = None
    urgent_action_id: int | None = None
    issue_id: int | None = None
    petition_id: int | None = None
    edition_id: int | None = None
    asks_to_act: bool = False
    # A stop has to reach everybody whom the call reached, whatever they have had this month.
    is_stop: bool = False


@dataclass(frozen=True)
class Source:
    """How to get words out of pages.

    `pages(translation_key)`: the published pages of one original, by language code.
    `facts(page)` and `words(page)`: of one of those, specific. `mailable()`: all page types
    that can be mailed, for the chooser.
    """

    pages: Callable[[str], Mapping[str, Page]]
    facts: Callable[[Page], MailFacts]
    words: Callable[[Page], MailWords]
    page_types: Callable[[], Sequence[type[Page]]]


_sources: list[Source] = []


def provide_words(source: Source) -> None:
    """Called once, by whoever knows pages."""
    _sources[:] = [source]


def source() -> Source:
    """Where words come from. Raises IndexError where nobody provides any."""
    return _sources[0]


def unknown_placeholders(words: MailWords) -> list[str]:
    """What stands in braces and means nothing, such as `{name}`; in order, each once."""
    found = PLACEHOLDER.findall(words.subject + words.preheader + words.mjml + words.text)
    return [name for name in dict.fromkeys(found) if name not in PLACEHOLDERS]
