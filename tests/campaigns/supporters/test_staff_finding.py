"""Staff find people by whatever they say of themselves, and leave no trace of it."""

import logging
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import ModelLogEntry

from campaigns.supporters.models import Supporter
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.selectors import find_supporters, likely_duplicates
from campaigns.supporters.services.people import keep_phone, keep_postal_address
from home import setup
from tests.factories.people import make_staff, make_supporter
from tests.pages import ServedPage
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db
PHONE = "+442079460123"  # Ofcom keeps these for drama.


@pytest.fixture
def staff(client, site):
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def find(client, typed: str, **more: str) -> ServedPage:
    response = client.post(reverse("find_supporter:find"), {"q": typed, **more})
    assert response.status_code == 200
    return ServedPage(response.text)


def live_in(supporter: Supporter, postcode: str, *, now, country: str = "BE") -> Supporter:
    address = PostalAddress(
        street="Rue de Rien 1", postcode=postcode, locality="Nulle-Part", country=country
    )
    keep_postal_address(supporter_id=supporter.pk, address=address, now=now)
    return supporter


@pytest.mark.parametrize(
    "typed",
    [
        "zoe@example.org",
        "ZOE@Example.org",
        "zoe+petitions@example.org",
        "zoe@exam",
        "@example.org",
        "Zoé",
        "zoe",
        "ZOÉ",
        "zoe desmedt",
        "De Smedt",
        "desmedt zoë",
    ],
)
def test_somebody_is_found_by_address_and_name(site, typed):
    zoe = make_supporter(email="zoe@example.org", given_name="Zoé", family_name="DeSmedt")
    make_supporter(email="other@example.com", given_name="Otto", family_name="Smith")
    found = list(find_supporters(typed))
    # "De Smedt" is written apart: both words occur in the name.
    assert found == [zoe]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Muller", "Müller"),
        ("Mueller", "Müller"),
        ("Müller", "Muller"),
        ("Müller", "MUELLER"),
        ("strasse", "Straße"),
        ("coeurdacier", "CœurdAcier"),
        ("Lukasz", "Łukasz"),
        ("Sørensen", "Soerensen"),
        ("sorensen", "Sørensen"),
        ("nguyen", "Nguyễn"),
        ("istanbul", "İstanbul"),
        ("ivanova", "Ivánová"),
        ("иванова", "ИВАНОВА"),
        ("παπαδοπουλος", "Παπαδόπουλος"),
        ("김", "김민지"),
        ("d’Ursel", "d'Ursel"),
        ("jean pierre", "Jean-Pierre"),
    ],
)
def test_accents_capitals_and_apostrophes_do_not_matter(site, typed, written):
    supporter = make_supporter(email="somebody@example.org", family_name=written)
    assert supporter in find_supporters(typed)


@pytest.mark.parametrize("typed", ["", "   ", ".*", "[", "(a", "\\", "%", "_", "'", "#", "+", "ʼ"])
def test_nothing_that_is_typed_is_read_as_a_pattern(site, typed):
    make_supporter(email="zoe@example.org", given_name="Zoé", family_name="Smet")
    assert list(find_supporters(typed)) == []


@pytest.mark.parametrize(
    ("typed", "country", "postcode"),
    [
        ("1348", "BE", "1348"),
        ("B-1348", "BE", "1348"),
        ("BE 1348", "BE", "1348"),
        ("1348 BE", "BE", "1348"),
        ("F-75011", "FR", "75011"),
        ("75011", "FR", "75011"),
        ("sw1a 1aa", "GB", "SW1A 1AA"),
        ("1012AB", "NL", "1012 AB"),
    ],
)
def test_somebody_is_found_by_postcode(site, now, typed, country, postcode):
    there = live_in(make_supporter(), postcode, country=country, now=now)
    live_in(make_supporter(), "9000", now=now)
    assert list(find_supporters(typed)) == [there]


def test_a_postcode_with_its_country_finds_nobody_of_another(site, now):
    live_in(make_supporter(), "1348", country="CH", now=now)
    assert list(find_supporters("BE 1348")) == []
    assert len(find_supporters("1348")) == 1


@pytest.mark.parametrize("typed", ["+44 20 7946 0123", "+442079460123", "+44 (0)20 79 46 01 23"])
def test_somebody_is_found_by_phone(site, now, typed):
    supporter = make_supporter()
    keep_phone(supporter_id=supporter.pk, phone=PHONE, now=now)
    make_supporter()
    assert list(find_supporters(typed)) == [supporter]


