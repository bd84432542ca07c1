"""Pages as mails: the words and the facts that `campaigns.mailings` sends and asks for.

What stands here is the same for all readers; `{greeting}`, `{first_name}` and the links that are
each reader's own are holes, filled for one reader at a time.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import Truncator
from wagtail.models import Page

from campaigns.cases.selectors import read_withheld_names
from campaigns.mailings import words as mailings
from campaigns.mailings.words import MailFacts, MailWords, Source

from .destinations import RootPaths, address, readable
from .models import CaseUpdatePage, MarathonPage, NewsletterPage, UrgentActionPage
from .models.mailable import LONGEST_PREHEADER, Mailable

# In the order of the chooser.
MAILABLE: tuple[type[Page], ...] = (
    UrgentActionPage,
    CaseUpdatePage,
    NewsletterPage,
    MarathonPage,
)
# XML knows no control characters but these.
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK_LINES = re.compile(r"\n{3,}")


def page_types() -> Sequence[type[Page]]:
    """All types of page that can be sent as a mail."""
    return MAILABLE


def pages(translation_key: str) -> Mapping[str, Page]:
    """The versions of a page that can be mailed now, by language code.

    Published, open to everybody, and about no case that may not be shown.
    """
    try:
        key = UUID(str(translation_key))
    except ValueError:
        return {}
    found = {}
    for model in MAILABLE:
        for page in model.objects.filter(readable(), translation_key=key).select_related("locale"):
            if page.about_case is None or page.about_case.is_public():
                found[page.locale.language_code] = page
    return found


def facts(page: Page) -> MailFacts:
    """What a page is about."""
    return _mailable(page).mail_facts(now=timezone.now())


def words(page: Page) -> MailWords:
    """What a page, published or a draft, says as a mail, in its own language."""
    return words_at(page, now=timezone.now())


def words_at(page: Page, *, now: datetime) -> MailWords:
    """The same as of a moment, which decides whether an action still asks to act."""
    page = _mailable(page)
    language = page.locale.language_code
    with translation.override(language):
        subject = _one_line(page.subject_now(now=now))
        preheader = Truncator(_one_line(page.preheader_now(now=now))).chars(LONGEST_PREHEADER)
        context = {
            **_frame(page, language),
            "subject": subject,
            "preheader": preheader,
            **page.mail_context(now=now),
        }
        template = f"email/mailings/{page.mail_kind}"
        mjml = render_to_string(f"{template}.mjml", context)
        text = render_to_string(f"{template}.txt", context)
        # Editors also type names into titles and stories; see `home.concealment`.
        names = read_withheld_names(now=now)
    return MailWords(
        language=language,
        page_id=page.pk,
        subject=names.concealed(subject),
        preheader=names.concealed(preheader),
        mjml=names.concealed(_CONTROL.sub("", mjml)),
        text=names.concealed(_tidy(text)),
        source=page.mail_source,
    )


def _mailable(page: Page) -> Any:
    specific = page.specific
    if not isinstance(specific, Mailable):
        raise TypeError(f"A {type(specific).__name__} cannot be mailed.")
    return specific


def _frame(page: Any, language: str) -> dict[str, Any]:
    """What every mail of a page has: whose it is, its address, the holes."""
    holes = {name: f"{{{name}}}" for name in mailings.PLACEHOLDERS}
    return {
        "page": page,
        "language": language,
        "organisation": settings.ORGANISATION_NAME,
        "base_url": settings.BASE_URL,
        "source": page.mail_source,
        # A draft that has never been saved has no address yet.
        "page_url": settings.BASE_URL + ((address(page, RootPaths()) or "/") if page.path else "/"),
        "greeting": holes[mailings.GREETING],
        "sign_link": holes[mailings.SIGN_LINK],
        "tell_link": holes[mailings.TELL_LINK],
        "unsubscribe_url": holes[mailings.STOP_LINK],
        "footer": {
            "fewer": holes[mailings.FEWER_LINK],
            "pause": holes[mailings.PAUSE_LINK],
            "stop_all": holes[mailings.STOP_ALL_LINK],
            "my_data": holes[mailings.MY_DATA_LINK],
        },
    }


def _one_line(text: str) -> str:
    """Without the spaces that do not break either: mrml spells their codes in one place."""
    return " ".join(_CONTROL.sub("", text).split())


def _tidy(text: str) -> str:
    """Template tags leave blank lines behind; a mail has at most one in a row."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)) + "\n"


PAGES_AS_MAILS = Source(pages=pages, facts=facts, words=words, page_types=page_types)
