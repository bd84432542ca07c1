"""`/<code>`: said on the phone, printed on a poster, and led on in the reader's language."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_from_request
from wagtail.models import Locale, PageViewRestriction

from campaigns.cases.models import Case
from campaigns.web import PUBLIC_CACHE
from home.models import CasePage
from tests.factories.facts import make_case, make_petition, make_urgent_action
from tests.factories.pages import make_case_page, make_urgent_action_page
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(site) -> Case:
    return make_case(reference="zephyrine", given_name="Zephyrine", family_name="Quill")


def pages_in(case: Case, *languages: str) -> dict[str, CasePage]:
    return {
        language: make_case_page(case=case, language=language, slug=f"page-{language}")
        for language in languages
    }


def follow(client, code: str, language: str = ""):
    headers = {"accept-language": language} if language else {}
    return client.get(f"/{code}", headers=headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_leads_to_the_page_in_the_readers_language(client, case, language):
    pages = pages_in(case, *LANGUAGES)
    response = follow(client, "zephyrine", f"{language}-BE,{language};q=0.9,es;q=0.5")
    assert response.status_code == 302
    assert response.url == pages[language].url
    assert client.get(response.url).status_code == 200


def test_a_language_that_the_site_does_not_speak_gets_its_own(client, case):
    pages = pages_in(case, *LANGUAGES)
    assert follow(client, "zephyrine", "pt").url == pages["fr"].url
    assert follow(client, "zephyrine").url == pages["fr"].url


@pytest.mark.parametrize(
    ("existing", "asked", "given"),
    [
        (("fr", "de"), "nl", "fr"),
        (("de", "en"), "nl", "de"),
        (("en",), "nl", "en"),
        (("en",), "fr", "en"),
    ],
)
def test_a_page_that_is_missing_in_a_language_is_given_in_another(
    client, case, existing, asked, given
):
    pages = pages_in(case, *existing)
    assert follow(client, "zephyrine", asked).url == pages[given].url


def test_caches_keep_one_answer_per_language(client, case):
    pages_in(case, *LANGUAGES)
    response = follow(client, "zephyrine", "nl")
    vary = {part.strip().lower() for part in response.headers["Vary"].split(",")}
    assert "accept-language" in vary
    assert "cookie" not in vary
    assert not response.cookies
    # A case that is taken down is gone within the minute from there too.
    assert response.headers.get("Cache-Control", PUBLIC_CACHE) == PUBLIC_CACHE


def test_a_petition_has_one_too(client, case):
    pages = pages_in(case, "fr")
    make_petition(case=case, reference="free-zephyrine")
    assert follow(client, "free-zephyrine").url == pages["fr"].url


@pytest.mark.parametrize(
    ("number", "year", "code"),
    [(12, 2026, "12-26"), (36, 2014, "36-14"), (7, 1999, "7-99"), (101, 2069, "101-69"),
     (5, 1973, "5-73")],
)  # fmt: skip
def test_an_urgent_action_has_its_number_and_year(client, case, number, year, code):
    action = make_urgent_action(case=case, number=number, year=year)
    page = make_urgent_action_page(urgent_action=action)
    assert follow(client, code).url == page.url


def test_the_page_prints_the_address_that_leads_to_it(client, case):
    page = pages_in(case, "fr")["fr"]
    text = client.get(page.url).text
    assert "localhost:8000/zephyrine" in text
    action = make_urgent_action(case=case, number=12, year=2026)
    action_page = make_urgent_action_page(urgent_action=action)
    assert "localhost:8000/12-26" in client.get(action_page.url).text


@pytest.mark.parametrize("code", ["nobody", "999-26", "0-00", "12-2026", "free"])
def test_an_unknown_code_is_not_found(client, case, code):
    pages_in(case, "fr")
    response = client.get(f"/{code}", follow=True)
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "state", [Case.State.HIDDEN, Case.State.CANDIDATE, Case.State.CONSENTED, Case.State.REMOVED]
)
def test_a_case_that_may_not_be_shown_is_not_found_and_not_spelt(client, case, state):
    pages_in(case, "fr")
    Case.objects.filter(pk=case.pk).update(state=state)
    response = follow(client, "zephyrine")
    assert response.status_code == 404
    assert "location" not in {name.lower() for name in response.headers}


def test_a_case_whose_page_is_not_published_is_not_found(client, case):
    make_case_page(case=case, live=False)
    assert client.get("/zephyrine", follow=True).status_code == 404


def test_a_page_for_some_readers_only_is_not_found(client, case):
    page = pages_in(case, "fr")["fr"]
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/zephyrine", follow=True).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_codes_of_languages_lead_home(client, case, language):
    pages_in(case, *LANGUAGES)
    response = client.get(f"/{language}", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] == f"/{language}/"


def test_the_bare_host_leads_home_in_the_readers_language(client, site):
    response = client.get("/", headers={"accept-language": "nl"})
    assert response.status_code == 302
    assert response.url == "/nl/"


def test_the_admin_is_found_without_a_slash_too(client, site):
    response = client.get("/admin", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0].startswith("/admin/login/")


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/healthz", "/readyz"])
def test_it_stands_in_nobodys_way(client, case, path):
    pages_in(case, "fr")
    assert client.get(path).status_code == 200


TAKEN = ["admin", "documents", "media", "static", "anymail", "outbox", "petitions", *LANGUAGES]


@pytest.mark.parametrize("word", [*TAKEN, "12-26", "2026"])
def test_a_case_is_not_called_what_leads_elsewhere(case, word):
    case.reference = word
    with pytest.raises(ValidationError) as refusal:
        case.full_clean()
    assert set(refusal.value.message_dict) == {"reference"}


@pytest.mark.parametrize("word", [*TAKEN, "12-26"])
def test_nor_is_a_petition(case, word):
    petition = make_petition(case=case)
    petition.reference = word
    with pytest.raises(ValidationError) as refusal:
        petition.full_clean()
    assert set(refusal.value.message_dict) == {"reference"}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_sent_there(client, case, method):
    pages_in(case, "fr")
    assert getattr(client, method)("/zephyrine").status_code == 405


def test_a_slash_at_the_end_does_no_harm(client, case):
    pages_in(case, "fr")
    response = client.get("/zephyrine/", follow=True)
    assert response.status_code in {200, 404}
    assert ServedPage(response.text).all("h1")
    assert Locale.objects.count() == len(LANGUAGES)
    assert get_language_from_request(response.wsgi_request) in LANGUAGES
