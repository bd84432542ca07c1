"""What every public page owes its readers: reachable, light, alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = [
    "/fr/",
    "/nl/personen-in-gevaar/",
    "/fr/personnes-en-danger/ana-drovik/",
    "/de/menschen-in-gefahr/su-changlan/",
    "/en/urgent-actions/noor-hadesh/",
    "/fr/reseau-des-actions-urgentes/",
    "/nl/sign-up/",
    "/en/petitions/ana-drovik/thanks/",
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
def test_a_page_fits_a_phone(phone: Page, address: str) -> None:
    phone.goto(address)
    widths = (
        phone.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
        if (phone.context.pages and address)
        else [0, 0]
    )
    assert widths[0] <= widths[1]


def test_a_case_page_is_light_and_asks_nobody_else(desk: Page, running_site) -> None:
    sizes: list[int] = []
    hosts: set[str] = set()

    def weigh(response) -> None:
        hosts.add(response.url.split("/")[2])
        sizes.append(
            sum(
                response.request.sizes()[part]
                for part in ("responseBodySize", "responseHeadersSize")
            )
        )

    responses = []
    desk.on("response", responses.append)
    desk.goto("/fr/personnes-en-danger/ana-drovik/", wait_until="networkidle")
    for response in responses:
        weigh(response)

    assert hosts == {running_site.base_url.removeprefix("http://")}
    assert sum(sizes) <= HEAVIEST_CASE_PAGE, sizes


def test_the_keyboard_reaches_the_content_first(desk: Page) -> None:
    desk.goto("/fr/personnes-en-danger/ana-drovik/")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert desk.locator("#content").count() == 1
