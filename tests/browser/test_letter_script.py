"""The script of the desk makes the links that the server makes."""

import re
from html import unescape

import pytest
from playwright.sync_api import Page, expect

from tests.campaigns.letters.texts import TEXTS

pytestmark = pytest.mark.browser
# Whose rules let writers sign with initials alone.
DESK = "/nl/letters/12-26/?in=nl"
SOME = (
    "decomposed accents", "joined emoji", "Persian with a joiner", "encoded line end", "plus",
    "quotes", "brackets", "many blank lines", "markup", "unseen marks", "1 601 characters",
    "a long Arabic letter",
)  # fmt: skip
LINKS = re.compile(r'href="([^"]+)" data-channel="(\w+)"')


def links_of_the_script(page: Page) -> dict[str, str]:
    links = page.locator("[data-ways] a[data-channel]")
    pairs = links.evaluate_all("all => all.map(a => [a.dataset.channel, a.getAttribute('href')])")
    return dict(pairs)


def test_the_script_fills_the_links_as_the_server_does(desk: Page) -> None:
    desk.goto(DESK)
    form = desk.locator("form[data-form='letter']")
    form.locator("[name=name]").fill("Mila d’Hôte van (Hasel)")
    form.locator("[name=place]").fill("Voorbeeldstraat 1\n1000 Brussel")
    for name in SOME:
        form.locator("[name=body]").fill(TEXTS[name])
        form.locator("[name=subject]").fill(" ".join(TEXTS[name][:150].split()))
        values = form.evaluate("form => Object.fromEntries(new FormData(form))")
        answer = desk.request.post(desk.url.partition("?")[0], form=values)
        expect(answer).to_be_ok()
        of_the_server = {channel: unescape(href) for href, channel in LINKS.findall(answer.text())}
        assert len(of_the_server) > 4
        assert links_of_the_script(desk) == of_the_server, name
