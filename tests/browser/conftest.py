"""A running site and a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.missing import do_without
from tests.running_site import RunningSite

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """The embedded default with demo content: what `make run` starts."""
    if not CHROMIUM.exists():
        do_without(f"{CHROMIUM} is missing (Debian: apt-get install chromium)")
    site = RunningSite(tmp_path_factory.mktemp("site"), {})
    with site.running():
        yield site


@pytest.fixture(scope="session")
def playwright(running_site: RunningSite) -> Iterator[Playwright]:
    """There can be only one of it at a time."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield chromium
    chromium.close()


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, running_site: RunningSite
) -> Iterator[Page]:
    """A page on a phone, once with and once without JavaScript."""
    context = browser.new_context(
        base_url=running_site.base_url,
        viewport=PHONE,
        java_script_enabled=request.param == "with JavaScript",
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """A page on a desk's screen, with JavaScript."""
    context = browser.new_context(base_url=running_site.base_url, viewport=DESK)
    yield context.new_page()
    context.close()