def test_somebody_is_found_by_number(site):
    supporter = make_supporter(given_name="Zoé")
    for typed in (str(supporter.pk), f"#{supporter.pk}", f" # {supporter.pk} "):
        assert list(find_supporters(typed)) == [supporter]
    assert list(find_supporters("9" * 40)) == []


def test_the_screen_leads_to_the_persons_page(staff):
    zoe = make_supporter(email="zoe@example.org", given_name="Zoé", family_name="Smet")
    page = find(staff, "zoe smet")
    [row] = page.all("table", class_="listing")
    assert "zoe@example.org" in row.words
    assert "Zoé Smet" in row.words
    path = reverse("staff_supporters:inspect", args=[zoe.pk])
    assert path in [link.attributes["href"] for link in page.all("a")]


def test_finding_nobody_says_what_else_to_try(staff):
    words = find(staff, "nobody@example.org").html
    assert "Nobody." in words


def test_many_results_are_paged_without_an_address_in_the_address(staff, now):
    for number in range(60):
        make_supporter(
            email=f"page-{number}@example.org", created_at=now - timedelta(minutes=number)
        )
    first = find(staff, "page-")
    assert ("page-0@example.org" in first.html) is True
    assert ("page-25@example.org" in first.html) is False
    second = find(staff, "page-", page="2")
    assert ("page-25@example.org" in second.html) is True
    last = find(staff, "page-", page="3")
    assert ("page-59@example.org" in last.html) is True
    for link in [*first.all("a"), *first.all("form")]:
        assert "page-" not in link.attributes.get("href", "") + link.attributes.get("action", "")
    assert all(
        form.attributes["method"] == "post"
        for form in first.all("form", data_form="find-supporter")
    )


def test_a_search_is_written_down_nowhere(staff, caplog):
    make_supporter(email="canary@example.org")
    before = every_row()
    with caplog.at_level(logging.DEBUG):
        find(staff, "canary@example.org")
    assert changed(before, every_row()) <= {"sessions.Session"}
    assert "canary" not in caplog.text


def test_a_query_in_the_address_is_not_searched_for(staff):
    make_supporter(email="canary@example.org")
    page = staff.get(reverse("find_supporter:find"), {"q": "canary@example.org"})
    assert "canary" not in page.text


def test_a_search_takes_as_many_queries_for_many_as_for_one(staff, django_assert_num_queries, now):
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            find(staff, "mila")
        return len(caught)

    make_supporter(email="mila-a@example.org")
    find(staff, "mila")
    few = queries()
    for number in range(20):
        make_supporter(email=f"mila-b{number}@example.org")
    assert queries() == few


def test_looking_at_a_person_is_logged_without_data(staff):
    zoe = make_supporter(email="zoe@example.org", given_name="Zoé")
    staff.get(reverse("staff_supporters:inspect", args=[zoe.pk]))
    [entry] = ModelLogEntry.objects.filter(action="supporters.viewed")
    assert entry.content_type == ContentType.objects.get_for_model(Supporter)
    assert (entry.object_id, entry.data) == (str(zoe.pk), {})
    assert "zo" not in entry.label.lower()
    assert entry.user.username.startswith("staff-")


def test_the_same_name_at_the_same_place_is_probably_one_person(site, now):
    one = live_in(make_supporter(given_name="Zoë", family_name="Müller"), "1348", now=now)
    other = live_in(make_supporter(given_name="ZOE", family_name="Mueller"), "1348", now=now)
    live_in(make_supporter(given_name="Zoë", family_name="Müller"), "9000", now=now)
    live_in(make_supporter(given_name="Zoë", family_name="Müllers"), "1348", now=now)
    assert likely_duplicates(one) == [other]
    assert likely_duplicates(other) == [one]


def test_the_same_name_with_the_same_phone_is_probably_one_person(site, now):
    one, other = make_supporter(), make_supporter()
    for supporter in (one, other):
        keep_phone(supporter_id=supporter.pk, phone=PHONE, now=now)
    assert likely_duplicates(one) == [other]


def test_without_a_whole_name_nobody_is_taken_for_somebody_else(site, now):
    one, other = make_supporter(family_name=""), make_supporter(family_name="")
    for supporter in (one, other):
        live_in(supporter, "1348", now=now)
    assert likely_duplicates(one) == []
