"""Things that once were wrong on a page and must stay right."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from wagtail.models import PageViewRestriction

from campaigns.cases.models import Case, SituationEvent
from campaigns.cases.selectors import badge
from campaigns.letters.models import UrgentActionIssue
from home.models import CasePage, HomePage, StandardPage, UrgentActionPage
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "3 octobre 2026"), ("nl", "3 oktober 2026"), ("de", "3. Oktober 2026")],
)
def test_our_words_leave_the_names_of_months_alone(language, words):
    with translation.override(language):
        assert date_format(date(2026, 10, 3), "DATE_FORMAT") == words


def close(page: UrgentActionPage) -> None:
    """Let the deadline of the page's action pass."""
    yesterday = timezone.localdate() - timedelta(days=1)
    UrgentActionIssue.objects.filter(urgent_action=page.urgent_action_id).update(
        issued_on=yesterday, act_before=yesterday
    )


def test_a_closed_action_asks_nobody_to_write(client, demo):
    page = UrgentActionPage.objects.get(slug="noor-hadesh", locale__language_code="fr")
    open_page = client.get(page.url).text
    assert 'id="addresses"' in open_page
    assert 'data-form="sign"' in open_page
    close(page)
    closed = client.get(page.url).text
    assert 'id="addresses"' not in closed
    assert 'id="instructions"' not in closed
    assert "mailto:minister" not in closed
    assert 'data-form="sign"' not in closed
    # The petition, a fact of its own, goes on where it is not bound to the action.
    assert "La pétition continue" in closed


def test_home_turns_to_the_nearest_deadline_when_its_action_ends(client, demo):
    home = HomePage.objects.get(locale__language_code="nl")
    assert 'action="/nl/petitions/noor-hadesh/sign/"' in client.get(home.url).text
    for slug, nearest in [("noor-hadesh", "ilka"), ("ilka", "lisk-bay")]:
        close(UrgentActionPage.objects.get(slug=slug, locale__language_code="nl"))
        assert f'action="/nl/petitions/{nearest}/sign/"' in client.get(home.url).text


@pytest.mark.parametrize(
    ("precision", "words"), [("DAY", "1 octobre 2026"), ("MONTH", "octobre 2026"), ("YEAR", "2026")]
)
def test_a_badge_is_no_more_exact_than_what_is_known(demo, precision, words):
    case = Case.objects.get(reference="ana-drovik")
    SituationEvent.objects.create(
        case=case, situation="RELEASED", occurred_on=date(2026, 10, 1), precision=precision
    )
    with translation.override("fr"):
        shown = badge(Case.objects.with_situation().get(pk=case.pk))
        assert shown is not None
        assert shown.since_words == words


def test_a_page_closed_to_the_public_shows_nowhere_else(client, demo):
    page = CasePage.objects.get(slug="ana-drovik", locale__language_code="fr")
    page.title = "Titre qui ne se lit pas"
    page.save()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    dutch = CasePage.objects.get(slug="ana-drovik", locale__language_code="nl")
    refused = client.post(
        "/fr/petitions/ana-drovik/sign/",
        {"page": page.pk},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert refused.status_code == 422
    addresses = [
        "/fr/",
        page.get_parent().url,
        StandardPage.objects.get(slug="agir-pour-une-personne").url,
        dutch.url,
        "/sitemap.xml",
        "/fr/recherche/?q=Drovik",
    ]
    for address in addresses:
        text = client.get(address).text
        assert page.title not in text, address
        assert page.url not in text, address
    assert page.title not in refused.text


def test_a_404_offers_the_home_pages_of_the_other_languages(client, demo):
    page = ServedPage(client.get("/fr/nulle-part/").text)
    links = {link.attributes.get("href", "") for link in page.all("a")}
    assert not any("nulle-part" in link for link in links)
    assert any(link.endswith("/nl/") for link in links)


def test_probes_answer_whatever_host_they_name(client, settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    for probe in ("/healthz", "/readyz"):
        assert client.get(probe, headers={"host": "10.0.0.7"}).status_code == 200
    assert client.get("/fr/", headers={"host": "evil.example"}).status_code == 400


def test_a_reference_is_chosen_once(client, demo, admin_user):
    client.force_login(admin_user)
    from campaigns.petitions.models import Petition

    petition = Petition.objects.get(reference="ana-drovik")
    other = Case.objects.get(reference="lisk-bay")
    client.post(
        reverse("staff_petitions:edit", args=[petition.pk]),
        {
            "reference": "other",
            "case": other.pk,
            "figure": "CONFIRMED",
            "goal": "900",
            "shown_from": "0",
            "handover": "NAMES",
        },
    )
    petition.refresh_from_db()
    assert (petition.reference, petition.case.reference) == ("ana-drovik", "ana-drovik")
    assert petition.goal == 900


def test_the_list_of_cases_shows_their_situation(client, demo, admin_user):
    client.force_login(admin_user)
    with translation.override("en"):
        text = client.get(reverse("cases:index"), headers={"accept-language": "en"}).text
    assert "forcibly disappeared" in text
