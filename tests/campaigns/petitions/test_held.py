"""Signatures that may not come from a person: stored, asked about, and counted later or never."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from campaigns.outbox.models import OutgoingMessage, RateCount
from campaigns.petitions import services
from campaigns.petitions.models import Signature, Tally
from campaigns.supporters import client_limits
from campaigns.supporters.client_limits import ClientLimit
from campaigns.supporters.models import Supporter
from home import setup
from tests.factories.facts import make_petition
from tests.factories.people import make_staff, sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    LANGUAGES,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
    press_sign,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def petition():
    return make_petition(figure="RECEIVED")


def held() -> int:
    return Signature.objects.filter(held_at__isnull=False).count()


def figures(now) -> tuple[int, int, int]:
    services.tally_signatures(now=now)
    return Tally.objects.values_list("received", "confirmed", "held").get()


@pytest.mark.parametrize("sent", [{"homepage": "https://example.org/"}, {"shown_at": "now"}])
def test_what_looks_automatic_sees_the_same_screen_and_is_held(client, petition, now, sent):
    with time_machine.travel(now, tick=False):
        person = press_sign(client, petition, email="person@example.org")
        if "shown_at" in sent:
            sent = {"shown_at": int(now.timestamp())}
        program = press_sign(client, petition, email="program@example.org", **sent)
    assert (program.status_code, program.url, program.content, program.headers) == (
        person.status_code, person.url, person.content, person.headers
    )  # fmt: skip
    assert Signature.objects.get(held_at__isnull=False).supporter.email == "program@example.org"
    assert figures(now) == (1, 0, 1)


def test_the_mailbox_of_a_held_signature_releases_it(client, petition, mailoutbox, now):
    press_sign(client, petition, homepage="x")
    assert figures(now) == (0, 0, 1)
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    assert figures(now) == (1, 1, 0)


def test_a_further_press_neither_releases_nor_holds(petition, now):
    sign(petition, email="held@example.org", is_held=True, now=now)
    sign(petition, email="held@example.org", now=now + MINUTE)
    sign(petition, email="free@example.org", now=now)
    sign(petition, email="free@example.org", is_held=True, now=now + MINUTE)
    assert Signature.objects.get(held_at__isnull=False).supporter.email == "held@example.org"


def test_staff_release_what_is_held_and_the_log_says_who(client, petition, now):
    other = make_petition()
    for number in range(3):
        sign(petition, email=f"{number}@example.org", is_held=True, now=now)
    sign(other, is_held=True, now=now)
    services.tally_signatures(now=now)
    campaigner = make_staff(setup.CAMPAIGNERS)
    client.force_login(campaigner)

    listed = ServedPage(client.get(reverse("staff_petitions:index")).text)
    assert any("3" in cell.words.split() for cell in listed.all("td"))
    workspace = reverse("staff_petitions:inspect", args=[petition.pk])
    release = reverse("staff_petitions:transition", args=[petition.pk, "release"])
    assert release in client.get(workspace).text
    client.get(release)
    assert held() == 4
    assert client.post(release).status_code == 302

    assert not Signature.objects.filter(petition=petition, held_at__isnull=False).exists()
    assert held() == 1
    services.tally_signatures(now=now)
    assert petition.tally.received == 3
    entry = ModelLogEntry.objects.get(action="petitions.release")
    assert (entry.user, entry.object_id, entry.data) == (
        campaigner, str(petition.pk), {"signatures": 3}
    )  # fmt: skip
    assert release not in client.get(workspace).text


def test_whoever_may_not_change_petitions_releases_nothing(client, petition, now):
    sign(petition, is_held=True, now=now)
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    client.post(reverse("staff_petitions:transition", args=[petition.pk, "release"]))
    assert held() == 1


def test_of_three_hundred_signers_at_one_address_none_is_lost_and_none_refused(
    client, petition, mailoutbox, now
):
    with time_machine.travel(now.replace(minute=0, second=0), tick=False):
        answers = {
            (answer.status_code, answer.url)
            for number in range(300)
            for answer in [press_sign(client, petition, email=f"signer-{number}@example.org")]
        }
    assert len(answers) == 1
    assert Signature.objects.count() == OutgoingMessage.objects.count() == 300
    assert held() == 240
    last = Signature.objects.get(supporter__email="signer-299@example.org")
    services.confirm_signature(signature=last, now=now)
    services.release_signatures(petition=petition, now=now)
    assert figures(now) == (300, 1, 0)


def test_a_flood_is_taken_and_held_and_its_mails_wait_an_hour(
    client, petition, mailoutbox, monkeypatch, now
):
    monkeypatch.setattr(client_limits, "SIGN", ClientLimit("sign", 1))
    monkeypatch.setattr(client_limits, "SIGN_HELD", ClientLimit("sign-held", 1))
    start = now.replace(minute=0, second=0)
    with time_machine.travel(start, tick=False):
        press_sign(client, petition, email="first@example.org")
        press_sign(client, petition, email="held@example.org")
        late = press_sign(client, petition, email="late@example.org")
        neighbour = press_sign(
            Client(REMOTE_ADDR="192.0.2.7"), petition, email="neighbour@example.org"
        )
        assert (late.status_code, late.url) == (neighbour.status_code, neighbour.url)
        assert held() == 2
        reached = {mail.to[0] for mail in deliver_mail(mailoutbox)}
    assert reached == {"first@example.org", "held@example.org", "neighbour@example.org"}
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        assert [mail.to[0] for mail in deliver_mail(mailoutbox)] == ["late@example.org"]


def test_what_is_typed_wrong_does_not_count_towards_the_limit(client, petition):
    press_sign(client, petition, email="nowhere")
    assert not RateCount.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", [{}, {"email": "nowhere", "given_name": "", "homepage": "x"}])
def test_a_child_leaves_nothing_behind_and_reads_what_can_be_done(
    client, petition, language, typed
):
    before = every_row()
    response = press_sign(client, petition, language=language, age="UNDER_13", **typed)
    assert every_row() == before
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    page = ServedPage(response.text)
    assert page.all("h1")
    assert [form for form in page.all("form") if form.attributes.get("method") == "post"] == []
    for secret in ("Mila", "Dubreux", "mila@example.org"):
        assert secret not in response.text


def test_a_minor_signs_and_is_marked(client, petition):
    press_sign(client, petition, age="MINOR_13_17")
    signature = Signature.objects.get()
    assert signature.is_minor
    assert signature.supporter.is_minor
    press_sign(client, petition, age="ADULT")  # Not confirmed yet: the last press counts.
    signature.refresh_from_db()
    assert not signature.is_minor


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_misspelt_address_is_asked_about_and_the_second_press_signs(client, petition, language):
    before = every_row()
    asked = press_sign(client, petition, language=language, email="mila@gmial.com")
    assert asked.status_code == 422
    assert every_row() == before
    page = ServedPage(asked.text)
    assert "mila@gmail.com" in page.error_beside("email")
    buttons = [button for button in page.all("button") if button.inside(data_form="sign")]
    # The Enter key presses the first one.
    assert [button.attributes.get("name") for button in buttons] == [None, "take"]
    typed = page.typed()
    assert press_sign(client, petition, language=language, **typed).status_code == 303
    assert Supporter.objects.get().email == "mila@gmial.com"


def test_the_likely_address_is_taken_at_one_press(client, petition):
    page = ServedPage(press_sign(client, petition, email="mila@gmial.com").text)
    [button] = page.all("button", name="take")
    press_sign(client, petition, **page.typed(), take=button.attributes["value"])
    assert Supporter.objects.get().email == "mila@gmail.com"


def test_a_disposable_address_is_refused_with_a_way_on(client, petition):
    before = every_row()
    response = press_sign(client, petition, email="mila@mailinator.com")
    assert response.status_code == 422
    assert every_row() == before
    assert ServedPage(response.text).error_beside("email")


def test_a_form_without_an_address_says_so_whatever_else_it_holds(client, petition):
    path = address("petitions:sign", petition.reference)
    assert client.post(path, {"take": "mila@gmail.com", "asked_about": "x"}).status_code == 422
