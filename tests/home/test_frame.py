"""What surrounds every page: it follows what is published at once, and costs two queries."""

from urllib.parse import urlsplit

import pytest
from django.utils import translation
from wagtail.models import Locale, Page, PageViewRestriction

from home.frame import SiteFrame
from home.models import HomePage, OrganisationSettings
from tests.factories.pages import make_search_page, make_standard_page
from tests.pages import ServedPage
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db


def links(client, path: str = "/fr/", *, inside: str) -> list[tuple[str, str]]:
    """Words and address of the links inside a part of the served page."""
    served = ServedPage(client.get(path).text)
    return [
        (link.words.strip(), urlsplit(link.attributes["href"]).path)
        for link in served.all("a")
        if any(parent.tag == inside for parent in link.parents)
    ]


def close(page: Page) -> None:
    """Let nobody read the page without an account."""
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


@pytest.fixture
def sections(site):
    """Two sections in the menu, a page in it that is no section, and one that is not in it."""
    first = make_standard_page(title="Une", slug="une", show_in_menus=True)
    make_standard_page(title="Dessous", parent=first, show_in_menus=True)
    second = make_standard_page(title="Deux", slug="deux", show_in_menus=True)
    make_standard_page(title="Ailleurs")
    make_standard_page(title="Een", slug="een", language="nl", show_in_menus=True)
    return first, second


def test_the_menu_holds_the_sections_of_its_language_in_their_order(client, sections):
    wanted = [("Une", "/fr/une/"), ("Deux", "/fr/deux/")]
    for inside in ("header", "footer"):
        shown = links(client, inside=inside)
        assert [link for link in shown if link in wanted] == wanted
        assert not {"Dessous", "Ailleurs", "Een"} & {words for words, _path in shown}
    assert ("Een", "/nl/een/") in links(client, "/nl/", inside="header")


@pytest.mark.parametrize("end", [Page.unpublish, close, Page.delete])
def test_a_section_that_is_taken_away_leaves_menu_and_footer_at_once(client, sections, end):
    first, _second = sections
    assert "/fr/une/" in client.get("/fr/").text
    end(first)
    for path in ("/fr/", "/fr/nowhere/", "/fr/sign-up/"):
        served = client.get(path).text
        assert "/fr/une/" not in served
        assert "/fr/deux/" in served


def test_the_search_page_is_offered_while_it_can_be_read(client, site):
    page = make_search_page(title="Chercher ici", slug="chercher-ici")
    assert ("Chercher ici", page.url) in links(client, inside="header")
    page.unpublish()
    assert page.slug not in client.get("/fr/").text
    page.save_revision().publish()
    close(page)
    assert page.slug not in client.get("/fr/").text


def test_a_language_is_offered_while_the_page_can_be_read_in_it(client, site):
    page = make_standard_page(slug="charte")
    dutch = page.copy_for_translation(Locale.objects.get(language_code="nl"))
    dutch.slug = "handvest"
    dutch.save_revision().publish()
    assert "/nl/handvest/" in client.get(page.url).text
    close(dutch)
    assert "handvest" not in client.get(page.url).text


def test_a_page_of_the_footer_is_linked_while_it_can_be_read(client, site):
    page = make_standard_page(title="Charte", slug="charte")
    OrganisationSettings.objects.update(privacy_page=page)
    assert ("Charte", page.url) in links(client, inside="footer")
    assert page.slug not in client.get("/nl/").text
    page.unpublish()
    assert page.slug not in client.get("/fr/").text


def test_a_site_without_settings_is_shown_and_reading_it_writes_nothing(client, site):
    OrganisationSettings.objects.all().delete()
    before = every_row(but=())
    assert client.get("/fr/").status_code == 200
    assert changed(before, every_row(but=())) == set()


def read(frame: SiteFrame) -> list[object]:
    """Everything that the templates take from the frame on every page."""
    frame_pages = [frame.home, frame.search, frame.about, frame.privacy, frame.credits]
    return [*frame.languages, *frame.menu, *frame_pages, frame.organisation.publisher]


@pytest.mark.parametrize("of_page", [True, False])
def test_all_of_the_frame_takes_two_queries(demo, rf, of_page, django_assert_num_queries):
    request = rf.get("/nl/", headers={"host": "localhost"})
    request.resolver_match = None
    page = HomePage.objects.get(locale__language_code="nl") if of_page else None
    with translation.override("nl"):
        assert all(read(SiteFrame(request, page)))
        request = rf.get("/nl/", headers={"host": "localhost"})
        request.resolver_match = None
        with django_assert_num_queries(2):
            frame = SiteFrame(request, page)
            assert len(read(frame)) == len(frame.menu) + len(frame.languages) + 6
            read(frame)
