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


def test_what_a_formula_needs_appears_when_it_is_ticked_and_goes_with_it(desk: Page) -> None:
    desk.goto("/nl/sign-up/")
    form = desk.locator("form[data-form='sign-up']")
    adoption = form.locator("input[data-needs~='postal']")
    expect(form.locator("[name=street]")).to_have_count(0)
    adoption.check()
    expect(form.locator("[name=choice_case]")).to_be_visible()
    form.locator("[name=street]").fill("Verzonnenstraat 12")
    adoption.uncheck()
    expect(form.locator("[name=street]")).to_have_count(0)
    adoption.check()
    expect(form.locator("[name=street]")).to_have_value("Verzonnenstraat 12")


def test_without_a_script_the_next_page_asks_for_what_is_missing(browser, running_site) -> None:
    context = browser.new_context(base_url=running_site.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/nl/sign-up/")
    form = page.locator("form[data-form='sign-up']")
    form.locator("input[data-needs~='mobile']").check()
    form.locator("[name=email]").fill("lezer@example.org")
    form.locator("button[type=submit]").first.click()
    expect(form.locator("[name=phone]")).to_be_visible()
    expect(form.locator("[name=email]")).to_have_value("lezer@example.org")
    expect(form.locator("[name=street]")).to_have_count(0)
    context.close()
