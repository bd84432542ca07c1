"""Phone numbers, however they are typed."""

import pytest
from django.core.exceptions import ValidationError

from campaigns.supporters.phones import parse_phone, written_phone

FICTION = "+12025550123"  # Of the range that the North American plan keeps for films.
# Belgium keeps none: these follow its plan, and are only ever read here.
MOBILE = "+32460000012"
BRUSSELS = "+3222000012"


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("+1 202 555 0123", "BE", FICTION),
        ("001 202-555-0123", "BE", FICTION),
        ("(202) 555-0123", "US", FICTION),
        ("0460 00 00 12", "BE", MOBILE),
        ("0460/00.00.12", "BE", MOBILE),
        ("+32 (0)460 00 00 12", "FR", MOBILE),
        ("0032 460 00 00 12", "BE", MOBILE),
        ("32460000012", "BE", MOBILE),
        ("٠٤٦٠ ٠٠ ٠٠ ١٢", "BE", MOBILE),
        ("tel:+32-460-00-00-12", "NL", MOBILE),
        ("02 200 00 12", "BE", BRUSSELS),
    ],
)
def test_every_way_of_typing_a_number_is_the_same_number(typed, country, number):
    assert parse_phone(typed, country=country) == number


@pytest.mark.parametrize(
    "typed", ["", "12", "abc", "+", "0460 00 00", "+999 12345678", "1" * 61, "0460000012 ext. 3"]
)
def test_what_is_no_number_is_said_so(typed):
    with pytest.raises(ValidationError) as refusal:
        parse_phone(typed)
    assert refusal.value.code == "phone"


def test_the_number_of_a_service_is_nobodys():
    with pytest.raises(ValidationError):
        parse_phone("0800 00 012")


def test_no_sms_arrives_at_a_fixed_line():
    with pytest.raises(ValidationError) as refusal:
        parse_phone(BRUSSELS, is_mobile=True)
    assert refusal.value.code == "mobile"
    assert parse_phone(MOBILE, is_mobile=True) == MOBILE


@pytest.mark.parametrize(
    ("number", "written"),
    [(MOBILE, "0460 00 00 12"), (FICTION, "+1 202-555-0123"), ("", "")],
)
def test_a_number_is_shown_as_people_here_write_it(number, written):
    assert written_phone(number) == written
