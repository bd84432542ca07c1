"""Blocks that lead on: where to, when nowhere, and what many of them cost."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page, PageViewRestriction

from home.models import StandardPage
from tests.factories.facts import make_petition
from tests.factories.pages import make_case_page, make_image, make_standard_page
from tests.pages import Element, ServedPage

pytestmark = pytest.mark.django_db
BUTTON = "Lire son histoire"


def call_to(page: Page) -> dict[str, Any]:
    value = {"heading": "Et après", "text": "", "label": BUTTON, "page": page.pk}
    return {"type": "call_to_action", "value": value}


def cards_of(*pages: Page) -> dict[str, Any]:
    value = {"heading": "Des personnes", "introduction": "", "cases": [page.pk for page in pages]}
    return {"type": "cases", "value": value}


def page_with(*blocks: dict[str, Any], language: str = "fr") -> StandardPage:
    return make_standard_page(language=language, body=json.dumps(blocks))


def buttons(client, page: Page) -> list[Element]:
    """What looks like a button of a call to action, whether it is a link or not."""
    served = ServedPage(client.get(page.url).text)
    return [
        element
        for tag in ("a", "span")
        for element in served.all(tag)
        if element.attributes.get("class") == "button" and element.words.startswith(BUTTON)
    ]


def titles(client, page: Page) -> list[str]:
    """The titles on the cards of the served page."""
    served = ServedPage(client.get(page.url).text)
    return [title.words for title in served.all("h3") if title.attributes["class"] == "card__title"]


def queries(client, page: Page) -> int:
    client.get(page.url)
    with CaptureQueriesContext(connection) as captured:
        client.get(page.url)
    return len(captured)


@pytest.fixture
def case_page(site):
    return make_case_page(title="Histoire", slug="nom-de-famille")


def test_a_button_leads_to_its_page_in_the_readers_language_or_says_in_which(client, case_page):
    page = page_with(call_to(case_page), language="nl")
    [button] = buttons(client, page)
    assert button.attributes == {"class": "button", "href": case_page.url, "hreflang": "fr"}
    assert button.words == f"{BUTTON} (Français)"

    dutch = case_page.copy_for_translation(
        Locale.objects.get(language_code="nl"), copy_parents=True
    )
    dutch.save_revision().publish()
    [button] = buttons(client, page)
    assert button.attributes == {"class": "button", "href": dutch.url}
    assert button.words == BUTTON


def test_a_button_leads_nowhere_once_its_page_is_taken_down(client, case_page):
    page = page_with(call_to(case_page))
    assert buttons(client, page)[0].attributes["href"] == case_page.url
    case_page.unpublish()
    [button] = buttons(client, page)
    assert (button.tag, button.words) == ("span", BUTTON)
    assert case_page.slug not in client.get(page.url).text


def test_a_button_leads_nowhere_while_its_page_is_closed_to_the_public(client, case_page):
    page = page_with(call_to(case_page))
    PageViewRestriction.objects.create(
        page=case_page.get_parent(), restriction_type=PageViewRestriction.LOGIN
    )
    [button] = buttons(client, page)
    assert button.tag == "span"
    assert case_page.slug not in client.get(page.url).text


def test_more_buttons_cost_no_more_queries(client, case_page):
    one = page_with(call_to(case_page))
    others = [make_standard_page() for _number in range(4)]
    many = page_with(*(call_to(page) for page in [case_page, *others, case_page]))
    assert [button.attributes["href"] for button in buttons(client, many)] == [
        page.url for page in [case_page, *others, case_page]
    ]
    assert queries(client, many) == queries(client, one)


def test_cards_stand_in_the_order_and_in_the_blocks_in_which_they_were_chosen(client, site):
    pages = [make_case_page(title=f"Histoire {number}") for number in range(4)]
    page = page_with(cards_of(*pages[2:0:-1]), cards_of(pages[3], pages[1]))
    assert titles(client, page) == ["Histoire 2", "Histoire 1", "Histoire 3", "Histoire 1"]
    pages[1].unpublish()
    assert titles(client, page) == ["Histoire 2", "Histoire 3"]


def test_more_blocks_of_cards_cost_no_more_queries(client, site):
    pages = [make_case_page(petition=make_petition(), portrait=make_image()) for _number in "123"]
    one = page_with(cards_of(*pages))
    many = page_with(*(cards_of(page) for page in pages))
    assert sorted(titles(client, many)) == sorted(titles(client, one))
    assert queries(client, many) == queries(client, one)
