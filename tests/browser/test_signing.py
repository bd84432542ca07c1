"""From a case page through the inbox to the count, as a person goes."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.running_site import RunningSite, wait_until

pytestmark = pytest.mark.browser

FRENCH_CASE = "/fr/personnes-en-danger/ana-drovik/"
DUTCH_CASE = "/nl/personen-in-gevaar/ana-drovik/"


def shown_count(page: Page, address: str) -> int:
    """The figure on a page, loaded afresh."""
    page.goto(address)
    return int(re.sub(r"\D", "", page.locator("[data-count='ana-drovik']").first.inner_text()))


def tallied(site: RunningSite) -> tuple[int, int]:
    """What the tally says of confirmed signatures, and how many changes it has yet to follow.

    In one statement, so that no round of the tally comes between the two.
    """
    [(confirmed, waiting)] = site.rows(
        "SELECT confirmed,"
        " (SELECT count(*) FROM petitions_signature WHERE counted_as <> standing)"
        " FROM petitions_tally AS tally JOIN petitions_petition AS petition"
        " ON petition.id = tally.petition_id WHERE petition.reference = %s",
        "ana-drovik",
    )
    return confirmed, waiting


def settled_count(page: Page, address: str, site: RunningSite) -> int:
    """The figure on a page once it is that of everything signed: pages are kept for seconds.

    Scripts fetch the newest figure, so that a page with them is ahead of the same without.
    """
    shown = -1

    def is_settled() -> bool:
        nonlocal shown
        shown = shown_count(page, address)
        return tallied(site) == (shown, 0)

    wait_until(is_settled, seconds=60, what="the page to show the figure of the tally")
    return shown


def sign(page: Page, address: str, email: str) -> None:
    page.goto(address)
    form = page.locator("form[data-form='sign']").first
    form.locator("[name=given_name]").fill("Mila")
    form.locator("[name=family_name]").fill("Dubreux")
    form.locator("[name=email]").fill(email)
    form.locator("button[type=submit]").click()


def open_newest_mail(page: Page, email: str) -> None:
    """Open the last mail to this address in the local inbox."""
    page.goto("/outbox/")

    def arrived() -> bool:
        page.reload()
        return page.locator("tr, li").filter(has_text=email).count() > 0

    wait_until(arrived, seconds=90, what="the mail")
    page.locator("tr, li").filter(has_text=email).first.locator("a").first.click()


def test_a_signature_on_the_french_page_shows_on_the_dutch_one_once_confirmed(
    phone: Page, running_site: RunningSite
) -> None:
    email = f"reader-{uuid.uuid4().hex[:8]}@example.org"
    before = settled_count(phone, DUTCH_CASE, running_site)

    sign(phone, FRENCH_CASE, email)
    expect(phone).to_have_url(re.compile(r"/fr/petitions/ana-drovik/thanks/$"))

    open_newest_mail(phone, email)
    phone.locator("a[href*='/fr/confirm-signature/']").first.click()
    assert "@" not in phone.locator("main").inner_text()
    phone.locator("form[data-form='confirm-signature'] button").click()
    expect(phone).to_have_url(re.compile(r"/fr/petitions/ana-drovik/confirmed/\?by=by-\w{12}$"))

    assert settled_count(phone, DUTCH_CASE, running_site) == before + 1


def test_a_slip_is_explained_beside_its_field_and_nothing_typed_is_lost(phone: Page) -> None:
    sign(phone, "/de/menschen-in-gefahr/ana-drovik/", "mila.example.org")

    field = phone.locator("[name=email]")
    expect(field).to_have_attribute("aria-invalid", "true")
    message = phone.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}")
    expect(message).to_contain_text("E-Mail")
    expect(field).to_have_value("mila.example.org")
    expect(phone.locator("[name=given_name]")).to_have_value("Mila")


def test_a_robot_that_runs_scripts_on_the_mailed_page_confirms_nothing(
    desk: Page, running_site
) -> None:
    email = f"robot-{uuid.uuid4().hex[:8]}@example.org"
    sign(desk, FRENCH_CASE, email)
    open_newest_mail(desk, email)
    desk.locator("a[href*='/fr/confirm-signature/']").first.click()
    posts: list[str] = []
    desk.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )
    desk.wait_for_timeout(10_000)

    assert posts == []
    unconfirmed = running_site.query(
        "from campaigns.petitions.models import Signature;"
        f"print(Signature.objects.filter(supporter__email={email!r}, confirmed_at=None).count())"
    )
    assert unconfirmed == "1"
