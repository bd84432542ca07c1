"""A page of another site shows a petition in a frame, and its readers sign there."""

import threading
import uuid
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Playwright, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, PHONE
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

# `localhost` and `127.0.0.1` are different sites to a browser: its cookies there are a third's.
HOST_PAGE = """<!doctype html><html lang="nl"><meta charset="utf-8"><title>Weekblad</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>Weekblad</h1><p>Ook wij tekenen.</p>
<div data-obstinate-petition="ana-drovik" data-lang="nl" data-partner="weekly"></div>
<script async src="{site}/embed/petitions.js"></script>
<script async src="{site}/embed/petitions.js"></script>
<p>Tot volgende week.</p></html>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def other_sites(
    running_site: RunningSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Two sites with the same page: a partner, and one that is none."""
    folder: Path = tmp_path_factory.mktemp("host")
    (folder / "index.html").write_text(HOST_PAGE.format(site=running_site.base_url))
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        for _site in range(2)
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    partner, stranger = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    running_site.query(
        "from campaigns.petitions.models import EmbedPartner;"
        f"EmbedPartner.objects.create(name='Weekly', origin={partner!r}, code='weekly')"
    )
    yield partner, stranger
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def reader(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser that takes no cookies of third parties."""
    chromium = playwright.chromium.launch(
        executable_path=str(CHROMIUM), args=[*ARGUMENTS, "--test-third-party-cookie-phaseout"]
    )
    yield chromium.new_context(viewport=request.param)
    chromium.close()


def frame_in(page: Page, site: RunningSite) -> Frame:
    """Our page inside the partner's."""
    [frame] = [frame for frame in page.frames if frame.url.startswith(site.base_url)]
    return frame


def expect_to_fit(page: Page) -> None:
    """The frame is as tall as what is in it: nothing scrolls inside, nothing gapes."""
    page.wait_for_function(
        """() => document.querySelectorAll("iframe").length === 1
            && document.querySelector("iframe").offsetHeight !== 760"""
    )
    frame = page.frames[1]
    frame.wait_for_function(
        """() => Math.abs(document.documentElement.offsetHeight - innerHeight) <= 1
            && document.documentElement.scrollWidth <= innerWidth"""
    )


def test_readers_of_a_partner_sign_in_its_page(
    reader: BrowserContext, running_site: RunningSite, other_sites: tuple[str, str]
) -> None:
    partner, _stranger = other_sites
    email = f"weekly-{uuid.uuid4().hex[:8]}@example.org"
    page = reader.new_page()
    page.goto(partner)
    inside = page.frame_locator("iframe")
    expect(inside.locator("form[data-form=sign]")).to_have_count(1)
    expect(inside.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("iframe")).to_have_attribute("title", inside_title(running_site))
    expect_to_fit(page)
    # The browser keeps nothing for the frame, as it was told.
    assert (
        frame_in(page, running_site).evaluate(
            "() => { document.cookie = 'a=b; SameSite=None; Secure'; return document.cookie }"
        )
        == ""
    )

    # A slip, explained where it stands, with the frame's top in view again.
    inside.locator("[name=given_name]").fill("Mila")
    inside.locator("[name=family_name]").fill("Dubreux")
    inside.locator("[name=email]").fill("weekly.example.org")
    inside.locator("button[type=submit]").first.click()
    expect(inside.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    expect(inside.locator("[name=given_name]")).to_have_value("Mila")
    expect(inside.locator("[role=alert]")).to_be_in_viewport()
    expect_to_fit(page)

    inside.locator("[name=email]").fill(email)
    inside.locator("button[type=submit]").first.click()
    expect(inside.locator("[data-stamped]")).to_be_in_viewport()
    expect_to_fit(page)
    assert page.url == f"{partner}/"
    assert reader.cookies() == []
    source = running_site.query(
        "from campaigns.petitions.models import Signature;"
        f"print(Signature.objects.get(supporter__email={email!r}).source)"
    )
    assert source == "embed/weekly"

    # The whole story opens in place of the partner's page.
    inside.locator("a[target=_top]").click()
    page.wait_for_url(f"{running_site.base_url}/nl/personen-in-gevaar/ana-drovik/")


def inside_title(site: RunningSite) -> str:
    """What the frame is called in Dutch."""
    return site.query(
        "from django.utils.translation import gettext, override\n"
        "with override('nl'): print(gettext('Sign the petition'))"
    )


def test_a_site_that_is_no_partner_shows_an_empty_frame(
    reader: BrowserContext, running_site: RunningSite, other_sites: tuple[str, str]
) -> None:
    _partner, stranger = other_sites
    page = reader.new_page()
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.goto(stranger)
    page.wait_for_function("() => document.querySelectorAll('iframe').length === 1")
    expect(page.locator("iframe")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in refusal for refusal in refusals)
    assert page.frame_locator("iframe").locator("form").count() == 0
    assert [frame for frame in page.frames if frame.url.startswith(running_site.base_url)] == []
