"""Asking for mails, in Dutch, and stopping them."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from .test_signing import open_newest_mail

pytestmark = pytest.mark.browser


def test_a_reader_signs_up_confirms_is_welcomed_and_stops(phone: Page) -> None:
    email = f"lezer-{uuid.uuid4().hex[:8]}@example.org"
    phone.goto("/nl/sign-up/")
    form = phone.locator("form[data-form='sign-up']")
    assert form.locator("input[type=checkbox]:checked").count() == 0
    form.locator("input[type=checkbox]").first.check()
    form.locator("[name=email]").fill(email)
    form.locator("button[type=submit]").click()
    expect(phone).to_have_url(re.compile(r"/nl/sign-up/done/$"))

    open_newest_mail(phone, email)
    phone.locator("a[href*='/nl/confirm-mails/']").first.click()
    phone.locator("form[data-form='confirm-subscription'] button").click()
    expect(phone).to_have_url(re.compile(r"/nl/sign-up/confirmed/$"))

    phone.wait_for_timeout(2_000)
    open_newest_mail(phone, email)
    stop = phone.locator("a[href*='/nl/stop-mails/']").first
    expect(stop).to_be_visible(timeout=30_000)
    stop.click()
    phone.locator("form[data-form='unsubscribe'] button").click()
    expect(phone.locator("button[name=do][value=undo]")).to_be_visible()
