"""From an open action to a letter that has left, on a phone, with and without scripts."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pressing import runs_scripts
from tests.running_site import RunningSite, wait_until

pytestmark = pytest.mark.browser

ACTION = "/nl/spoedacties/noor-hadesh/"


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


def declared(site: RunningSite) -> int:
    """How many letters of the action count, by the database."""
    [(number,)] = site.rows(
        "SELECT count(*) FROM letters_letteract AS act"
        " JOIN letters_urgentactionissue AS issue ON issue.id = act.issue_id"
        " JOIN letters_urgentaction AS action ON action.id = issue.urgent_action_id"
        " WHERE undone_at IS NULL AND NOT is_late AND action.number = 12"
    )
    return int(number)


def shown(page: Page) -> int:
    """How many the page says."""
    return int(re.sub(r"\D", "", page.locator("[data-count='letters-12-26']").first.inner_text()))


def to_the_desk(page: Page) -> None:
    """From the action's page to the desk, in Dutch."""
    page.goto(ACTION)
    page.locator("a[href*='/nl/letters/']").first.click()
    expect(page.locator("form[data-form='letter']")).to_be_visible()
    page.locator(".desk__choices [name='in']").select_option("nl")
    page.locator(".desk__choices button").click()
    expect(page.locator("form[data-form='letter'] [name='in']")).to_have_value("nl")


def mail_of(page: Page) -> dict[str, str]:
    """What the link to one's own mail program would write."""
    link = page.locator("[data-ways] a[data-channel='MAIL_PROGRAM']").first
    query = parse_qs(urlsplit(link.get_attribute("href") or "").query)
    return {name: values[0] for name, values in query.items()}


def test_a_dutch_letter_in_ones_own_words_is_sent_printed_declared_and_taken_back(
    phone: Page, running_site: RunningSite
) -> None:
    is_scripted = runs_scripts(phone)
    before = declared(running_site)
    to_the_desk(phone)
    assert not is_too_wide(phone)
    form = phone.locator("form[data-form='letter']")
    own_words = "Excuseer, dit is belangrijk: 100 % & meer.\n\nمع التحية"
    form.locator("[name=body]").fill(own_words)
    form.locator("[name=name]").fill("Mila Dubreux")
    form.locator("[name=place]").fill("Voorbeeldstraat 1\n1000 Brussel")
    if not is_scripted:
        form.locator("button[data-without-script]").click()
        expect(phone.locator("form[data-form='letter'] [name=body]")).to_have_value(own_words)
    wait_until(
        lambda: own_words.splitlines()[0] in mail_of(phone).get("body", ""),
        seconds=5,
        what="the link to hold the letter",
    )
    mail = mail_of(phone)
    assert mail["subject"]
    assert own_words.replace("\n", "\r\n") in mail["body"]

    phone.locator("#paper summary").click()
    with phone.expect_download() as download:
        phone.locator("button[formaction$='/letter.pdf']").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    phone.locator("form[data-form='report'] button[type=submit]").first.click()
    expect(phone).to_have_url(re.compile(r"/nl/letters/[\d-]+/thanks/"))
    assert not is_too_wide(phone)
    assert shown(phone) == declared(running_site) == before + 1

    phone.locator("form[data-form='undo-letter'] button").first.click()
    wait_until(lambda: declared(running_site) == before, seconds=5, what="the letter to be undone")


def test_a_draft_is_kept_on_this_device_only_if_it_is_asked_to(desk: Page) -> None:
    to_the_desk(desk)
    body = desk.locator("form[data-form='letter'] [name=body]")
    body.fill("Niet bewaard")
    desk.reload()
    expect(body).not_to_have_value("Niet bewaard")

    body.fill("Wel bewaard")
    desk.locator("[data-draft] input").check()
    desk.reload()
    expect(body).to_have_value("Wel bewaard")
    desk.locator("[data-draft-delete]").click()
    desk.reload()
    expect(body).not_to_have_value("Wel bewaard")
