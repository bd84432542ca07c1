"""What came in lately: by network, domain, country, source, language and hour, and no person."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.petitions.trends import trends
from home import setup
from tests.factories.facts import make_petition
from tests.pages import ServedPage

from .crowds import crowd, staff_in_english

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
STALL = "3f2a" * 4


def networks(number: int) -> list[str]:
    return [f"{key:016x}" for key in range(number)]


@pytest.fixture
def petition(site):
    return make_petition()


def spread(petition, *, at) -> None:
    """Two signatures from each of thirty networks."""
    for network in networks(30):
        crowd(petition, 2, at=at, network=network)


def test_what_came_in_is_told_apart_in_every_way(petition, now):
    spread(petition, at=now - HOUR)
    crowd(petition, 40, at=now - HOUR, network=STALL, confirmed=False, country="FR",
          language="nl", source="by-abcdefghijkl", domain="throw-away.example")  # fmt: skip
    crowd(petition, 9, at=now - 25 * HOUR, country="DE")
    crowd(make_petition(), 5, at=now - HOUR, country="LU")

    found = trends(petition=petition, hours=24, now=now)
    assert (found.everything.number, found.everything.percent_confirmed) == (100, 60)
    first = found.networks[0]
    assert (first.key, first.number, first.confirmed, first.is_far_above) == (STALL, 40, 0, True)
    assert not any(stream.is_far_above for stream in found.networks[1:])
    assert [(each.key, each.number) for each in found.domains] == [
        ("example.org", 60), ("throw-away.example", 40)
    ]  # fmt: skip
    assert [each.key for each in found.countries] == ["BE", "FR"]
    assert [each.key for each in found.sources] == ["", "by"]
    assert [each.key for each in found.languages] == ["fr", "nl"]
    assert sum(number for _hour, number, _confirmed in found.hours) == 100
    assert len(found.hours) == 25
    assert {each.key for each in trends(petition=petition, hours=168, now=now).countries} == {
        "BE", "FR", "DE"
    }  # fmt: skip
    everything = trends(petition=None, hours=24, now=now)
    assert everything.everything.number == 105
    assert everything.petitions[0].key == petition.pk


def test_a_provider_that_everybody_has_is_not_marked_and_one_that_nobody_had_is(petition, now):
    """Both bring as many today; one of them always has."""
    before = now - 30 * HOUR
    crowd(petition, 300, at=before, domain="everybody.example")
    for number in range(20):
        crowd(petition, 5, at=now - HOUR, domain=f"few-{number}.example")
    for domain in ("everybody.example", "nobody.example"):
        crowd(petition, 100, at=now - HOUR, domain=domain)
    found = trends(petition=petition, hours=24, now=now).domains
    assert {each.key for each in found if each.is_far_above} == {"nobody.example"}


def test_a_domain_of_few_people_is_not_named_also_if_they_sign_often(petition, now):
    crowd(petition, 4, at=now - HOUR, domain="family.example")
    [person] = crowd(petition, 1, at=now - HOUR, domain="one.example")
    for _number in range(6):
        crowd(make_petition(), 1, at=now - HOUR, supporter=person.supporter)
    found = trends(petition=None, hours=24, now=now)
    assert not {"family.example", "one.example"} & {each.key for each in found.domains}


def test_the_page_shows_it_in_words_and_leads_to_counting(client, petition, now):
    spread(petition, at=now - HOUR)
    crowd(petition, 40, at=now - HOUR, network=STALL, given_name="Canary")
    client.force_login(staff_in_english(setup.CAMPAIGNERS))
    own = reverse("staff_petitions:trends", args=[petition.pk])
    for path in (own, reverse("report_signatures")):
        page = client.get(path, {"days": "7"}).text
        assert "network 3f2a" in page
        assert "far above the rest" in page
        assert "Signatures per hour" in page
        for hidden in (STALL, "Canary", "Dubreux", "igner-"):
            assert hidden not in page
    page = ServedPage(client.get(own).text)
    [link] = [each for each in page.all("a") if each.words == "network 3f2a"]
    form = ServedPage(client.get(link.attributes["href"]).text)
    [chosen] = [each for each in form.all("option") if each.attributes.get("value") == STALL]
    assert "selected" in chosen.attributes


@pytest.mark.parametrize(
    "role", [setup.EDITORS, setup.TRANSLATORS, setup.MODERATORS, setup.SUPPORTER_SERVICE]
)
def test_nobody_else_reads_trends(client, petition, role):
    client.force_login(staff_in_english(role))
    response = client.get(reverse("staff_petitions:trends", args=[petition.pk]))
    assert response.status_code in {302, 403}


def test_a_strange_span_is_a_day(client, petition, now):
    crowd(petition, 3, at=now - 2 * 24 * HOUR)
    client.force_login(staff_in_english(setup.CAMPAIGNERS))
    page = client.get(reverse("staff_petitions:trends", args=[petition.pk]), {"days": "9x"})
    assert page.status_code == 200
    assert "Nothing came in." in page.text
