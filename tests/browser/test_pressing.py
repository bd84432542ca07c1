"""Confirm once; then one press signs, one press undoes, one press makes the phone forget."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_signing import FRENCH_CASE, open_newest_mail, sign

pytestmark = pytest.mark.browser

OTHER_CASE = "/nl/personen-in-gevaar/noor-hadesh/"
MASKED = "M··· D···"


def runs_scripts(page: Page) -> bool:
    page.set_content("<p>0</p><script>document.querySelector('p').textContent = '1'</script>")
    return page.locator("p").inner_text() == "1"


def test_one_press_signs_one_undoes_and_one_makes_the_phone_forget(phone: Page) -> None:
    is_scripted = runs_scripts(phone)
    email = f"presser-{uuid.uuid4().hex[:8]}@example.org"
    sign(phone, FRENCH_CASE, email)
    open_newest_mail(phone, email)
    phone.locator("a[href*='/fr/confirm-signature/']").first.click()
    phone.locator("form[data-form='confirm-signature'] button").click()
    expect(phone).to_have_url(re.compile(r"/confirmed/"))

    phone.goto(OTHER_CASE)
    if is_scripted:
        # The form has become one press, where it stood.
        expect(phone.locator("form[data-form='sign']")).to_have_count(0)
    else:
        phone.locator("a[data-press]").first.click()
    form = phone.locator("form[data-form='press']").first
    expect(form).to_contain_text(MASKED)
    expect(form.locator("[name=email]")).to_have_count(0)
    shown = phone.locator("main").inner_text()
    assert "Dubreux" not in shown
    assert email not in shown
    form.locator("button[type=submit]").click()

    expect(phone).to_have_url(re.compile(r"/nl/receipt/page/\w+/$"))
    expect(phone.locator("h1")).to_contain_text("Noor Hadesh")
    assert not phone.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    phone.locator("form[data-form='undo-signature'] button").first.click()
    expect(phone.locator("form[data-form='not-me']")).to_have_count(0)
    phone.locator("a[href$='/petitions/noor-hadesh/press/']").click()
    expect(phone.locator("form[data-form='press']")).to_contain_text(MASKED)

    phone.goto(OTHER_CASE)
    if not is_scripted:
        phone.locator("a[data-press]").first.click()
    phone.locator("form[data-form='forget-device'] button").first.click()
    expect(phone.locator("form[data-form='sign']").first).to_be_visible()
    expect(phone).to_have_url(re.compile(OTHER_CASE if is_scripted else r"/noor-hadesh/sign/"))
    expect(phone.locator("form[data-form='press']")).to_have_count(0)
    phone.goto("/nl/petitions/noor-hadesh/press/")
    expect(phone).to_have_url(re.compile(r"/nl/petitions/noor-hadesh/sign/$"))
