"""Names that may not be shown are taken out of every text that leaves the site."""

import json

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from campaigns.cases.models import Case
from campaigns.cases.selectors import CONCEALED
from home import setup
from home.concealment import ConcealmentMiddleware
from home.models import SearchPage
from tests.factories.facts import make_case
from tests.factories.pages import (
    make_good_news_page,
    make_search_page,
    make_standard_page,
)
from tests.factories.people import make_staff
from tests.pages import ServedPage, read_xml
from tests.steps import address

pytestmark = pytest.mark.django_db
NAME = "Zephyrine Quillfeather"


@pytest.fixture
def hidden(site) -> Case:
    return make_case(given_name="Zephyrine", family_name="Quillfeather", state=Case.State.HIDDEN)


def is_named(text: str) -> bool:
    return "zephyrine" in text.lower() or "quillfeather" in text.lower()


WHOLE_PAGE = {
    "title": f"La sœur de {NAME}",
    "seo_title": f"{NAME} : sa sœur raconte",
    "search_description": f"Ce que raconte la sœur de {NAME}.",
    "introduction": f"{NAME.upper()} et les siens.",
    "body": [
        ("heading", f"Pour {NAME}"),
        ("paragraph", f"<p>Avec <b>{NAME}</b>, <i>Zephyrine</i>&nbsp;Quillfeather.</p>"),
        ("facts", {"heading": "", "facts": [{"label": "Qui", "value": NAME}]}),
        ("people", {"heading": "", "introduction": "", "people": [{"name": NAME}]}),
        (
            "timeline",
            {"heading": "", "events": [{"date": "hier", "title": f"{NAME} écrit", "text": ""}]},
        ),
        ("testimony", {"quote": "« Zephyrine ! »", "name": NAME, "role": "", "context": ""}),
    ],
}


def test_names_go_from_every_part_of_a_page_on_something_else(client, hidden):
    page = make_standard_page(slug="zephyrine-quillfeather", **WHOLE_PAGE)
    response = client.get(page.url)
    assert response.status_code == 200
    assert not is_named(response.text)
    served = ServedPage(response.text)
    assert all(not is_named(str(element.attributes)) for element in served.elements)
    assert CONCEALED in served.all("title")[0].words
    assert CONCEALED in served.all("h1")[0].words


def test_they_stay_while_they_may_be_shown(client, hidden):
    Case.objects.filter(pk=hidden.pk).update(state=Case.State.ACTIVE)
    page = make_standard_page(**WHOLE_PAGE)
    text = client.get(page.url).text
    assert text.count("Quillfeather") > 6
    assert CONCEALED not in text


def test_attributes_stay_well_formed(client, hidden):
    page = make_standard_page(**WHOLE_PAGE)
    served = ServedPage(client.get(page.url).text)
    [description] = served.all("meta", name="description")
    assert description.attributes["content"] == f"Ce que raconte la sœur de {CONCEALED}."


def test_they_go_from_lists_feeds_sitemap_and_search(client, hidden):
    news = make_good_news_page(title=f"Une lettre de {NAME}", slug="lettre", introduction=NAME)
    search = make_search_page()
    for path in (
        news.get_parent().url,
        address("feed_good_news"),
        "/sitemap.xml",
        f"{search.url}?q=lettre",
        f"{search.url}?q=Quillfeather",
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert not is_named(response.text), path
    feed = read_xml(client.get(address("feed_good_news")).content)
    titles = [element.text for element in feed.iter("title")]
    assert f"Une lettre de {CONCEALED}" in titles
    assert SearchPage.objects.exists()


def test_a_page_that_was_not_found_does_not_repeat_the_name(client, hidden):
    response = client.get("/fr/zephyrine-quillfeather/")
    assert response.status_code == 404
    assert not is_named(response.text)


def test_the_headers_of_a_page_fit_what_is_left_of_it(client, hidden):
    page = make_standard_page(**WHOLE_PAGE)
    response = client.get(page.url)
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert not is_named(str(response.headers))


def test_staff_see_names_as_they_are(client, hidden):
    page = make_standard_page(**WHOLE_PAGE)
    client.force_login(make_staff(setup.CAMPAIGNERS, setup.EDITORS))
    assert NAME in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
    assert NAME in client.get(reverse("cases:inspect", args=[hidden.pk])).text


def answer(content_type: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    middleware = ConcealmentMiddleware(lambda _request: response)
    return middleware(RequestFactory().get("/fr/"))


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html; charset=utf-8",
        "text/plain",
        "application/xml",
        "application/rss+xml; charset=utf-8",
        "application/json",
    ],
)
def test_every_kind_of_text_is_looked_at(hidden, content_type):
    assert not is_named(answer(content_type, f"« {NAME} »".encode()).text)


def test_names_in_json_are_found(hidden):
    response = JsonResponse({"title": f"« {NAME} »"})
    concealed = ConcealmentMiddleware(lambda _request: response)(RequestFactory().get("/fr/"))
    assert json.loads(concealed.content) == {"title": f"« {CONCEALED} »"}


@pytest.mark.parametrize("content_type", ["image/jpeg", "application/pdf", "font/woff2"])
def test_what_is_no_text_is_left_alone(hidden, content_type):
    body = b"\xff\xd8" + NAME.encode() + b"\x00\xfe"
    assert answer(content_type, body).content == body


def test_streams_pass_by(hidden):
    response = StreamingHttpResponse([b"a", b"b"], content_type="text/plain")
    served = ConcealmentMiddleware(lambda _request: response)(RequestFactory().get("/fr/"))
    assert b"".join(served) == b"ab"


def test_nothing_changes_and_nothing_is_read_where_nothing_is_withheld(
    client, site, django_assert_num_queries
):
    make_case(given_name="Zephyrine", family_name="Quillfeather")
    body = f"<p>{NAME} &amp; « É »</p>".encode()
    assert answer("text/html; charset=utf-8", body).content == body
    with django_assert_num_queries(0):
        assert answer("text/html; charset=utf-8", body).content == body


def test_names_are_read_once_for_many_pages(hidden, django_assert_num_queries):
    with django_assert_num_queries(3):
        answer("text/html", NAME.encode())
    with django_assert_num_queries(0):
        assert not is_named(answer("text/html", NAME.encode()).text)


def test_answers_of_staff_pages_cost_no_read(hidden, django_assert_num_queries):
    response = HttpResponse(NAME)
    with django_assert_num_queries(0):
        served = ConcealmentMiddleware(lambda _request: response)(RequestFactory().get("/admin/x/"))
    assert served.text == NAME
