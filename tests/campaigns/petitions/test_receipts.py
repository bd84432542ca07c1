"""After one press: what was signed, undoing it, and "that was not me"."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from campaigns.cases.models import Case
from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.links import UNDO_SIGNATURES, receipt_slice, slice_bounds
from campaigns.petitions.mailed_presses import sign_one_link
from campaigns.petitions.models import Signature, Tally
from campaigns.petitions.services import confirm_signature, tally_signatures
from campaigns.supporters.models import Consent
from campaigns.supporters.recognition import COOKIE
from tests.devices import device_of, press
from tests.factories.facts import make_case, make_petition
from tests.factories.people import make_supporter, sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    address,
    deliver_mail,
    html_of,
    link_in,
    open_link,
)

pytestmark = pytest.mark.django_db
# The first moment of a slice.
BEGINS = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(minutes=10)
RECEIPT = "petitions/acknowledge_signatures"


@pytest.fixture
def supporter(db):
    return make_supporter(
        email="mila@example.org", country="BE", confirmed_at=BEGINS - timedelta(days=9)
    )


@pytest.fixture
def clock():
    with time_machine.travel(BEGINS, tick=False) as traveller:
        yield traveller


@pytest.fixture
def device(clock, supporter):
    return device_of(supporter)


@pytest.fixture
def ana():
    return make_petition(case=make_case(given_name="Ana"))


@pytest.fixture
def tomas():
    return make_petition(case=make_case(given_name="Tomas", family_name="Belk"))


def receipt_after(device, *petitions):
    """The page that the last of these presses leads to."""
    for petition in petitions:
        pressed = press(device, petition, language="en")
        assert pressed.status_code == 303
    return device.get(pressed.url)


def forms(page, hook: str) -> list:
    return ServedPage(page.text).all("form", data_form=hook)


def values(page, name: str) -> list[str]:
    return [
        button.attributes["value"]
        for button in ServedPage(page.text).all("button")
        if button.attributes.get("name") == name
    ]


def post(device, page, **typed):
    """Press a button of the receipt; the page that follows."""
    path = page.request["PATH_INFO"]
    pressed = device.post(path, typed, headers=FROM_HERE)
    assert (pressed.status_code, pressed.url) == (303, path)
    return device.get(path)


def heading(page) -> str:
    return ServedPage(page.text).all("h1")[0].words.strip()


def test_the_receipt_says_what_was_signed_and_undoes_each_of_it(device, ana, tomas, supporter):
    page = receipt_after(device, ana, tomas)
    assert page.status_code == 200
    assert ana.case.name in page.text
    assert tomas.case.name in page.text
    assert "no-store" in page.headers["Cache-Control"]
    for secret in ("Mila", "Dubreux", "example.org"):
        assert secret not in page.text
    tally_signatures(now=BEGINS)
    assert Tally.objects.get(petition=ana).confirmed == 1

    [of_ana] = [str(key) for key in ana.signatures.values_list("pk", flat=True)]
    assert set(values(page, "undo")) == {str(each.pk) for each in Signature.objects.all()}
    page = post(device, page, undo=of_ana)
    assert [each.petition for each in Signature.objects.all()] == [tomas]
    tally_signatures(now=BEGINS)
    assert Tally.objects.get(petition=ana).confirmed == 0
    withdrawn = Consent.objects.get(action=Consent.Action.WITHDRAWN)
    assert (withdrawn.about, withdrawn.method) == (f"petition:{ana.reference}", "DEVICE")
    [noted] = [
        words
        for path in suppression_ledger._path().parent.glob("*.jsonl")
        for words in path.read_text().splitlines()
        if '"withdrawn_signature"' in words
    ]
    assert supporter.mailbox in noted

    assert "Taken back" in page.text
    assert address("petitions:press", ana.reference, language="en") in page.text
    before = every_row()
    post(device, page, undo=of_ana)  # A second press finds nothing to do.
    assert every_row() == before
    page = receipt_after(device, ana)
    assert Signature.objects.count() == 2
    assert len(values(page, "undo")) == 2
    assert "Taken back" not in page.text


def test_undoing_the_only_one_leaves_a_page_that_says_so(device, ana):
    page = receipt_after(device, ana)
    assert heading(page) == f"You have signed for {ana.case.name}"
    page = post(device, page, undo=values(page, "undo")[0])
    assert heading(page) == "Taken back"
    assert not Signature.objects.exists()
    assert not values(page, "undo")
    assert not forms(page, "not-me")


def test_the_next_petition_is_one_press_away(device, ana, tomas):
    page = receipt_after(device, ana)
    [form] = forms(page, "press")
    assert form.attributes["action"] == address("petitions:press", tomas.reference, language="en")
    # On a device that knows nobody, a link to the form does.
    token = UNDO_SIGNATURES.address(
        {"supporter": Signature.objects.get().supporter_id, "slice": receipt_slice(BEGINS)},
        language="en",
    )
    elsewhere = open_link(Client(), urlsplit(token).path)
    assert not forms(elsewhere, "press")
    assert address("petitions:sign", tomas.reference, language="en") in elsewhere.text


def test_it_was_not_me_takes_all_back_and_nothing_signs_for_them_any_more(
    device, clock, ana, tomas, supporter
):
    older = make_petition()
    mailed = urlsplit(
        sign_one_link(
            supporter_id=supporter.pk,
            petition_id=ana.pk,
            source="m",
            language="en",
            now=BEGINS,
        )
    ).path
    press(device, older)
    clock.move_to(BEGINS + timedelta(days=3))
    other_device = device_of(supporter)
    clock.shift(1)
    page = receipt_after(device, older, ana, tomas)
    path = page.request["PATH_INFO"]
    pressed = device.post(path, {"not_me": "1"}, headers=FROM_HERE)
    assert pressed.status_code == 303
    assert pressed.cookies[COOKIE].value == ""
    page = device.get(pressed.url)
    assert page.status_code == 200
    assert "was not you" in page.text
    # What they signed themselves, long ago, stays.
    assert [each.petition for each in Signature.objects.all()] == [older]
    for browser in (device, other_device):
        assert press(browser, ana).url == address("petitions:sign", ana.reference)
    opened = Client().get(mailed, follow=True)
    assert opened.request["PATH_INFO"] == address("petitions:sign", ana.reference, language="en")
    assert not Signature.objects.filter(petition__in=[ana, tomas]).exists()
    # A device on which they confirm later on knows them anew.
    clock.shift(1)
    assert press(device_of(supporter), ana).url.startswith("/fr/receipt/")


def test_what_the_mailbox_confirmed_meanwhile_is_not_spoken_of(device, ana, tomas):
    signature = sign(tomas, email="mila@example.org", now=BEGINS)
    confirm_signature(signature=signature, now=BEGINS)
    page = receipt_after(device, ana)
    assert heading(page) == f"You have signed for {ana.case.name}"
    assert len(values(page, "undo")) == 1
    post(device, page, not_me="1")
    assert [each.petition for each in Signature.objects.all()] == [tomas]


def test_what_was_signed_long_ago_is_not_undone_by_pressing_again(device, clock, ana):
    press(device, ana)
    [key] = Signature.objects.values_list("pk", flat=True)
    clock.shift(timedelta(days=30))
    page = receipt_after(device, ana)
    assert heading(page) == f"You have signed for {ana.case.name}"
    assert not values(page, "undo")
    post(device, page, undo=str(key))
    post(device, page, not_me="1")
    assert Signature.objects.filter(pk=key).exists()


def test_a_press_just_before_the_slice_ends_can_be_undone_after_it(device, clock, ana):
    clock.move_to(ENDS - timedelta(seconds=1))
    press(device, ana)
    clock.move_to(ENDS + timedelta(seconds=1))
    page = receipt_after(device, ana)
    assert len(values(page, "undo")) == 1


def test_nobody_undoes_what_others_signed(device, ana, tomas):
    other = make_supporter(country="BE", confirmed_at=BEGINS)
    press(device_of(other), tomas)
    theirs = Signature.objects.get(petition=tomas)
    page = receipt_after(device, ana)
    for key in (str(theirs.pk), "rubbish", "", "\0"):
        post(device, page, undo=key)
    assert Signature.objects.count() == 2


def test_after_a_day_the_page_leads_to_the_own_page(device, clock, ana):
    page = receipt_after(device, ana)
    clock.shift(timedelta(hours=24, seconds=1))
    for answer in (
        device.get(page.request["PATH_INFO"]),
        device.post(page.request["PATH_INFO"], {"not_me": "1"}, headers=FROM_HERE),
    ):
        assert answer.status_code == 410
        assert address("supporters:access", language="en") in answer.text
    assert Signature.objects.exists()


def test_one_mail_speaks_for_all_of_a_slice_once_that_is_over(
    device, clock, mailoutbox, supporter, ana, tomas
):
    later = make_petition(case=make_case(given_name="Irena", family_name="Sol"))
    last = ENDS - timedelta(microseconds=1)
    press(device, ana, language="nl")
    clock.move_to(last)
    press(device, tomas)
    clock.move_to(ENDS)
    press(device, later)
    first, second = OutgoingMessage.objects.filter(kind=RECEIPT).order_by("created_at")
    # Not before the last press of the slice has surely been committed.
    _begins, ends = slice_bounds(first.arguments["slice"])
    assert ends == ENDS
    assert first.not_before >= ENDS + timedelta(minutes=1)
    assert second.arguments["slice"] == first.arguments["slice"] + 1

    clock.move_to(first.not_before)
    [mail] = deliver_mail(mailoutbox)
    assert mail.to == [supporter.email]
    for part in (mail.body, html_of(mail)):
        assert ana.case.name in part
        assert tomas.case.name in part
        assert later.case.name not in part
    path = link_in(mail)
    assert path in html_of(mail)
    assert path.startswith("/nl/receipt/")

    person = Client()
    page = open_link(person, path)
    assert set(values(page, "undo")) == {
        str(each.pk) for each in Signature.objects.filter(petition__in=[ana, tomas])
    }
    post(person, page, not_me="1")
    assert [each.petition for each in Signature.objects.all()] == [later]
    assert {each.method for each in Consent.objects.filter(action=Consent.Action.WITHDRAWN)} == {
        "MAILED_LINK"
    }


def test_no_mail_speaks_of_what_was_taken_back_or_may_not_be_named(
    device, clock, mailoutbox, ana, tomas
):
    hidden = make_petition(case=make_case(given_name="Irena", family_name="Sol"))
    page = receipt_after(device, ana, hidden)
    post(device, page, undo=str(ana.signatures.get().pk))
    Case.objects.filter(pk=hidden.case_id).update(state=Case.State.HIDDEN)
    page = device.get(page.request["PATH_INFO"])
    assert "Irena" not in page.text
    assert values(page, "undo") == [str(hidden.signatures.get().pk)]
    clock.shift(timedelta(minutes=12))
    assert deliver_mail(mailoutbox) == []
    assert OutgoingMessage.objects.get(kind=RECEIPT).state == OutgoingMessage.State.CANCELLED

    press(device, tomas)
    clock.shift(timedelta(minutes=12))
    [mail] = deliver_mail(mailoutbox)
    assert tomas.case.short_name in mail.subject
