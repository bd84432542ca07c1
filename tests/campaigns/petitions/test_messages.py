"""Messages of solidarity: what is shown, what is stored, what is refused."""

import json
import unicodedata
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from campaigns.cases.models import Case, WriterRules
from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import LedgerEntry, OutgoingMessage
from campaigns.petitions import services, solidarity
from campaigns.petitions.message_text import LONGEST_MESSAGE, parse_message
from campaigns.petitions.models import SolidarityMessage
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.names import initials_of
from campaigns.supporters.recognition import remember_device
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.supporters.services.exporting import export_supporter
from campaigns.supporters.services.merging import merge_supporters
from campaigns.supporters.services.retention import forget_what_is_due
from campaigns.supporters.wordings import message_wording
from tests.corpora import MALFORMED_ADDRESSES, MESSAGES_THAT_ARE_REFUSED, MESSAGES_THAT_PASS
from tests.factories.people import make_supporter
from tests.factories.solidarity import (
    YEAR,
    make_friend,
    make_marathon,
    press_message,
    typed_message,
    write,
    write_and_confirm,
)
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def friend():
    return make_friend()


@pytest.fixture
def edition(friend):
    return make_marathon(friend)


def form_of(client, friend, language="fr"):
    return client.get(address("petitions:message", YEAR, friend.reference, language=language))


def messages():
    return list(SolidarityMessage.objects.values_list("text", "signed_as", "language"))


# What may be written


@pytest.mark.parametrize("typed", MESSAGES_THAT_PASS)
def test_a_message_that_people_write_passes(typed):
    assert parse_message(typed) == MESSAGES_THAT_PASS[typed]


@pytest.mark.parametrize("what", MESSAGES_THAT_ARE_REFUSED)
def test_a_message_that_deceives_or_leads_away_is_refused(what):
    typed, code = MESSAGES_THAT_ARE_REFUSED[what]
    with pytest.raises(ValidationError) as refusal:
        parse_message(typed)
    assert refusal.value.code == code


@given(some.text(max_size=300))
def test_what_passes_is_visible_and_short(typed):
    try:
        text = parse_message(typed)
    except ValidationError:
        return
    assert 3 <= len(text) <= LONGEST_MESSAGE
    assert unicodedata.is_normalized("NFC", text)
    kinds = {unicodedata.category(character) for character in text.replace("\n", "")}
    assert not kinds & {"Cc", "Cs", "Co", "Cn"}
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    assert parse_message(text) == text


@pytest.mark.parametrize(
    ("typed", "initials"),
    [
        ("Mila van Hasel", "M. v. H."),
        ("MH", "M. H."),
        ("m.h.", "m. h."),
        ("Jean-Pierre", "J. P."),
        ("Zoë", "Z."),
        ("É. D.", "É. D."),
        ("王小明", "王."),
        ("शिव कुमार", "शि. कु."),
    ],
)
def test_of_a_name_its_initials_stay(typed, initials):
    assert initials_of(typed) == initials


# The form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_shows_the_rules_of_the_case_in_every_language(client, friend, edition, language):
    WriterRules.objects.update(
        may_mention_us=False, note={code: f"Rule {code}" for code in LANGUAGES}
    )
    response = form_of(client, friend, language)
    assert response.status_code == 200
    assert "public" in response.headers["Cache-Control"]
    assert not response.cookies
    page = ServedPage(response.text)
    [form] = page.all("form", data_form="message")
    assert form.attributes["action"] == f"/{language}/marathon/{YEAR}/messages/{friend.reference}/"
    assert message_wording(language).text in form.words
    assert f"Rule {language}" in page.all("main")[0].words
    typed = page.typed()
    assert {"signed_as", "email", "homepage", "shown_at"} < set(typed)
    assert not {"family_name", "country"} & set(typed)


