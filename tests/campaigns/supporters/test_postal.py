"""Postal addresses: read as they are typed, written as they stand on an envelope."""

from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from campaigns.supporters.postal import PostalAddress, parse_line, parse_postal

TYPED = {"street": "Rue Inventée 12", "box": "", "locality": "Ciney"}


def address(**changes: str) -> PostalAddress:
    return parse_postal(**{**TYPED, "postcode": "5590", "country": "BE", **changes})


@pytest.mark.parametrize(
    ("country", "typed", "postcode"),
    [
        ("BE", "1348", "1348"),
        ("BE", "B-1348", "1348"),
        ("BE", " b 1348 ", "1348"),
        ("NL", "1012ab", "1012 AB"),
        ("NL", "1012  AB", "1012 AB"),
        ("NL", "NL-1012 AB", "1012 AB"),
        ("FR", "75011", "75011"),
        ("FR", "F-75 011", "75011"),
        ("LU", "L-1009", "1009"),
        ("DE", "D-10115", "10115"),
        ("CH", "CH-3011", "3011"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "M1 1AE", "M1 1AE"),
        ("US", "20500", "20500"),
        ("HK", "", ""),
    ],
)
def test_postcodes_are_read_as_people_type_them(country, typed, postcode):
    assert address(country=country, postcode=typed).postcode == postcode


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("BE", ""), ("BE", "0348"), ("BE", "13480"), ("BE", "١٣٤٨"), ("NL", "1012"),
        ("FR", "7501"), ("LU", "75011"), ("DE", "1011"), ("CH", "30111"), ("GB", "12345"),
    ],
)  # fmt: skip
def test_a_postcode_of_another_country_is_said_so_beside_it(country, typed):
    with pytest.raises(ValidationError) as refusal:
        address(country=country, postcode=typed)
    assert list(refusal.value.message_dict) == ["postcode"]


def test_a_street_without_a_number_is_half_an_address():
    with pytest.raises(ValidationError) as refusal:
        address(street="Rue Inventée")
    assert list(refusal.value.message_dict) == ["street"]
    assert address(country="GB", postcode="M1 1AE", street="The Old Mill").street == "The Old Mill"


@pytest.mark.parametrize(
    ("street", "number", "box"),
    [
        ("Rue Inventée 242 bte 63", "Rue Inventée 242", "63"),
        ("Verzonnenstraat 55, bus 12", "Verzonnenstraat 55", "12"),
        ("Rue Inventée 3A boîte 2.1", "Rue Inventée 3A", "2.1"),
        ("Bustelstraat 5", "Bustelstraat 5", ""),
    ],
)
def test_a_box_behind_the_number_is_understood(street, number, box):
    read = address(street=street)
    assert (read.street, read.box) == (number, box)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Rue Inventée 12 bte 3"),
        ("nl", "Rue Inventée 12 bus 3"),
        ("de", "Rue Inventée 12 Bfk. 3"),
        ("en", "Rue Inventée 12 box 3"),
    ],
)
def test_a_belgian_address_is_written_without_its_country(language, line):
    assert address(box="3").lines(language) == [line, "5590 Ciney"]


@pytest.mark.parametrize(
    ("language", "country"),
    [("fr", "ALLEMAGNE"), ("nl", "DUITSLAND"), ("de", "DEUTSCHLAND"), ("en", "GERMANY")],
)
def test_abroad_place_and_country_stand_in_capitals(language, country):
    lines = address(country="DE", postcode="10115", locality="Köln").lines(language)
    assert lines == ["Rue Inventée 12", "10115 KÖLN", country]


def test_a_british_postcode_stands_below_the_town():
    lines = address(country="GB", postcode="M11AE", locality="Manchester").lines("en")
    assert lines == ["Rue Inventée 12", "MANCHESTER", "M1 1AE", "UNITED KINGDOM"]


@pytest.mark.parametrize("typed", ["Rue\0", "Rue \u202e12", "\u200b", "---", "a" * 81, "a" * 5000])
def test_a_line_that_no_envelope_bears_is_refused(typed):
    with pytest.raises(ValidationError):
        parse_line(typed)


def test_spellings_of_one_postcode_are_found_together():
    keys = [
        PostalAddress("x", typed, "y", "BE").search_key for typed in ("1348", "B-1348", "b 1348")
    ]
    assert all(one == other for one, other in pairwise(keys))
