"""The code of the link that led here goes with the reader as far as the signature."""

import re

import pytest
from django.test import Client

from campaigns.petitions.models import Signature
from campaigns.web import PUBLIC_CACHE
from tests.factories.facts import make_petition, make_urgent_action
from tests.factories.pages import make_case_page, make_urgent_action_page
from tests.pages import ServedPage
from tests.steps import address, press_sign

pytestmark = pytest.mark.django_db

UTM = {"utm_source": "Newsletter", "utm_medium": "mail", "utm_campaign": "ana-11"}
ODD = ["<script>", "a b", "-a", "é", "a" * 81, "../x", "\0", "'--", "%00"]


@pytest.fixture
def petition():
    return make_petition()


@pytest.fixture
def case_page(site, petition):
    return make_case_page(case=petition.case, petition=petition)


def source_on(page: ServedPage) -> str:
    [field] = [
        field for field in page.all("input", name="source") if field.inside(data_form="sign")
    ]
    return field.attributes.get("value", "")


def test_a_page_with_a_form_carries_the_code_into_the_signature(client, case_page, petition):
    page = ServedPage(client.get(case_page.url, {"source": "Poster-Gent"}).text)
    assert source_on(page) == "poster-gent"
    press_sign(client, petition, source=source_on(page))
    assert Signature.objects.get().source == "poster-gent"


def test_the_three_utm_words_are_a_code_too(client, case_page, petition):
    for path in (case_page.url, address("petitions:sign", petition.reference)):
        assert source_on(ServedPage(client.get(path, UTM).text)) == "newsletter/mail/ana-11"


def test_a_mistake_in_the_form_loses_no_code(client, petition):
    response = press_sign(client, petition, email="nowhere", source="share-whatsapp")
    assert response.status_code == 422
    assert source_on(ServedPage(response.text)) == "share-whatsapp"


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_an_odd_or_forged_code_loses_nothing_but_the_figure(client, case_page, petition, odd):
    assert source_on(ServedPage(client.get(case_page.url, {"source": odd}).text)) == ""
    response = press_sign(client, petition, source=odd)
    assert response.status_code == 303
    assert Signature.objects.get().source == ""


@pytest.mark.parametrize("query", [{"source": "poster"}, UTM, {"source": "by-abcdefghijkl"}])
def test_a_page_with_a_code_is_the_same_for_everybody_and_may_be_kept(client, case_page, query):
    first = client.get(case_page.url, query)
    other = Client(headers={"user-agent": "Other", "cookie": "known=1"}).get(case_page.url, query)
    assert first.headers["Cache-Control"] == other.headers["Cache-Control"] == PUBLIC_CACHE
    assert "Cookie" not in first.headers.get("Vary", "")
    assert not first.cookies

    # The form says when it was shown.
    moments = [re.sub(r'name="shown_at" value="\d+"', "", page.text) for page in (first, other)]
    assert moments[0] == moments[1]


def test_a_short_address_carries_the_code_on(client, case_page, petition):
    for query, expected in (
        ({"source": "share-qr"}, "?source=share-qr"),
        (UTM, "?utm_source=Newsletter&utm_medium=mail&utm_campaign=ana-11"),
        ({"source": "a&b=c"}, ""),
        ({"q": "x", "next": "https://evil.example", "source": "poster"}, "?source=poster"),
        ({}, ""),
    ):
        response = client.get(f"/{petition.reference}", query)
        assert response.status_code == 302
        assert response.url == f"{case_page.url}{expected}"


def test_the_same_page_in_another_language_carries_it_on_and_search_engines_do_not(
    client, petition
):
    path = address("petitions:sign", petition.reference)
    page = ServedPage(client.get(path, {"source": "poster"}).text)
    others = [link.attributes["href"] for link in page.all("a") if "hreflang" in link.attributes]
    assert others
    assert all(link.endswith("/sign/?source=poster") for link in others)
    for link in page.all("link"):
        assert "source" not in link.attributes["href"]


def test_an_action_that_is_over_hands_the_code_on_to_the_petition(client, site, petition):
    action = make_urgent_action(case=petition.case, days_left=-3)
    page = make_urgent_action_page(urgent_action=action, petition=petition)
    response = client.get(page.url, {"source": "poster"})
    assert f"/petitions/{petition.reference}/sign/?source=poster" in response.text