def test_the_rules_are_said_plainly(client, friend, edition):
    before = form_of(client, friend, "en").text
    assert "You may say that you heard of this from us." in before
    assert "Sign with your first name or initials." in before
    WriterRules.objects.update(
        may_mention_us=False, may_use_religious_words=False, own_address="INITIALS"
    )
    after = form_of(client, friend, "en").text
    for rule in ("Do not mention us", "Use no religious words.", "Sign with your initials alone."):
        assert rule in after
    assert "Your initials" in after
    assert "First name or initials" not in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_leads_to_thanks_and_waits_for_the_mailbox(client, friend, edition, language):
    response = press_message(client, friend, language=language)
    assert response.status_code == 303
    assert response.url == f"/{language}/marathon/{YEAR}/messages/{friend.reference}/thanks/"
    assert client.get(response.url).status_code == 200
    assert messages() == [("Dear Ana,\n\nwe think of you every day.", "Mila", language)]
    message = SolidarityMessage.objects.get()
    assert (message.edition, message.case, message.state) == (edition, friend.case, "WAITING")
    assert message.confirmed_at is None
    line = Consent.objects.get()
    assert (line.purpose, line.action, line.method) == ("MESSAGE", "GIVEN", "FORM")
    assert line.about == f"message:{YEAR}/{friend.case.reference}"
    assert line.wording.text == message_wording(language).text
    mail = OutgoingMessage.objects.get()
    assert (mail.kind, mail.language) == ("petitions/confirm_marathon", language)
    assert mail.arguments == {"edition": edition.pk, "supporter": message.supporter_id}


def test_the_text_is_encrypted_where_it_lies(client, friend, edition):
    press_message(client, friend)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM petitions_solidaritymessage")
        [(stored,)] = cursor.fetchall()
    assert "think" not in stored


def test_until_it_is_confirmed_the_last_press_counts_and_looks_the_same(client, friend, edition):
    first = press_message(client, friend)
    second = press_message(client, friend, text="Better words.", signed_as="M. D.", language="nl")
    assert (first.status_code, second.status_code) == (303, 303)
    assert messages() == [("Better words.", "M. D.", "nl")]
    services.confirm_messages(
        messages=list(SolidarityMessage.objects.all()), now=Consent.objects.latest("pk").recorded_at
    )
    third = press_message(client, friend, text="Somebody else's words.")
    assert (third.status_code, third.url) == (first.status_code, first.url)
    assert messages() == [("Better words.", "M. D.", "nl")]


def test_a_message_blanks_no_name_that_was_given_with_a_signature(client, friend, edition, now):
    make_supporter(email="mila@example.org", confirmed_at=None)
    press_message(client, friend)
    person = Supporter.objects.get()
    assert (person.given_name, person.family_name) == ("Mila", "Dubreux")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "Voir https://example.org"}, "text"),
        ({"text": "ab\u0000c"}, "text"),
        ({"signed_as": ""}, "signed_as"),
        ({"signed_as": "\u202eMila"}, "signed_as"),
        ({"email": ""}, "email"),
        ({"age": "old"}, "age"),
        *[({"email": typed}, "email") for typed in list(MALFORMED_ADDRESSES.values())[:6]],
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(
    client, friend, edition, changes, field
):
    before = every_row()
    response = press_message(client, friend, **changes)
    assert response.status_code == 422
    assert response.headers["Cache-Control"].startswith("max-age=0")
    assert ServedPage(response.text).error_beside(field)
    assert every_row() == before


def test_a_megabyte_is_refused_politely_and_not_sent_back(client, friend, edition):
    response = press_message(client, friend, text="a\u0315" * 500_000)
    assert response.status_code == 422
    assert "1000" in ServedPage(response.text).error_beside("text").replace("\u202f", "").replace(
        "\u00a0", ""
    )
    assert len(response.content) < 100_000
    assert not SolidarityMessage.objects.exists()


def test_of_a_child_nothing_is_kept(client, friend, edition):
    before = every_row()
    response = press_message(client, friend, age="UNDER_13")
    assert response.status_code == 200
    assert every_row() == before


