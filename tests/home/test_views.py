"""The few addresses that are no pages: sitemap, feeds, robots, health."""

from datetime import date

import pytest
from wagtail.models import Page, PageViewRestriction

from campaigns.web import PUBLIC_CACHE
from tests.factories.facts import make_urgent_action
from tests.factories.pages import make_good_news_page, make_standard_page, make_urgent_action_page
from tests.pages import read_xml
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def sitemap(client) -> set[str]:
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    return {element.text for element in read_xml(response.content).iter(LOCATION)}


def test_the_sitemap_lists_what_is_published_to_all_in_every_language(client, site):
    shown = make_standard_page(slug="shown")
    dutch = make_standard_page(slug="getoond", language="nl")
    draft = make_standard_page(slug="draft", live=False)
    hidden = make_standard_page(slug="hidden")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    found = {location.partition("testserver")[2] for location in sitemap(client)}
    assert {"/fr/", "/nl/", "/de/", "/en/", shown.url, dutch.url} <= found
    assert not {draft.url, hidden.url} & found


def test_the_sitemap_of_the_demonstration_lists_every_page_once(client, demo):
    pages = Page.objects.live().filter(depth__gt=1)
    found = sitemap(client)
    assert {location.partition("testserver")[2] for location in found} == {
        page.url for page in pages
    }
    assert len(found) == pages.count()


def test_robots_are_kept_from_what_is_personal(client, site):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    for path in ("/admin/", "/*/confirm-signature/", "/*/confirm-mails/", "/*/stop-mails/"):
        assert f"Disallow: {path}\n" in response.text
    assert "Sitemap: http://testserver/sitemap.xml" in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_one_word_and_is_never_kept(client, path):
    response = client.get(path)
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response.headers["Cache-Control"]
    assert client.post(path).status_code == 405


def test_being_alive_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def items(client, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    assert not response.cookies
    return [
        {part.tag: part.text or "" for part in item}
        for item in read_xml(response.content).iter("item")
    ]


def test_the_feed_of_urgent_actions_lists_what_is_open_in_its_language(client, site):
    late = make_urgent_action_page(urgent_action=make_urgent_action(days_left=9), introduction="Hi")
    soon = make_urgent_action_page(urgent_action=make_urgent_action(days_left=2))
    make_urgent_action_page(urgent_action=make_urgent_action(days_left=-2))
    dutch = make_urgent_action_page(urgent_action=make_urgent_action(), language="nl")
    found = items(client, "/fr/feeds/urgent-actions/")
    assert [item["title"] for item in found] == [soon.title, late.title]
    assert found[1]["description"] == "Hi"
    assert [item["title"] for item in items(client, "/nl/feeds/urgent-actions/")] == [dutch.title]
    assert items(client, "/de/feeds/urgent-actions/") == []


def test_the_feed_of_good_news_lists_the_newest_first(client, site):
    older = make_good_news_page(happened_on=date(2026, 1, 1))
    newer = make_good_news_page(happened_on=date(2026, 2, 1))
    titles = [item["title"] for item in items(client, "/fr/feeds/good-news/")]
    assert titles == [newer.title, older.title]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["urgent-actions", "good-news"])
def test_a_feed_says_in_which_language_it_is(client, demo, name, language):
    path = f"/{language}/feeds/{name}/"
    channel = read_xml(client.get(path).content).find("channel")
    assert channel.findtext("language") == language
    assert channel.findtext("title")
    for item in items(client, path):
        link = item["link"]
        assert client.get(link.partition("localhost:8000")[2] or link).status_code == 200


def test_media_are_served_from_their_folder_alone(client):
    assert client.get("/media/../config/settings.py", follow=True).status_code in {400, 404}
