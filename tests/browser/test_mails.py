"""A mail of each kind in each language, on a phone and in a mail program, light and dark."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

WIDTHS = (390, 640)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("fr", "nl", "de", "en")
# Where the pictures go, if anybody wants to look at them.
PICTURES = os.environ.get("MAIL_PICTURES", "")
KINDS = ("call", "end", "update", "newsletter", "marathon")
# Every kind in every language, as the sample reader gets it.
COLLECT = """
import json
from django.utils import timezone
from campaigns.mailings.freezing import freeze
from campaigns.mailings.rehearsals import rendered
from home.mails import words
from home.models import CaseUpdatePage, MarathonPage, NewsletterPage, UrgentActionPage

found = {}
def keep(kind, page):
    content = freeze(words(page)).content
    mail = rendered(content, first_name="Marie")
    found.setdefault(f"{kind} {content.language}", [mail.subject, mail.html, mail.text])

for page in UrgentActionPage.objects.live().order_by("pk"):
    keep("call" if page.mail_facts(now=timezone.now()).asks_to_act else "end", page)
for kind, model in (
    ("update", CaseUpdatePage), ("newsletter", NewsletterPage), ("marathon", MarathonPage)
):
    for page in model.objects.live().order_by("pk"):
        keep(kind, page)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def mails(running_site: RunningSite) -> dict[str, list[str]]:
    return json.loads(running_site.query(COLLECT).splitlines()[-1])


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """Somebody with a mail program."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_fits_and_asks_nobody_else(
    reader: Page, mails, running_site: RunningSite, kind: str, language: str
) -> None:
    subject, html, text = mails[f"{kind} {language}"]
    assert subject
    asked: list[str] = []
    # Playwright cannot wrap a built-in method.
    reader.on("request", lambda request: asked.append(request.url))
    for width in WIDTHS:
        reader.set_viewport_size({"width": width, "height": 900})
        reader.set_content(html, wait_until="load")
        wide, screen = reader.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= screen, width
        assert reader.evaluate("[...document.images].every(image => image.naturalWidth)")
        for scheme in SCHEMES if PICTURES else ():
            reader.emulate_media(color_scheme=scheme)
            name = f"{kind}-{language}-{width}-{scheme}.png"
            reader.screenshot(path=Path(PICTURES) / name, full_page=True)
            (Path(PICTURES) / f"{kind}-{language}.txt").write_text(text, encoding="utf-8")
    own = urlsplit(running_site.base_url).netloc
    assert {urlsplit(url).netloc for url in asked if url.startswith("http")} <= {own}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_can_be_read_by_light_and_in_the_dark(
    reader: Page, mails, kind: str, scheme: Literal["light", "dark"]
) -> None:
    reader.emulate_media(color_scheme=scheme)
    reader.set_content(mails[f"{kind} fr"][1], wait_until="load")
    rules = ["color-contrast", "image-alt", "link-name", "html-has-lang", "document-title"]
    results = Axe().run(reader, options={"runOnly": rules})
    assert results.violations_count == 0, results.generate_report()


def test_the_text_says_the_same_without_markup(mails) -> None:
    for name, (_subject, _html, text) in mails.items():
        assert "<" not in text.replace("<3", ""), name
        assert "{" not in text, name
        assert max(len(line) for line in text.splitlines() if "http" in line) < 200, name