def test_of_somebody_under_age_only_initials_stand_below(client, friend, edition):
    press_message(client, friend, age="MINOR_13_17", signed_as="Mila Dubreux")
    assert SolidarityMessage.objects.get().signed_as == "M. D."


def test_where_names_are_dangerous_only_initials_are_kept(client, friend, edition):
    WriterRules.objects.update(own_address="INITIALS")
    press_message(client, friend, signed_as="Mila Dubreux")
    assert SolidarityMessage.objects.get().signed_as == "M. D."


def _is_over(edition, friend):
    type(edition).objects.update(closes_at=edition.opens_at + HOUR)


def _has_not_begun(edition, friend):
    type(edition).objects.update(opens_at=edition.closes_at - HOUR)


def _rests(edition, friend):
    Case.objects.update(state=Case.State.DORMANT)


def _forbids_it(edition, friend):
    WriterRules.objects.update(may_write_to_family=False)


def _has_no_rules(edition, friend):
    WriterRules.objects.all().delete()


@pytest.mark.parametrize("change", [_is_over, _has_not_begun, _rests, _forbids_it, _has_no_rules])
def test_where_nobody_may_write_no_form_is_offered_and_nothing_is_taken(
    client, friend, edition, change
):
    change(edition, friend)
    device = knows(make_supporter(confirmed_at=edition.opens_at))
    before = every_row()
    for response in (form_of(client, friend), press_message(client, friend)):
        assert response.status_code == 410
        assert "data-form" not in response.text
    path = address("petitions:message_press", YEAR, friend.reference)
    typed = {"text": "We think of you.", "signed_as": "Mila"}
    assert device.post(path, typed, headers=FROM_HERE).status_code == 410
    assert every_row() == before


def test_whoever_is_not_in_the_edition_or_not_public_is_not_found(client, friend, edition):
    stranger = make_friend()
    for response in (form_of(client, stranger), press_message(client, stranger)):
        assert response.status_code == 404
    assert client.get(f"/fr/marathon/2019/messages/{friend.reference}/").status_code == 404
    Case.objects.update(state=Case.State.HIDDEN)
    assert form_of(client, friend).status_code == 404


def test_a_message_from_another_site_is_refused(client, friend, edition):
    path = address("petitions:message", YEAR, friend.reference)
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post(path, typed_message(), headers=headers).status_code == 403
    assert not SolidarityMessage.objects.exists()


def test_beyond_the_limit_of_a_client_messages_are_taken_and_their_mail_waits(
    client, friend, edition, now
):
    for number in range(61):
        press_message(client, friend, email=f"mila-{number:02}@example.org")
    assert SolidarityMessage.objects.count() == 61
    waits = [
        mail.not_before - mail.created_at for mail in OutgoingMessage.objects.order_by("created_at")
    ]
    assert waits[:60] == [timedelta(0)] * 60
    assert waits[60] == HOUR


def test_what_a_program_seems_to_have_sent_is_taken_and_its_mail_waits(client, friend, edition):
    assert press_message(client, friend, homepage="https://spam.example").status_code == 303
    mail = OutgoingMessage.objects.get()
    assert mail.not_before - mail.created_at == HOUR


# Devices that know somebody


def knows(supporter):
    """A browser that a mailed link was used on."""
    response = HttpResponse()
    remember_device(response, supporter.pk, now=timezone.now())
    device = Client()
    for name, morsel in response.cookies.items():
        device.cookies[name] = morsel.value
    return device


