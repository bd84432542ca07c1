"""Petitions in a frame on partner sites: who may show them, in which language, as which source."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.cases.models import Case
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.models import EmbedPartner, Petition, Signature
from campaigns.supporters.models import Consent
from campaigns.supporters.wordings import signature_wording
from campaigns.web import PUBLIC_CACHE
from home import setup
from tests.factories.facts import make_case, make_petition
from tests.factories.pages import make_case_page, make_standard_page, make_urgent_action_page
from tests.factories.people import make_staff, make_supporter, sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import FROM_HERE, LANGUAGES, address, typed_signature

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PARTNER = "https://partner.example.org"


@pytest.fixture
def partner() -> EmbedPartner:
    EmbedPartner.objects.create(
        name="Former", origin="https://former.example.org", code="former", is_active=False
    )
    return EmbedPartner.objects.create(name="Partner", origin=PARTNER, code="partner")


@pytest.fixture
def petition(site, partner) -> Petition:
    return make_petition()


def frame_of(petition: Any, **query: str) -> str:
    reference = getattr(petition, "reference", petition)
    parts = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/embed/petitions/{reference}/?{parts}"


def press(client: Client, path: str, **changes: Any) -> Any:
    return client.post(path, typed_signature(**changes), headers=FROM_HERE)


def policy(response: Any) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return {name: rest for name, _space, rest in (part.strip().partition(" ") for part in parts)}


def assert_framable(response: Any) -> ServedPage:
    """Partner sites may show it, and nobody else; it knows nobody and asks nobody for anything."""
    assert policy(response)["frame-ancestors"] == f"'self' {PARTNER}"
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert policy(response)["form-action"] == "'self'"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text
    page = ServedPage(response.text)
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert [script for script in page.all("script") if "src" not in script.attributes] == []
    # What leads away from the frame leads out of it.
    for link in page.all("a"):
        href = link.attributes["href"]
        assert href.startswith("#") or (
            (link.attributes.get("target"), link.attributes.get("rel")) == ("_top", "noopener")
        )
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_speaks_the_language_of_its_address(client, petition, language):
    path = frame_of(petition, lang=language, partner="partner")
    response = client.get(path, headers={"accept-language": "nl,de;q=0.5"})
    assert response.status_code == 200
    page = assert_framable(response)
    assert page.all("html")[0].attributes["lang"] == language
    assert response.headers["Content-Language"] == language
    [form] = page.all("form", data_form="sign")
    assert form.attributes["action"] == path
    assert signature_wording(language).text in form.words
    assert petition.case.name in page.all("h1")[0].words
    assert page.all("strong", data_count=petition.reference)


def test_one_copy_serves_everybody(client, petition):
    path = frame_of(petition, lang="nl")
    first, *others = [
        client.get(path, headers={"accept-language": language}) for language in LANGUAGES
    ]
    assert first.headers["Cache-Control"] == PUBLIC_CACHE
    assert "language" not in first.headers.get("Vary", "").lower()
    assert "cookie" not in first.headers.get("Vary", "").lower()
    hidden = 'name="shown_at"'
    assert hidden in first.text
    for other in others:
        assert other.headers == first.headers
        assert other.text.partition(hidden)[0] == first.text.partition(hidden)[0]


@pytest.mark.parametrize(
    "query", [{}, {"lang": "xx"}, {"lang": ""}, {"lang": "NL"}, {"lang": "%00"}]
)
def test_an_unknown_language_is_the_sites_own(client, petition, query):
    response = client.get(frame_of(petition, **query), headers={"accept-language": "de"})
    assert assert_framable(response).all("html")[0].attributes["lang"] == "fr"


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_in_the_frame_leads_to_thanks_in_the_frame(client, petition, language):
    response = press(client, frame_of(petition, lang=language, partner="partner"))
    assert response.status_code == 303
    assert response.url == (
        f"/embed/petitions/{petition.reference}/thanks/?lang={language}&partner=partner"
    )
    thanks = client.get(response.url)
    assert thanks.status_code == 200
    assert thanks.headers["Cache-Control"] == PUBLIC_CACHE
    page = assert_framable(thanks)
    assert page.all("html")[0].attributes["lang"] == language
    assert "Mila" not in thanks.text
    signature = Signature.objects.get()
    assert (signature.source, signature.language) == ("embed/partner", language)
    assert signature.page_id is None
    assert Consent.objects.get().wording.text == signature_wording(language).text
    assert OutgoingMessage.objects.get().language == language


@pytest.mark.parametrize("code", ["", "nobody", "former", "partner/x", "%22%3E%3Cscript%3E", "%00"])
def test_a_forged_partner_signs_all_the_same_under_no_partners_name(client, petition, code):
    path = frame_of(petition, lang="nl", partner=code)
    shown = client.get(path)
    assert shown.status_code == 200
    [form] = assert_framable(shown).all("form")
    assert form.attributes["action"] == frame_of(petition, lang="nl")
    response = press(client, path)
    assert response.url == f"/embed/petitions/{petition.reference}/thanks/?lang=nl"
    assert Signature.objects.get().source == "embed"


def test_the_form_cannot_say_that_it_stood_elsewhere(client, petition):
    page = make_standard_page()
    path = frame_of(petition, partner="partner", source="poster")
    assert press(client, path, page=str(page.pk), source="mail/42").status_code == 303
    signature = Signature.objects.get()
    assert (signature.source, signature.page_id) == ("embed/partner", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistake_is_explained_in_the_frame_and_nothing_typed_is_lost(client, petition, language):
    before = every_row()
    path = frame_of(petition, lang=language, partner="partner")
    response = press(client, path, email="mila@", keeps_name="on")
    assert response.status_code == 422
    assert "no-store" in response.headers["Cache-Control"]
    assert every_row() == before
    page = assert_framable(response)
    assert page.error_beside("email")
    assert page.typed()["email"] == "mila@"
    assert page.typed()["given_name"] == "Mila"
    assert page.all("form")[0].attributes["action"] == path
    assert page.all("html")[0].attributes["lang"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_child_reads_in_the_frame_what_else_it_can_do(client, petition, language):
    before = every_row()
    response = press(client, frame_of(petition, lang=language), age="UNDER_13", email="x")
    assert every_row() == before
    page = assert_framable(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert page.all("html")[0].attributes["lang"] == language
    assert not page.all("form")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_petition_says_so_in_the_frame_and_stores_nothing(client, partner, now, language):
    closed = make_petition(closes_at=now - HOUR)
    before = every_row()
    path = frame_of(closed, lang=language, partner="partner")
    for response in (client.get(path), press(client, path)):
        assert response.status_code == 410
        assert "no-store" in response.headers["Cache-Control"]
        page = assert_framable(response)
        assert page.all("html")[0].attributes["lang"] == language
        assert not page.all("form")
    assert every_row() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_not_be_shown_is_not_found_in_the_frame(client, petition, language):
    """The same as what never was: in words, in the frame, and not spelt again elsewhere."""
    before = every_row()
    Case.objects.filter(pk=petition.case_id).update(state=Case.State.HIDDEN)
    never = client.get(frame_of("nobody", lang=language))
    for ask in (
        client.get(frame_of(petition, lang=language)),
        press(client, frame_of(petition, lang=language)),
        client.get(f"/embed/petitions/{petition.reference}/thanks/?lang={language}"),
    ):
        assert ask.status_code == never.status_code == 404
        page = assert_framable(ask)
        assert page.all("html")[0].attributes["lang"] == language
        assert ask.content == never.content
        assert "max-age" not in ask.headers.get("Cache-Control", "")
    Case.objects.filter(pk=petition.case_id).update(state=petition.case.state)
    assert every_row() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": PARTNER},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Origin": PARTNER},
    ],
)
def test_a_form_of_the_partners_own_is_refused(client, petition, headers):
    """It is our frame that signs, not a copy of its form."""
    before = every_row()
    path = frame_of(petition, partner="partner")
    assert client.post(path, typed_signature(), headers=headers).status_code == 403
    assert every_row() == before


def test_nobody_learns_in_the_frame_whether_an_address_is_known(client, petition, now):
    make_supporter(email="known@example.org", confirmed_at=now)
    sign(petition, email="received@example.org", now=now - HOUR)
    answers = []
    for email in ("unknown@example.org", "known@example.org", "received@example.org"):
        sent = press(client, frame_of(petition, partner="partner"), email=email)
        thanks = client.get(sent.url)
        answers.append([(each.status_code, each.headers, each.content) for each in (sent, thanks)])
    assert answers[1:] == answers[:1] * 2


def test_a_device_that_we_know_is_not_known_in_a_frame(client, petition):
    """Whatever cookies a browser sends along, the frame reads none."""
    path = frame_of(petition, lang="nl")
    stranger = client.get(path).text.partition('name="shown_at"')[0]
    client.cookies["known"] = client.cookies["sessionid"] = client.cookies["device"] = "anything"
    response = client.get(path)
    assert response.text.partition('name="shown_at"')[0] == stranger
    assert "cookie" not in response.headers.get("Vary", "").lower()


def test_the_frame_leads_to_the_story_in_its_language_and_says_what_is_asked(client, petition):
    action = make_urgent_action_page(
        language="de", petition=petition, demand="Lassen Sie sie frei."
    )
    action.urgent_action.case_id = petition.case_id
    action.urgent_action.save()
    page = make_case_page(
        case=petition.case, petition=petition, demand="Libérez-la.", sign_button="Pour Ana"
    )
    make_case_page(language="en", case=make_case(), petition=petition, demand="Of another case.")
    expected = {
        "fr": (page.url, "Libérez-la."),
        "de": (action.url, "Lassen Sie sie frei."),
        "nl": (address("petitions:sign", petition.reference, language="nl"), ""),
        "en": (address("petitions:sign", petition.reference, language="en"), ""),
    }
    for language, (url, demand) in expected.items():
        response = client.get(frame_of(petition, lang=language))
        shown = assert_framable(response)
        assert url in {
            link.attributes["href"].removeprefix("http://localhost:8000")
            for link in shown.all("a", target="_top")
        }, language
        assert demand in response.text
        assert "Of another case." not in response.text
    assert "Pour Ana" in client.get(frame_of(petition)).text


def test_no_other_page_may_be_framed_by_anybody(client, petition):
    case_page = make_case_page(case=petition.case, petition=petition)
    reference = petition.reference
    for path in (
        case_page.url,
        "/fr/",
        "/nl/sign-up/",
        "/fr/my-data/",
        "/fr/nowhere/",
        f"/fr/petitions/{reference}/sign/",
        f"/fr/petitions/{reference}/thanks/",
        f"/fr/petitions/{reference}/confirmed/",
        f"/petitions/{reference}/count/",
        f"/oembed/?url=http://testserver{case_page.url}",
        "/embed/petitions.js",
    ):
        response = client.get(path)
        assert policy(response)["frame-ancestors"] == "'none'", path
        assert response.headers["X-Frame-Options"] == "DENY", path


def test_our_pages_frame_nobody_elses(client, petition):
    assert policy(client.get(frame_of(petition)))["frame-src"] == "'self'"
    assert policy(client.get("/fr/"))["frame-src"] == "'self'"


def test_the_script_is_one_copy_for_all_partners(client, partner):
    first, other = (
        client.get("/embed/petitions.js", headers={"accept-language": language})
        for language in ("nl", "de")
    )
    assert first.status_code == 200
    assert first.headers["Content-Type"].startswith("text/javascript")
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "language" not in first.headers.get("Vary", "").lower()
    assert not first.cookies
    assert first.content == other.content
    # Nothing is kept in the browser, and nothing else is asked for.
    for word in ("cookie", "localStorage", "sessionStorage", "fetch(", "XMLHttpRequest", "beacon"):
        assert word not in first.text.partition("(() =>")[2]


def test_scripts_of_other_sites_may_read_the_figure(client, petition):
    response = client.get(f"/petitions/{petition.reference}/count/")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.fixture
def campaigner(site) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff(setup.CAMPAIGNERS))
    return client


def test_campaigners_say_which_sites_may(campaigner, petition):
    path = reverse("embed_partners:add")
    typed = {"name": "Weekly", "code": "weekly", "is_active": "on"}
    for wrong in ("partner.example.net", "https://x.org/path", "https://*.org", "https://a.b; x",
                  "javascript:x", "https://a.b 'unsafe-inline'", PARTNER):  # fmt: skip
        assert campaigner.post(path, {**typed, "origin": wrong}).status_code == 200
    assert not EmbedPartner.objects.filter(code="weekly").exists()
    campaigner.post(path, {**typed, "origin": "https://weekly.example.net:8443"})
    policy_now = policy(campaigner.get(frame_of(petition)))["frame-ancestors"]
    assert policy_now == f"'self' {PARTNER} https://weekly.example.net:8443"
    # What signatures are noted with stays; whether the site may show them can be taken back.
    weekly = EmbedPartner.objects.get(code="weekly")
    campaigner.post(
        reverse("embed_partners:edit", args=[weekly.pk]),
        {"name": "Weekly", "code": "other", "origin": weekly.origin},
    )
    weekly.refresh_from_db()
    assert (weekly.code, weekly.is_active) == ("weekly", False)
    assert policy(campaigner.get(frame_of(petition)))["frame-ancestors"] == f"'self' {PARTNER}"


def test_the_workspace_of_a_petition_has_what_partners_put_into_their_pages(campaigner, petition):
    path = reverse("staff_petitions:inspect", args=[petition.pk])
    words = ServedPage(campaigner.get(path).text).all("main")[0].words
    assert (
        f'<div data-obstinate-petition="{petition.reference}" data-lang="fr"'
        ' data-partner="partner"></div>'
        '<script async src="http://localhost:8000/embed/petitions.js"></script>'
    ) in words
    assert 'data-partner="former"' not in words
