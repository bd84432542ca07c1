"""What every public page owes its readers: reachable, light, alone."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from .conftest import PHONE

pytestmark = pytest.mark.browser

PAGES = [
    "/fr/",
    "/nl/personen-in-gevaar/",
    "/fr/personnes-en-danger/ana-drovik/",
    "/de/menschen-in-gefahr/su-changlan/",
    "/en/urgent-actions/noor-hadesh/",
    "/nl/personen-in-gevaar/?state=closed",
    "/fr/personnes-en-danger/famille-orlan/",
    "/nl/personen-in-gevaar/noor-hadesh/noor-tweede-getuige/",
    "/en/people-in-danger/sarkand/",
    "/de/urgent-actions/?deadline=week",
    "/fr/actions-urgentes/famille-orlan/",
    "/en/good-news/su-changlan-free/",
    "/fr/reseau-des-actions-urgentes/",
    "/nl/sign-up/",
    "/fr/my-data/",
    "/de/stop-mails/all/",
    "/en/petitions/ana-drovik/thanks/",
    "/nl/petitions/ana-drovik/share/",
    "/en/petitions/ana-drovik/share/mastodon/",
    "/fr/nulle-part/",
]
HEAVIEST_CASE_PAGE = 150_000


@pytest.mark.parametrize("address", PAGES)
def test_a_page_passes_the_accessibility_rules(desk: Page, address: str) -> None:
    desk.goto(address)
    results = Axe().run(
        desk, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    )
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_a_phone(desk: Page, address: str) -> None:
    desk.set_viewport_size(PHONE)
    desk.goto(address)
    wide, screen = desk.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= screen


def test_a_case_page_is_light_and_asks_nobody_else(desk: Page, running_site) -> None:
    responses: list[Response] = []
    # Playwright cannot wrap a built-in method.
    desk.on("response", lambda response: responses.append(response))
    desk.goto("/fr/personnes-en-danger/ana-drovik/", wait_until="networkidle")
    hosts = {urlsplit(response.url).netloc for response in responses}
    weights = {
        urlsplit(response.url).path: response.request.sizes()["responseBodySize"]
        + response.request.sizes()["responseHeadersSize"]
        for response in responses
    }

    assert hosts == {urlsplit(running_site.base_url).netloc}
    assert sum(weights.values()) <= HEAVIEST_CASE_PAGE, weights


def test_the_keyboard_reaches_the_content_first(desk: Page) -> None:
    desk.goto("/fr/personnes-en-danger/ana-drovik/")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert desk.locator("#main").count() == 1
