"""A mailed link opens one door for one thing, for as long as it says."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings

from campaigns.petitions.links import CONFIRM_SIGNATURE
from campaigns.supporters.links import (
    CONFIRM_SUBSCRIPTION,
    UNCONFIRMED_LIFETIME,
    UNSUBSCRIBE,
    LinkPurpose,
    UnusableLink,
    digest_of,
)
from tests.mailed_doors import every_purpose
from tests.steps import address

PURPOSES = every_purpose()
by_name = pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)


@by_name
def test_a_token_says_what_it_was_made_for(purpose):
    payload = {"signature": "1", "language": "nl"}
    assert purpose.read(purpose.token(payload)) == payload


@pytest.mark.parametrize("other", PURPOSES, ids=lambda purpose: purpose.name)
@by_name
def test_a_token_opens_the_door_of_its_purpose_alone(purpose, other):
    token = purpose.token({"subscription": 1})
    if purpose is other:
        assert other.read(token)
    else:
        with pytest.raises(UnusableLink):
            other.read(token)


def test_no_purpose_has_the_salt_of_another():
    assert len(PURPOSES) >= 9
    assert len({purpose.name for purpose in PURPOSES}) == len(PURPOSES)
    assert len({purpose.door for purpose in PURPOSES}) == len(PURPOSES)


@pytest.mark.django_db
@pytest.mark.parametrize("other", PURPOSES, ids=lambda purpose: purpose.name)
@by_name
def test_a_token_passes_its_own_door_and_no_other(client, purpose, other):
    answer = client.get(address(other.door, purpose.token({"supporter": 1})))
    assert answer.status_code == (302 if purpose is other else 410)


@by_name
def test_any_changed_character_makes_a_token_useless(purpose):
    token = purpose.token({"subscription": 1})
    for position, character in enumerate(token):
        forged = token[:position] + ("B" if character != "B" else "C") + token[position + 1 :]
        # The last character of a base64 text may carry bits that nobody reads.
        if position == len(token) - 1:
            continue
        with pytest.raises(UnusableLink):
            purpose.read(forged)


@by_name
def test_a_token_that_was_cut_off_is_useless(purpose):
    token = purpose.token({"subscription": 1})
    for length in range(len(token)):
        with pytest.raises(UnusableLink):
            purpose.read(token[:length])


@pytest.mark.parametrize("rubbish", ["", ":", "::", "a:b:c", "\0", "é:é:é", "." * 5000, "eyJ9:1:2"])
def test_rubbish_is_no_token(rubbish):
    for purpose in PURPOSES:
        with pytest.raises(UnusableLink):
            purpose.read(rubbish)


@pytest.mark.parametrize("purpose", [CONFIRM_SIGNATURE, CONFIRM_SUBSCRIPTION], ids=lambda p: p.name)
def test_a_link_to_confirm_works_for_thirty_days(purpose, now):
    assert timedelta(days=30) == UNCONFIRMED_LIFETIME
    token = purpose.token({"signature": "1"})
    with time_machine.travel(now + timedelta(days=30) - timedelta(minutes=1), tick=False):
        assert purpose.read(token)
    with (
        time_machine.travel(now + timedelta(days=30, minutes=1), tick=False),
        pytest.raises(UnusableLink),
    ):
        purpose.read(token)


def test_a_link_to_stop_mails_never_ends(now):
    token = UNSUBSCRIBE.token({"subscription": 1})
    with time_machine.travel(now + timedelta(days=3650), tick=False):
        assert UNSUBSCRIBE.read(token) == {"subscription": 1}


def test_a_token_signed_with_another_key_is_useless(settings):
    token = UNSUBSCRIBE.token({"subscription": 1})
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789-0123456789"
    with pytest.raises(UnusableLink):
        UNSUBSCRIBE.read(token)


def test_a_rotated_key_keeps_mailed_links_alive(settings):
    token = UNSUBSCRIBE.token({"subscription": 1})
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789-0123456789"
    assert UNSUBSCRIBE.read(token) == {"subscription": 1}


def test_a_signed_value_that_is_no_payload_is_useless():
    purpose = LinkPurpose("unsubscribe", "supporters:unsubscribe", None)
    with pytest.raises(UnusableLink):
        purpose.read(purpose.token(["not", "a", "payload"]))


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_a_link_leads_to_the_readers_language_on_this_site_alone(language):
    link = UNSUBSCRIBE.address({"subscription": 1}, language=language)
    assert link.startswith(f"{settings.BASE_URL}/{language}/stop-mails/")
    assert not urlsplit(link).query


def test_a_digest_says_nothing_about_its_token():
    token = UNSUBSCRIBE.token({"subscription": 1})
    assert digest_of(token) not in token
    assert len(digest_of(token)) == 16
