"""To one's own page and back, and robots that open every link and wait."""

import json
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from .test_signing import open_newest_mail

pytestmark = pytest.mark.browser

WAIT_MS = 10_000


def make_reader(site, email: str) -> None:
    """Somebody who gets one formula, and whose mails hold every link of the footer."""
    site.query(
        "from django.utils import timezone;"
        "from campaigns.supporters import services;"
        "from campaigns.supporters.models import Formula, SignUp;"
        "from tests.factories.people import ask_for;"
        f"ask_for(Formula.objects.offered().first(), email={email!r}, language='en');"
        f"sign_up = SignUp.objects.get(supporter__email={email!r});"
        "services.confirm_sign_up(sign_up=sign_up, now=timezone.now())"
    )


def rows(site) -> dict[str, str]:
    """A digest of each table, but of those that the worker writes while nobody presses."""
    printed = site.query(
        "from tests.rows import every_row; import hashlib, json, re;"
        # Bodies of pages print where they lie in memory.
        "words = lambda rows: re.sub(' at 0x[0-9a-f]+', '', str(rows)).encode();"
        "skip = {'outbox.LocalMessage', 'outbox.RateCount', 'petitions.Tally',"
        " 'outbox.OutgoingMessage', 'outbox.Mailbox', 'sessions.Session'};"
        "print(json.dumps({label: hashlib.sha256(words(rows)).hexdigest()"
        " for label, rows in every_row().items() if label not in skip}))"
    )
    return json.loads(printed)


def test_a_reader_opens_the_own_page_changes_something_and_closes_it(
    phone: Page, running_site
) -> None:
    email = f"own-{uuid.uuid4().hex[:8]}@example.org"
    make_reader(running_site, email)
    phone.goto("/en/my-data/")
    form = phone.locator("form[data-form='preferences']")
    form.locator("[name=email]").fill(email)
    form.locator("button[type=submit]").click()
    expect(phone).to_have_url(re.compile(r"/en/my-data/sent/$"))

    phone.wait_for_timeout(2_000)
    open_newest_mail(phone, email)
    door = phone.locator("a[href*='/en/open-my-data/']").first
    expect(door).to_be_visible(timeout=30_000)
    door.click()
    phone.locator("main form button").click()
    expect(phone).to_have_url(re.compile(r"/en/my-data/me/$"))
    expect(phone.locator("main")).to_contain_text(email)

    phone.locator("#about summary").first.click()
    names = phone.locator("form[action$='/my-data/me/names/']")
    names.locator("[name=given_name]").fill("Lou")
    names.locator("button").click()
    expect(phone.locator("#about")).to_contain_text("Lou")
    expect(phone.locator("[role=status]")).to_be_visible()

    phone.locator("form[action$='/my-data/me/close/'] button").click()
    expect(phone).to_have_url(re.compile(r"/en/my-data/closed/$"))


def test_a_robot_that_runs_scripts_opens_every_link_of_a_mail_and_changes_nothing(
    desk: Page, running_site
) -> None:
    email = f"robot-{uuid.uuid4().hex[:8]}@example.org"
    make_reader(running_site, email)
    open_newest_mail(desk, email)
    stop = desk.locator("a[href*='/en/stop-mails/']").first
    expect(stop).to_be_visible(timeout=30_000)
    hrefs = desk.locator("main a").evaluate_all("all => all.map(a => a.href)")
    links = sorted({href for href in hrefs if re.search(r"/en/[\w-]+/[^/]{30,}/$", href)})
    assert len(links) == 5
    posts: list[str] = []
    desk.context.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )
    before = rows(running_site)
    for link in links:
        tab = desk.context.new_page()
        tab.goto(link)
        expect(tab.locator("form[method=post] button")).to_have_count(1)
    desk.wait_for_timeout(WAIT_MS)

    assert posts == []
    assert rows(running_site) == before
