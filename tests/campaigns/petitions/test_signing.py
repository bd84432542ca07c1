"""The signing form over HTTP: what is shown, what is stored, what is refused."""

from datetime import timedelta

import pytest
from django.utils import translation

from campaigns.cases.models import Case
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions import services
from campaigns.petitions.models import Signature
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.wordings import signature_wording
from tests.corpora import MALFORMED_ADDRESSES, NAMES_THAT_NOBODY_HAS, NAMES_THAT_PEOPLE_HAVE
from tests.factories.facts import make_case, make_petition
from tests.factories.pages import make_standard_page
from tests.factories.people import make_supporter, sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import FROM_HERE, LANGUAGES, address, press_sign, typed_signature

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def petition():
    return make_petition()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_a_page_of_its_own_in_every_language(client, petition, language):
    response = client.get(address("petitions:sign", petition.reference, language=language))
    assert response.status_code == 200
    page = ServedPage(response.text)
    [form] = page.all("form", data_form="sign")
    assert form.attributes["action"] == f"/{language}/petitions/{petition.reference}/sign/"
    assert form.attributes["method"] == "post"
    typed = page.typed()
    assert int(typed.pop("shown_at")) > 0
    assert typed == {
        "given_name": "", "family_name": "", "email": "", "country": "BE", "age": "ADULT",
        "page": "", "asked_about": "", "homepage": "", "source": "",
    }  # fmt: skip
    assert signature_wording(language).text in form.words
    assert len([button for button in page.all("button") if button.inside(data_form="sign")]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_leads_to_thanks_in_the_same_language(client, petition, language):
    response = press_sign(client, petition, language=language)
    assert response.status_code == 303
    assert response.url == f"/{language}/petitions/{petition.reference}/thanks/"
    assert client.get(response.url).status_code == 200
    signature = Signature.objects.get()
    assert (signature.language, signature.petition) == (language, petition)
    assert Consent.objects.get().wording.text == signature_wording(language).text
    assert OutgoingMessage.objects.get().language == language


def test_the_words_stored_are_the_words_shown(client, petition):
    shown = client.get(address("petitions:sign", petition.reference, language="de")).text
    press_sign(client, petition, language="de")
    words = Consent.objects.get().wording.text
    assert any(paragraph.words.strip() == words for paragraph in ServedPage(shown).all("p"))


@pytest.mark.parametrize("name", NAMES_THAT_PEOPLE_HAVE, ids=ascii)
def test_whatever_people_are_called_they_can_sign(client, petition, name):
    assert press_sign(client, petition, given_name=name, family_name=name).status_code == 303
    assert Signature.objects.count() == 1


def refused(client, petition, field: str, language: str = "fr", **typed: str) -> ServedPage:
    """Send what is refused: nothing is stored, nothing typed is lost, one message says why."""
    before = every_row()
    response = press_sign(client, petition, language=language, **typed)
    assert response.status_code == 422
    assert "no-store" in response.headers["Cache-Control"]
    assert every_row() == before
    page = ServedPage(response.text)
    message = page.error_beside(field)
    assert message
    shown = page.typed()
    for name, value in typed_signature(**typed).items():
        if "\0" in value or name == "country":
            continue  # No browser shows these as they were sent.
        assert shown[name] == value, name
    others = set(shown) - {field, "page"}
    assert not any(page.error_beside(name) for name in others)
    return page


@pytest.mark.parametrize(
    # A lone surrogate cannot be encoded into a form.
    "what",
    [what for what, typed in MALFORMED_ADDRESSES.items() if "\udcff" not in typed],
)
def test_a_malformed_address_is_refused_beside_its_field(client, petition, what):
    refused(client, petition, "email", email=MALFORMED_ADDRESSES[what])


@pytest.mark.parametrize("field", ["given_name", "family_name"])
@pytest.mark.parametrize("what", NAMES_THAT_NOBODY_HAS)
def test_a_name_that_nobody_has_is_refused_beside_its_field(client, petition, field, what):
    refused(client, petition, field, **{field: NAMES_THAT_NOBODY_HAS[what]})


@pytest.mark.parametrize("country", ["", "ZZ", "XX", "be", "Belgique", "\0", "B" * 10_000])
def test_a_country_that_is_not_in_the_list_is_refused_beside_its_field(client, petition, country):
    refused(client, petition, "country", country=country)


BAD_INPUT = {
    "malformed address": ("email", "mila@"),
    "no address": ("email", ""),
    "no name": ("given_name", ""),
    "endless name": ("family_name", "a" * 10_000),
    "bidi name": ("given_name", "Mila\u202e"),
    "an address as a name": ("given_name", "mila@example.org"),
    "no such country": ("country", "ZZ"),
}


@pytest.mark.parametrize("what", BAD_INPUT)
def test_messages_speak_the_language_of_the_page(client, petition, what):
    field, value = BAD_INPUT[what]
    messages = {
        language: refused(client, petition, field, language, **{field: value}).error_beside(field)
        for language in LANGUAGES
    }
    assert len(set(messages.values())) == len(LANGUAGES), messages


def test_all_errors_are_shown_at_once_and_summed_up(client, petition):
    response = press_sign(
        client, petition, given_name="", family_name="", email="nowhere", country="ZZ"
    )
    page = ServedPage(response.text)
    for name in ("given_name", "family_name", "email", "country"):
        assert page.error_beside(name)
    assert len(page.all("div", role="alert")) == 1
    links = [link.attributes["href"] for link in page.all("a") if link.inside(role="alert")]
    assert len(links) == 4
    ids = {element.attributes.get("id") for element in page.elements}
    assert {link.removeprefix("#") for link in links} <= ids


def test_what_is_typed_comes_back_escaped(client, petition):
    response = press_sign(client, petition, given_name='"><script>alert(1)</script>', email="x")
    assert "<script>alert" not in response.text
    assert ServedPage(response.text).typed()["given_name"] == '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "body", [b"", b"email=%FF%FE", b"%00=%00", b"email=a&email=b", b"a" * 100_000, b"&" * 900]
)
def test_a_broken_form_is_refused_and_never_breaks_the_site(client, petition, body):
    before = every_row()
    response = client.post(
        address("petitions:sign", petition.reference),
        body,
        content_type="application/x-www-form-urlencoded",
        headers=FROM_HERE,
    )
    assert response.status_code in {400, 422}
    assert every_row() == before


