"""One press: on a device that knows somebody, or from a mail to them."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils.translation import gettext

from campaigns.cases.models import Case
from campaigns.outbox.models import Mailbox, OutgoingMessage
from campaigns.petitions.links import CONFIRM_SIGNATURE
from campaigns.petitions.mailed_presses import sign_one_link
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.selectors import wording_of
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.recognition import COOKIE, HINT, LIFETIME
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.supporters.services.recognising import forget_devices
from tests.devices import device_of, press
from tests.factories.facts import make_petition
from tests.factories.pages import make_case_page
from tests.factories.people import make_supporter, sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import FROM_HERE, address, open_link, press_button

pytestmark = pytest.mark.django_db
MASKED = "M··· D···"
SECRETS = ("Mila", "Dubreux", "mila@", "example.org")


@pytest.fixture
def petition():
    return make_petition()


@pytest.fixture
def supporter(now):
    return make_supporter(email="mila@example.org", country="BE", confirmed_at=now)


@pytest.fixture
def device(supporter):
    return device_of(supporter)


def press_page(client, petition, language="fr", **query):
    path = address("petitions:press", petition.reference, language=language)
    return client.get(path, query)


def plain_form(petition, language="fr"):
    return address("petitions:sign", petition.reference, language=language)


def posting(response) -> list:
    return ServedPage(response.text).all("form", method="post")


def test_where_somebody_has_confirmed_the_next_petition_takes_one_press(client, petition, now):
    signature = sign(petition)
    token = CONFIRM_SIGNATURE.token({"signature": str(signature.pk)})
    page = open_link(client, address("petitions:confirm_signature", token))
    told = gettext(
        "On this device you can then sign the next petition with one press. One press ends that."
    )
    assert told in page.text
    confirmed = press_button(client, page)
    device, hint = confirmed.cookies[COOKIE], confirmed.cookies[HINT]
    assert device["httponly"]
    assert not hint["httponly"]
    assert hint.value == "1"
    assert {cookie["samesite"] for cookie in (device, hint)} == {"Lax"}
    assert {cookie["path"] for cookie in (device, hint)} == {"/"}
    assert all(secret not in device.value for secret in SECRETS)

    other = make_petition()
    page = press_page(client, other, language="nl")
    assert MASKED in page.text
    assert other.case.name in page.text
    assert wording_of(other, "nl", is_known=True).text in page.text
    assert all(secret not in page.text for secret in SECRETS)
    assert "no-store" in page.headers["Cache-Control"]
    assert [form.attributes["data-form"] for form in posting(page)] == ["press", "forget-device"]

    OutgoingMessage.objects.all().delete()
    pressed = press(client, other, language="nl")
    assert pressed.status_code == 303
    assert pressed.url.startswith("/nl/receipt/page/")
    assert client.get(pressed.url).status_code == 200
    signed = Signature.objects.get(petition=other)
    assert signed.confirmed_at == signed.signed_at
    assert (signed.given_name, signed.country, signed.language) == ("Mila", "BE", "nl")
    consent = Consent.objects.get(about=f"petition:{other.reference}")
    assert (consent.method, consent.action) == ("DEVICE", "CONFIRMED")
    assert consent.wording.text == wording_of(other, "nl", is_known=True).text
    assert [mail.kind for mail in OutgoingMessage.objects.all()] == [
        "petitions/acknowledge_signatures"
    ]


@time_machine.travel("2026-11-20T12:00Z", tick=False)
def test_pages_for_everybody_are_the_same_for_a_device_that_knows_somebody(
    device, petition, home_pages
):
    case_page = make_case_page(case=petition.case, petition=petition)
    steps = ("sign", "thanks", "confirmed")
    paths = [address(f"petitions:{name}", petition.reference) for name in steps]
    for path in (case_page.url, *paths):
        stranger, known = Client().get(path), device.get(path)
        assert stranger.status_code == 200
        assert stranger.content == known.content
        assert not known.cookies
        assert "cookie" not in known.headers.get("Vary", "").lower()
        assert "public" in known.headers["Cache-Control"]


def cookies_that_know_nobody(supporter, now) -> dict[str, str]:
    salt = "campaigns.recognised-device"
    payload = {"supporter": supporter.pk, "at": now.timestamp()}
    good = signing.dumps(payload, salt=salt)
    with time_machine.travel(now - LIFETIME - timedelta(minutes=1), tick=False):
        old = signing.dumps(payload, salt=salt)
    head, stamp, seal = good.split(":")
    return {
        "forged": signing.dumps(payload, salt=salt, key="of my own"),
        "of another kind": signing.dumps(payload, salt="campaigns.own-page"),
        "of another payload": f"{head[:-2]}xx:{stamp}:{seal}",
        "cut off": good[:-4],
        "rubbish": "rubbish",
        "empty": "",
        "old": old,
        "of nobody": signing.dumps({**payload, "supporter": 0}, salt=salt),
        "of an address that never answered": signing.dumps(
            {**payload, "supporter": make_supporter(country="BE").pk}, salt=salt
        ),
    }


def knows_nobody(client, petition) -> None:
    """It is led to the form for everybody, at each step, and nothing is stored."""
    before = every_row()
    shown, pressed = press_page(client, petition), press(client, petition)
    assert (shown.status_code, shown.url) == (302, plain_form(petition))
    assert (pressed.status_code, pressed.url) == (303, plain_form(petition))
    assert press_page(client, petition, fragment="1").status_code == 204
    assert every_row() == before


def test_forged_foreign_and_old_cookies_know_nobody(petition, supporter, now):
    for what, cookie in cookies_that_know_nobody(supporter, now).items():
        client = Client()
        client.cookies.load({COOKIE: cookie, HINT: "1"})
        try:
            knows_nobody(client, petition)
        except AssertionError as error:
            raise AssertionError(what) from error


def test_a_device_knows_nobody_once_its_owner_said_that_it_was_not_them(
    device, petition, supporter, now
):
    forget_devices(supporter_id=supporter.pk, now=now + timedelta(seconds=1))
    knows_nobody(device, petition)
    assert (
        press_page(device_of(supporter, now=now + timedelta(minutes=1)), petition).status_code
        == 200
    )


def test_a_device_knows_nobody_once_its_owner_is_erased(device, petition, supporter, now):
    erase_supporter(supporter=supporter, now=now)
    knows_nobody(device, petition)


def test_whose_name_we_do_not_know_types_it(petition, now):
    nameless = make_supporter(family_name="", country="BE", confirmed_at=now)
    knows_nobody(device_of(nameless), petition)


def test_a_name_that_the_mailbox_confirmed_is_known_from_then_on(client, petition, now):
    reader = make_supporter(email="reader@example.org", given_name="M", family_name="",
                            confirmed_at=now)  # fmt: skip
    signature = sign(petition, email=reader.email)
    token = CONFIRM_SIGNATURE.token({"signature": str(signature.pk)})
    press_button(client, open_link(client, address("petitions:confirm_signature", token)))
    assert MASKED in press_page(client, make_petition()).text


def test_pressing_again_is_pressing_once_and_looks_the_same(device, petition, supporter):
    first = press(device, petition)
    shown = ServedPage(device.get(first.url).text).all("h1")[0].words
    for language in ("fr", "nl"):
        again = press(device, petition, language=language)
        assert again.status_code == first.status_code
        assert device.get(again.url).status_code == 200
    assert ServedPage(device.get(press(device, petition).url).text).all("h1")[0].words == shown
    assert Signature.objects.count() == 1
    assert Consent.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1


def test_a_signature_that_waited_for_the_mailbox_counts_with_the_press(device, petition):
    waiting = sign(petition, country="FR", is_held=True)
    press(device, petition)
    waiting.refresh_from_db()
    assert waiting.confirmed_at is not None
    assert waiting.held_at is None
    assert waiting.country == "BE"


def test_whose_country_we_do_not_know_is_asked_once(petition, now):
    someone = make_supporter(confirmed_at=now)
    device = device_of(someone)
    assert ServedPage(press_page(device, petition).text).all("select", name="country")
    missing = press(device, petition)
    assert missing.status_code == 422
    assert ServedPage(missing.text).error_beside("country")
    assert press(device, petition, country="XX").status_code == 422
    assert press(device, petition, country="NL").status_code == 303
    assert Signature.objects.get().country == "NL"
    other = make_petition()
    assert not ServedPage(press_page(device, other).text).all("select")
    press(device, other, country="FR")
    assert Signature.objects.get(petition=other).country == "NL"


def test_a_name_is_passed_on_only_as_its_owner_was_told(device, petition):
    press(device, petition, keeps_name="on")
    other = make_petition()
    press(device, other)
    number = make_petition(handover=Petition.Handover.NUMBER)
    assert not ServedPage(press_page(device, number).text).all("input", name="keeps_name")
    press(device, number)
    passed_on = dict(Signature.objects.values_list("petition", "passes_on_name"))
    assert passed_on == {petition.pk: False, other.pk: True, number.pk: False}


def test_page_and_source_go_on_from_the_form_that_the_press_replaces(device, petition, home_pages):
    page = home_pages["fr"]
    form = device.get(plain_form(petition), {"source": "Radio/Autumn"})
    [link] = [a for a in ServedPage(form.text).all("a") if "data-press" in a.attributes]
    assert "source=radio/autumn" in link.attributes["href"]
    asked = device.get(link.attributes["href"].replace("page=", f"page={page.pk}"), {})
    typed = ServedPage(asked.text).typed()
    assert (typed["page"], typed["source"]) == (str(page.pk), "radio/autumn")
    press(device, petition, page=typed["page"], source=typed["source"])
    signature = Signature.objects.get()
    assert (signature.page_id, signature.source) == (page.pk, "radio/autumn")
    forged = make_petition()
    press(device, forged, page="99999999", source="<script>")
    signature = Signature.objects.get(petition=forged)
    assert (signature.page_id, signature.source) == (None, "")


def test_the_script_gets_the_form_alone(device, petition):
    fragment = press_page(device, petition, fragment="1")
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert MASKED in fragment.text
    [form, _forget] = posting(fragment)
    assert form.attributes["action"] == address("petitions:press", petition.reference)
    assert "no-store" in fragment.headers["Cache-Control"]


def test_a_petition_that_closed_meanwhile_takes_nothing(device, petition, now):
    assert press_page(device, petition).status_code == 200
    Petition.objects.filter(pk=petition.pk).update(closes_at=now - timedelta(seconds=1))
    before = every_row()
    assert press(device, petition).status_code == 410
    assert press_page(device, petition, fragment="1").status_code == 410
    assert every_row() == before
    assert "data-press" not in device.get(plain_form(petition)).text


def test_one_press_makes_a_device_forget_and_leads_back(device, petition, supporter):
    page = ServedPage(press_page(device, petition).text)
    [forget] = page.all("form", data_form="forget-device")
    back = page.typed()["next"]
    assert back == plain_form(petition)
    for _time in range(2):
        gone = device.post(forget.attributes["action"], {"next": back}, headers=FROM_HERE)
        assert (gone.status_code, gone.url) == (303, back)
        assert gone.cookies[COOKIE].value == gone.cookies[HINT].value == ""
        knows_nobody(device, petition)
    assert device.get(forget.attributes["action"]).status_code == 405
    assert device_of(supporter).get(address("supporters:device_forgotten")).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
     "evil", "", "/\t/evil.example", "http:///evil.example", "/" + "a" * 3000],
)  # fmt: skip
def test_forgetting_leads_nowhere_but_to_this_site(client, home_pages, elsewhere):
    path = address("supporters:forget_device", language="nl")
    gone = client.post(path, {"next": elsewhere}, headers=FROM_HERE)
    assert (gone.status_code, gone.url) == (303, "/nl/")


# From a mail


def mailed(supporter, petition, now, **changes):
    link = sign_one_link(
        supporter_id=supporter.pk,
        petition_id=petition.pk,
        source="mailing-12",
        language="nl",
        now=now,
        **changes,
    )
    return urlsplit(link).path


def test_a_link_in_a_mail_signs_with_one_press(client, petition, supporter, now):
    path = mailed(supporter, petition, now)
    page = open_link(client, path)
    assert page.status_code == 200
    assert MASKED in page.text
    assert wording_of(petition, "nl", is_known=True).text in page.text
    for secret in (*SECRETS, path.split("/")[-2]):
        assert secret not in page.text
    assert [form.attributes["data-form"] for form in posting(page)] == ["press"]
    assert not Signature.objects.exists()

    pressed = press_button(client, page)
    assert pressed.status_code == 303
    assert client.get(pressed.url).status_code == 200
    signature = Signature.objects.get()
    assert signature.confirmed_at is not None
    assert (signature.source, signature.language) == ("mailing-12", "nl")
    assert Consent.objects.get().method == "MAILED_LINK"
    assert Mailbox.objects.get(key=supporter.mailbox).answered_at is not None
    # …and the device knows them from then on.
    assert MASKED in press_page(client, make_petition()).text

    for again in (press_button(client, page), press_button(Client(), page)):
        assert again.status_code in {303, 410}  # Another browser has no token.
    again = press_button(client, open_link(client, path))
    assert again.status_code == 303
    assert Signature.objects.count() == Consent.objects.count() == 1


def test_a_link_in_a_mail_asks_for_a_country_that_is_missing(client, petition, now):
    page = open_link(client, mailed(make_supporter(confirmed_at=now), petition, now))
    assert press_button(client, page).status_code == 422
    path = page.request["PATH_INFO"]
    assert client.post(path, {"country": "DE"}, headers=FROM_HERE).status_code == 303
    assert Signature.objects.get().country == "DE"
    assert Supporter.objects.get().country == "DE"


def test_a_link_in_a_mail_ends_with_its_petition(client, petition, supporter, now):
    page = open_link(client, mailed(supporter, petition, now))
    Petition.objects.filter(pk=petition.pk).update(closes_at=now)
    before = every_row()
    assert press_button(client, page).status_code == 410
    assert client.get(page.request["PATH_INFO"]).status_code == 410
    Petition.objects.filter(pk=petition.pk).update(closes_at=None)
    Case.objects.filter(pk=petition.case_id).update(state=Case.State.HIDDEN)
    before = every_row()
    answer = press_button(client, page)
    assert answer.status_code == 410
    assert petition.case.name not in answer.text
    assert every_row() == before


def test_a_link_in_a_mail_knows_nobody_any_more_who_said_it_was_not_them(
    client, petition, supporter, now
):
    page = open_link(client, mailed(supporter, petition, now))
    forget_devices(supporter_id=supporter.pk, now=now + timedelta(seconds=1))
    pressed = press_button(client, page)
    assert pressed.status_code == 303
    assert pressed.url == f"{plain_form(petition, 'nl')}?source=mailing-12"
    erase_supporter(supporter=supporter, now=now)
    shown = client.get(page.request["PATH_INFO"])
    assert (shown.status_code, shown.url) == (302, pressed.url)
    assert not Signature.objects.filter(supporter__isnull=False).exists()