def test_a_device_that_knows_somebody_asks_for_nothing_but_the_message(friend, edition, now):
    supporter = make_supporter(confirmed_at=now)
    device = knows(supporter)
    path = address("petitions:message_press", YEAR, friend.reference)
    shown = device.get(path)
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    page = ServedPage(shown.text)
    assert set(page.typed()) == {"signed_as", "page"}
    assert "M··· D···" in shown.text
    assert supporter.email not in shown.text
    part = device.get(path, {"fragment": "1"})
    assert ServedPage(part.text).all("form", data_form="message")
    assert "<html" not in part.text
    typed = {"text": "Courage!", "signed_as": "Mila"}
    for _press in range(2):
        response = device.post(path, typed, headers=FROM_HERE)
        assert response.status_code == 303
        assert device.get(response.url).status_code == 200
    message = SolidarityMessage.objects.get()
    assert (message.text, message.supporter, message.state) == ("Courage!", supporter, "WAITING")
    assert message.confirmed_at
    line = Consent.objects.get()
    assert (line.method, line.action) == ("DEVICE", "CONFIRMED")
    assert not OutgoingMessage.objects.exists()
    assert device.post(path, {**typed, "text": ""}, headers=FROM_HERE).status_code == 422


def test_words_on_a_known_device_replace_what_nobody_has_confirmed(friend, edition, now):
    write(friend, email="mila@example.org", text="Typed by anybody.")
    supporter = Supporter.objects.get()
    Supporter.objects.update(confirmed_at=now)
    path = address("petitions:message_press", YEAR, friend.reference)
    typed = {"text": "My own words.", "signed_as": "Mila"}
    knows(supporter).post(path, typed, headers=FROM_HERE)
    message = SolidarityMessage.objects.get()
    assert message.text == "My own words."
    assert message.confirmed_at


def test_a_device_that_knows_nobody_gets_the_whole_form(client, friend, edition):
    client.cookies["device"] = signing.dumps({"supporter": 1, "at": 1}, salt="another")
    path = address("petitions:message_press", YEAR, friend.reference)
    assert client.get(path, {"fragment": "1"}).status_code == 204
    for response in (client.get(path), client.post(path, typed_message(), headers=FROM_HERE)):
        assert response.status_code in {302, 303}
        assert response.url == address("petitions:message", YEAR, friend.reference)
    assert not SolidarityMessage.objects.exists()


# From the mailbox


def test_the_mailbox_sees_the_words_and_confirms_them(client, friend, edition, mailoutbox):
    press_message(client, friend)
    [mail] = deliver_mail(mailoutbox)
    page = open_link(client, link_in(mail))
    assert "we think of you every day" in page.text
    assert "mila@example.org" not in page.text
    key = solidarity.confirmation_key(SolidarityMessage.objects.get())
    assert key in [box.attributes.get("value") for box in ServedPage(page.text).all("input")]
    assert not SolidarityMessage.objects.get().confirmed_at
    pressed = client.post(page.request["PATH_INFO"], {"messages": key}, headers=FROM_HERE)
    assert pressed.status_code == 303
    assert SolidarityMessage.objects.get().confirmed_at
    assert Supporter.objects.get().confirmed_at


def test_what_was_read_is_confirmed_and_not_what_was_typed_since(friend, edition, now):
    read = write(friend, now=now - HOUR)
    write(friend, text="Typed by somebody else meanwhile.", now=now)
    services.confirm_messages(messages=[read], now=now)
    assert SolidarityMessage.objects.get().confirmed_at is None
    services.confirm_messages(messages=[SolidarityMessage.objects.get()], now=now)
    services.confirm_messages(messages=[SolidarityMessage.objects.get()], now=now + HOUR)
    assert SolidarityMessage.objects.get().confirmed_at == now
    assert Consent.objects.filter(action="CONFIRMED").count() == 1


def test_what_waits_is_found_for_the_mailbox_as_long_as_its_case_may_be_shown(friend, edition, now):
    message = write(friend, now=now)
    others = write(friend, email="joris@example.org", now=now)
    found = solidarity.messages_waiting(message.supporter_id, edition.pk, now=now)
    assert found == [message]
    assert (found[0].text, found[0].case.name) == ("We think of you.", friend.case.name)
    later = now + timedelta(days=31)
    assert solidarity.messages_waiting(others.supporter_id, edition.pk, now=later) == []
    Case.objects.update(state=Case.State.HIDDEN)
    assert solidarity.messages_waiting(message.supporter_id, edition.pk, now=now) == []


# On one's own page, and after


