"""The letter marathon in Dutch on a phone: by list, case by case, and from a mail."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.running_site import wait_until

pytestmark = pytest.mark.browser
CASES = 10


def type_person(form, email: str) -> None:
    form.locator("[name=given_name]").fill("Mila")
    form.locator("[name=family_name]").fill("Dubreux")
    form.locator("[name=email]").fill(email)


def by_list(page: Page, email: str) -> None:
    page.goto("/nl/marathon/")
    form = page.locator("form[data-form='sign-many']")
    expect(form.locator("input[name=petitions]:checked")).to_have_count(CASES)
    type_person(form, email)
    form.locator(".panel button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/nl/marathon/\d+/thanks/$"))


def case_by_case(page: Page, email: str) -> None:
    page.goto("/nl/marathon/")
    page.locator(".marathon__steps a").click()
    type_person(page.locator("form[data-form='sign']"), email)
    for number in range(1, CASES + 1):
        expect(page).to_have_url(re.compile(rf"/nl/marathon/\d+/{number}/$"))
        page.locator("button[name=do][value=sign]").click()
    expect(page).to_have_url(re.compile(r"/nl/marathon/\d+/end/$"))


def confirm(page: Page, email: str) -> None:
    """The newest mail to the address, and its one button."""
    page.goto("/outbox/")
    mail = page.locator("tr, li").filter(has_text=email)

    def has_arrived() -> bool:
        page.reload()
        return mail.count() > 0

    wait_until(has_arrived, seconds=90, what="the mail")
    mail.first.locator("a").first.click()
    page.locator("a[href*='/nl/confirm-marathon/']").first.click()
    expect(page.locator("input[name=signatures]:checked")).to_have_count(CASES)
    page.locator("form[data-form='confirm-marathon'] button").click()
    expect(page).to_have_url(re.compile(r"/nl/marathon/\d+/confirmed/$"))


def from_a_mail(page: Page, running_site, email: str) -> None:
    link = running_site.query(
        "from django.utils import timezone;"
        "from campaigns.mailboxes import canonical_address, mailbox_key;"
        "from campaigns.petitions.links import sign_marathon_link;"
        "from campaigns.petitions.models import Edition;"
        "from campaigns.supporters.models import Supporter;"
        f"email, now = {email!r}, timezone.now();"
        "reader = Supporter.objects.create(email=email, email_canonical=canonical_address(email),"
        " mailbox=mailbox_key(email), given_name='Mila', family_name='Dubreux', language='nl',"
        " country='BE', created_at=now, confirmed_at=now);"
        "print(sign_marathon_link(supporter_id=reader.pk, edition_id=Edition.objects.get().pk,"
        " source='mailing', language='nl', now=now))"
    )
    page.goto(link)
    expect(page.locator("input[name=petitions]:checked")).to_have_count(CASES)
    assert "@" not in page.locator("main").inner_text()
    page.locator("form[data-form='sign-many'] .panel button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/nl/undo-signatures/page/|/nl/receipt"))


@pytest.mark.parametrize("way", ["list", "steps", "mail"])
def test_ten_cases_are_signed_on_a_phone_in_dutch(phone: Page, running_site, way: str) -> None:
    email = f"walker-{uuid.uuid4().hex[:8]}@example.org"
    if way == "mail":
        from_a_mail(phone, running_site, email)
    else:
        {"list": by_list, "steps": case_by_case}[way](phone, email)
        confirm(phone, email)
    signed = running_site.query(
        "from campaigns.petitions.models import Signature;"
        f"print(Signature.objects.filter(supporter__email={email!r}, standing='C').count())"
    )
    assert signed == str(CASES)
    width = phone.viewport_size["width"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
