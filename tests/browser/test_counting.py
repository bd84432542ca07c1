"""A page that is looked at keeps its figure fresh, and one that is not asks for nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running_site import RunningSite, wait_until

pytestmark = pytest.mark.browser

CASE = "/fr/personnes-en-danger/ana-drovik/"
COUNT = "**/petitions/ana-drovik/count/"
# More signatures than the goal is away.
GROWN = (
    "from campaigns.petitions.models import Tally;"
    "from django.db.models import F;"
    "found = Tally.objects.filter(petition__reference='ana-drovik');"
    "found.update(received=F('received') {change}, confirmed=F('confirmed') {change})"
)


def test_a_page_shows_the_new_figure_by_itself_while_it_is_looked_at(
    desk: Page, running_site: RunningSite
) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/count/" in request.url else 0)
    desk.clock.install()
    desk.goto(CASE)
    figure = desk.locator(".panel [data-count='ana-drovik']").first
    bar = desk.locator(".panel progress").first
    before, filled = figure.inner_text(), float(bar.get_attribute("value") or 0)
    expected = int(re.sub(r"\D", "", before)) + 500
    running_site.query(GROWN.format(change="+ 500"))
    try:

        def has_followed() -> bool:
            desk.clock.fast_forward("00:15")
            return re.sub(r"\D", "", figure.inner_text()) == str(expected)

        wait_until(has_followed, seconds=20, what="the figure to follow")
        assert bar.evaluate("bar => bar.value") > filled

        hide(desk, True)
        count = len(asked)
        desk.clock.fast_forward("10:00")
        assert len(asked) == count
        with desk.expect_request(COUNT):
            hide(desk, False)
        desk.clock.fast_forward("31:00")
        count = len(asked)
        desk.clock.fast_forward("10:00")
        assert len(asked) == count
    finally:
        running_site.query(GROWN.format(change="- 500"))
    expect(figure).not_to_have_text(before)


def hide(page: Page, is_hidden: bool) -> None:
    """What a browser says of a page behind another tab."""
    state = "hidden" if is_hidden else "visible"
    page.evaluate(
        "state => { Object.defineProperty(document, 'visibilityState',"
        " {value: state, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        state,
    )