@pytest.fixture
def own(client, friend, edition, mailoutbox, now):
    """A browser with the page of somebody who wrote."""
    write_and_confirm(friend, now=now)
    client.post(address("supporters:access"), {"email": "mila@example.org"}, headers=FROM_HERE)
    mail = next(mail for mail in deliver_mail(mailoutbox, after=HOUR) if "open" in link_in(mail))
    press_button(client, open_link(client, link_in(mail)))
    return client


def test_people_read_their_messages_and_take_them_back(own, friend, settings):
    shown = own.get(address("supporters:my_page")).text
    assert "We think of you." in shown
    assert friend.case.name in shown
    message = SolidarityMessage.objects.get()
    sent = own.post(
        address("supporters:change", "withdraw"),
        {"section": "messages", "row": str(message.pk)},
        headers=FROM_HERE,
    )
    assert sent.status_code == 303
    assert not SolidarityMessage.objects.exists()
    line = Consent.objects.latest("pk")
    assert (line.action, line.method, line.purpose) == ("WITHDRAWN", "SELF_SERVICE", "MESSAGE")


def test_a_message_taken_back_stays_so_in_a_restored_database(friend, edition, now):
    message = write_and_confirm(friend, now=now - HOUR)
    [row] = SolidarityMessage.objects.all()
    services.withdraw_message(supporter_id=message.supporter_id, key=str(message.pk), now=now)
    row.save(force_insert=True)
    again = write_and_confirm(friend, email="joris@example.org", now=now + HOUR)
    LedgerEntry.objects.all().delete()
    suppression_ledger.replay()
    assert list(SolidarityMessage.objects.all()) == [again]


def test_an_export_holds_the_words_and_an_erasure_takes_them(friend, edition, now):
    message = write_and_confirm(friend, text="Words that nobody else wrote.", now=now)
    services.approve_message(message=message, now=now)
    supporter = message.supporter
    exported = json.dumps(export_supporter(supporter=supporter, now=now))
    assert "Words that nobody else wrote." in exported
    erase_supporter(supporter=supporter, now=now)
    assert not SolidarityMessage.objects.exists()


def test_a_message_that_nobody_confirms_is_forgotten_after_a_month(friend, edition, now):
    later = now + timedelta(days=30, minutes=1)
    write(friend, now=now)
    kept = write_and_confirm(friend, email="joris@example.org", now=now)
    Supporter.objects.update(confirmed_at=now)
    forget_what_is_due(now=later - timedelta(minutes=2))
    assert SolidarityMessage.objects.count() == 2
    forget_what_is_due(now=later)
    assert list(SolidarityMessage.objects.all()) == [kept]


def test_a_merge_leaves_one_message_to_each_person(friend, edition, now):
    both = write_and_confirm(friend, email="kept@example.org", text="Kept.", now=now)
    write_and_confirm(friend, email="other@example.org", text="Goes.", now=now)
    second = make_friend()
    edition.entries.add(type(edition.entries.first())(petition=second, sort_order=1))
    edition.save()
    moves = write_and_confirm(second, email="other@example.org", text="Moves.", now=now)
    merge_supporters(kept=both.supporter, merged=moves.supporter, now=now, by=None)
    assert sorted(messages()) == [("Kept.", "Mila", "fr"), ("Moves.", "Mila", "fr")]
    assert {row.supporter_id for row in SolidarityMessage.objects.all()} == {both.supporter_id}


def test_two_presses_at_once_make_one_message(friend, edition, now):
    """Whoever loses the race follows the winner: the constraint decides, not a look before."""
    with transaction.atomic():
        write(friend, now=now)
        write(friend, text="Again.", now=now)
    assert messages() == [("Again.", "Mila", "fr")]


def test_closed_between_reading_and_pressing(client, friend, edition, now):
    assert form_of(client, friend).status_code == 200
    with time_machine.travel(edition.closes_at + HOUR):
        assert press_message(client, friend).status_code == 410
    assert not SolidarityMessage.objects.exists()