FORGED_PAGES = ["0", "-1", "999999", "99999999999999999999999", "abc", "1.5", "\0", "½", " ", "1e9"]


@pytest.mark.parametrize("page", FORGED_PAGES, ids=ascii)
def test_a_forged_page_is_left_out(client, petition, page):
    assert press_sign(client, petition, page=page).status_code == 303
    assert Signature.objects.get().page_id is None
    assert Consent.objects.get().page_id is None


def test_the_page_that_carried_the_form_is_noted(client, site, petition):
    page = make_standard_page()
    press_sign(client, petition, page=str(page.pk))
    assert Signature.objects.get().page_id == page.pk


def test_a_page_that_is_not_published_is_not_noted(client, site, petition):
    page = make_standard_page(live=False)
    press_sign(client, petition, page=str(page.pk))
    assert Signature.objects.get().page_id is None


@pytest.mark.parametrize(
    "make_closed",
    [
        lambda now: make_petition(closes_at=now - HOUR),
        lambda now: make_petition(opens_at=now + HOUR),
        lambda now: make_petition(case=make_case(state=Case.State.CLOSED)),
        lambda now: make_petition(case=make_case(state=Case.State.DORMANT)),
    ],
    ids=["closed", "opens later", "case closed", "case dormant"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_petition_says_so_kindly_and_stores_nothing(client, now, make_closed, language):
    petition = make_closed(now)
    before = every_row()
    sent = press_sign(client, petition, language=language)
    opened = client.get(address("petitions:sign", petition.reference, language=language))
    assert every_row() == before
    for response in (sent, opened):
        assert response.status_code == 410
        assert "no-store" in response.headers["Cache-Control"]
        assert 'data-form="sign"' not in response.text
        assert ServedPage(response.text).all("h1")


def test_a_stale_cached_form_of_a_petition_that_closed_meanwhile_is_told_so(client, now):
    import time_machine

    petition = make_petition(closes_at=now + HOUR)
    with time_machine.travel(now + HOUR):
        assert press_sign(client, petition).status_code == 410
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("name", ["petitions:sign", "petitions:thanks", "petitions:confirmed"])
def test_an_unknown_petition_is_not_found(client, name):
    assert client.get(address(name, "no-such-petition")).status_code == 404
    assert client.get("/petitions/no-such-petition/count/", follow=True).status_code == 404


def test_signing_an_unknown_petition_is_not_found_and_stores_nothing(client):
    before = every_row()
    response = client.post("/fr/petitions/nobody/sign/", typed_signature(), headers=FROM_HERE)
    assert response.status_code == 404
    assert every_row() == before


@pytest.mark.parametrize(
    "path", ["/xx/", "/xx/petitions/free-ana/sign/", "/zz-ZZ/", "/fr-FR/", "/FR/x/"]
)
def test_an_unknown_language_is_not_found(client, path):
    assert client.get(path, follow=True).status_code == 404


def test_signing_in_an_unknown_language_stores_nothing(client, petition):
    before = every_row()
    response = client.post(
        f"/xx/petitions/{petition.reference}/sign/", typed_signature(), headers=FROM_HERE
    )
    assert response.status_code in {302, 404, 405}
    assert every_row() == before


def test_nobody_learns_whether_an_address_is_known(client, petition, now):
    """Status, headers and body are the same, byte for byte; the difference goes to the inbox."""
    make_supporter(email="known@example.org", confirmed_at=now)
    sign(petition, email="received@example.org", now=now - HOUR)
    confirmed = sign(petition, email="confirmed@example.org", now=now - HOUR)
    services.confirm_signature(signature=confirmed, now=now)
    services.tally_signatures(now=now)

    def answer(email: str) -> list:
        sent = press_sign(client, petition, email=email)
        thanks = client.get(sent.url)
        return [
            (response.status_code, sorted(response.headers.items()), response.content)
            for response in (sent, thanks)
        ]

    unknown = answer("unknown@example.org")
    for known in ("known@example.org", "received@example.org", "confirmed@example.org"):
        assert answer(known) == unknown
    # …and so is the answer to a mistake.
    wrong = {
        email: press_sign(client, petition, email=email, country="ZZ").content.replace(
            email.encode(), b""
        )
        for email in ("unknown@example.org", "confirmed@example.org")
    }
    assert len(set(wrong.values())) == 1
    assert Supporter.objects.count() == 4


def test_thanks_shows_nothing_of_who_signed(client, petition):
    response = client.get(press_sign(client, petition, given_name="Canary").url)
    assert "Canary" not in response.text
    assert "mila@" not in response.text


def test_the_count_is_a_number_without_a_language(client, petition, now):
    for number in range(3):
        services.confirm_signature(
            signature=sign(petition, email=f"{number}@example.org", now=now), now=now
        )
    services.tally_signatures(now=now)
    response = client.get(f"/petitions/{petition.reference}/count/")
    assert response.json() == {
        "petition": petition.reference, "count": 3, "goal": 1000, "percent": 0,
    }  # fmt: skip
    assert response.headers["Cache-Control"].startswith("public, max-age=5,")
    assert not response.cookies


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client, petition, method):
    path = address("petitions:sign", petition.reference)
    assert getattr(client, method)(path, headers=FROM_HERE).status_code == 405


def test_looking_at_the_form_changes_nothing(client, petition):
    before = every_row()
    path = address("petitions:sign", petition.reference)
    for _time in range(3):
        client.get(path, {"email": "mila@example.org", "given_name": "Mila"})
        client.head(path)
        client.options(path)
    assert every_row() == before


def test_each_language_has_its_own_message_for_the_same_mistake_in_a_form_block(petition):
    from campaigns.petitions.forms import SignForm

    seen = set()
    for language in LANGUAGES:
        with translation.override(language):
            form = SignForm({"email": "x"})
            seen.add(str(form.errors["given_name"][0]))
    assert len(seen) == len(LANGUAGES)
