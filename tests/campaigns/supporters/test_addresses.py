"""One person, one address: however it was typed."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from campaigns.mailboxes import canonical_address
from campaigns.supporters.addresses import parse_address, refuse_disposable
from campaigns.supporters.fields import AddressField
from tests.corpora import (
    ADDRESSES_THAT_WORK,
    MALFORMED_ADDRESSES,
    SPELLINGS_OF_ONE_MAILBOX,
    TWO_MAILBOXES,
)


@pytest.mark.parametrize(("typed", "parsed"), ADDRESSES_THAT_WORK.items())
def test_an_address_that_works_is_kept_as_it_is_sent_to(typed, parsed):
    assert parse_address(typed) == parsed


@pytest.mark.parametrize("what", MALFORMED_ADDRESSES)
def test_a_malformed_address_is_refused_in_plain_words(what):
    with pytest.raises(ValidationError) as refusal:
        parse_address(MALFORMED_ADDRESSES[what])
    assert "@example.org" in str(refusal.value.message)


@pytest.mark.parametrize("spellings", SPELLINGS_OF_ONE_MAILBOX, ids=lambda line: line[0])
def test_spellings_of_one_mailbox_are_one(spellings):
    assert len({canonical_address(parse_address(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize("pair", TWO_MAILBOXES, ids=" / ".join)
def test_two_mailboxes_stay_two(pair):
    one, other = (canonical_address(parse_address(address)) for address in pair)
    assert one != other


@given(some.emails())
def test_the_canonical_form_of_a_canonical_form_is_itself(address):
    once = canonical_address(address)
    assert canonical_address(once) == once


@given(some.text(max_size=300))
def test_nothing_that_is_typed_does_worse_than_be_refused(typed):
    try:
        parsed = parse_address(typed)
    except ValidationError:
        return
    assert canonical_address(parsed).isprintable()


DISPOSABLE = ["mailinator.com", "MAILINATOR.com", "eu.mailinator.com", "yopmail.com"]
# Aliases lead to a lasting mailbox; people in danger need them most.
LASTING = ["mozmail.com", "duck.com", "passmail.net", "privaterelay.appleid.com", "example.org"]


@pytest.mark.parametrize("domain", DISPOSABLE)
def test_a_mailbox_that_disappears_is_refused_with_a_way_on(domain):
    with pytest.raises(ValidationError) as refusal:
        AddressField().clean(f"mila@{domain}")
    assert refusal.value.code == "disposable"
    assert AddressField(takes_disposable=True).clean(f"mila@{domain}")


@pytest.mark.parametrize("domain", LASTING)
def test_an_alias_that_forwards_is_welcome(domain):
    refuse_disposable(f"mila@{domain}")
