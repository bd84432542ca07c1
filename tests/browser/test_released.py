"""One dated event, recorded by staff, and within a minute the whole site says it."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from home.demo.builder import STAFF_PASSWORD
from tests.running_site import RunningSite, wait_until

from .conftest import PHONE

pytestmark = pytest.mark.browser

# Lisk Bay: no other browser test signs there.
CASES = {
    "fr": "/fr/personnes-en-danger/lisk-bay/",
    "nl": "/nl/personen-in-gevaar/lisk-bay/",
    "de": "/de/menschen-in-gefahr/lisk-bay/",
    "en": "/en/people-in-danger/lisk-bay/",
}
NUANCE = {
    "fr": "mais l’ordre d’expulsion demeure",
    "nl": "maar het uitzettingsbevel blijft",
    "de": "aber der Räumungsbefehl bleibt",
    "en": "but the eviction order stands",
}
BADGE = {"fr": "Libér", "nl": "Vrijgelaten", "de": "Freigelassen", "en": "Released"}
WITHIN = 60


def fill_in(form: Page, email: str) -> None:
    signing = form.locator("form[data-form='sign']").first
    signing.locator("[name=given_name]").fill("Mila")
    signing.locator("[name=family_name]").fill("Dubreux")
    signing.locator("[name=email]").fill(email)


def record_release(staff: Page) -> None:
    """As a campaigner does: open the case, record an event, say that acting ends."""
    staff.goto("/admin/login/")
    staff.locator("[name=username]").fill("campaigner")
    staff.locator("[name=password]").fill(STAFF_PASSWORD)
    staff.locator("button[type=submit]").first.click()
    staff.wait_for_url("**/admin/")
    staff.goto("/admin/cases/")
    staff.get_by_role("link", name="Lisk Bay").first.click()
    staff.locator("a[href$='/do/event/']").click()
    staff.locator("[name=situation]").select_option("RELEASED")
    today = staff.evaluate(
        "new Intl.DateTimeFormat('sv', {timeZone: 'Europe/Brussels'}).format(new Date())"
    )
    staff.locator("[name=occurred_on]").fill(today)
    staff.keyboard.press("Escape")
    for language, words in NUANCE.items():
        staff.locator(f"[name^=nuance][lang={language}]").fill(words)
    staff.locator("[name=ends_acting][value=end]").check()
    staff.locator("form[data-form='staff-transition'] button[type=submit]").click()
    staff.wait_for_url(re.compile(r"/admin/cases/inspect/\d+/|/admin/cases/\d+/inspect/"))


def action_path(site: RunningSite, language: str) -> str:
    return site.query(
        "from home.models import UrgentActionPage as P;"
        f"print(P.objects.get(slug='lisk-bay', locale__language_code={language!r}).url)"
    )


def rows(site: RunningSite) -> str:
    return site.query(
        "from campaigns.petitions.models import Signature;"
        "from campaigns.supporters.models import Supporter, Consent;"
        "from campaigns.outbox.models import OutgoingMessage;"
        "print([m.objects.count() for m in (Signature, Supporter, Consent, OutgoingMessage)])"
    )


@pytest.fixture
def own_site(tmp_path_factory) -> Iterator[RunningSite]:
    """What is recorded here would close an action that other tests read about."""
    site = RunningSite(tmp_path_factory.mktemp("released"), {})
    with site.running():
        yield site


def test_released_is_said_everywhere_within_a_minute(browser: Browser, own_site) -> None:
    def page(*, javascript: bool = True, width: dict | None = None) -> Page:
        context = browser.new_context(
            base_url=own_site.base_url,
            viewport=width or PHONE,
            java_script_enabled=javascript,
        )
        return context.new_page()

    readers = {language: page(javascript=language in {"fr", "de"}) for language in CASES}
    actions = {language: action_path(own_site, language) for language in CASES}
    stale = {"with JavaScript": page(), "without JavaScript": page(javascript=False)}
    for how, form in stale.items():
        form.goto(CASES["fr"])
        fill_in(form, f"late-{uuid.uuid4().hex[:8]}@example.org")
        assert form.locator("form[data-form='sign']").count() == 1, how
    for language, reader in readers.items():
        reader.goto(actions[language])
        assert reader.locator("#addresses").count() == 1
        feed = reader.request.get(f"/{language}/feeds/urgent-actions/").text()
        assert actions[language] in feed

    record_release(page(width={"width": 1280, "height": 900}))

    for language, reader in readers.items():

        def shows_badge(reader: Page = reader, language: str = language) -> bool:
            reader.goto(CASES[language])
            return reader.locator(".badge--freed").count() > 0

        wait_until(shows_badge, seconds=WITHIN, what=f"the badge in {language}")
        badge = reader.locator(".badge--freed").first
        expect(badge).to_contain_text(BADGE[language])
        expect(badge).to_contain_text(NUANCE[language])
        assert reader.locator("form[data-form='sign']").count() == 0
        wide, screen = reader.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= screen
        reader.goto(CASES[language].removesuffix("lisk-bay/"))
        card = reader.locator("article.card").filter(
            has=reader.locator(f"a[href='{CASES[language]}']")
        )
        expect(card).to_contain_text(NUANCE[language])

        # This browser read the action before, and may show its own copy for a while.
        def shows_no_addresses(reader: Page = reader, language: str = language) -> bool:
            reader.goto(actions[language])
            return reader.locator("#addresses").count() == 0

        wait_until(shows_no_addresses, seconds=WITHIN, what=f"no addresses in {language}")
        assert reader.locator("form[data-form='sign']").count() == 0
        expect(reader.locator(".notice").first).to_be_visible()
        feed = reader.request.get(f"/{language}/feeds/urgent-actions/").text()
        assert actions[language] not in feed

    before = rows(own_site)
    for form in stale.values():
        with form.expect_response(lambda response: response.request.method == "POST") as answer:
            form.locator("form[data-form='sign'] button[type=submit]").first.click()
        assert answer.value.status == 410
        expect(form.locator("h1")).to_be_visible()
        assert form.locator("form[data-form='sign']").count() == 0
    assert rows(own_site) == before
