"""Everything people are called, nothing that deceives."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from campaigns.supporters.names import LONGEST_NAME, parse_name
from tests.corpora import NAMES_THAT_NOBODY_HAS, NAMES_THAT_PEOPLE_HAVE


@pytest.mark.parametrize("name", NAMES_THAT_PEOPLE_HAVE, ids=ascii)
def test_a_name_that_people_have_passes(name):
    assert parse_name(name) == unicodedata.normalize("NFC", name).strip()


@pytest.mark.parametrize("what", NAMES_THAT_NOBODY_HAS)
def test_a_name_that_nobody_has_is_refused(what):
    with pytest.raises(ValidationError):
        parse_name(NAMES_THAT_NOBODY_HAS[what])


def test_spaces_are_made_single_and_trimmed():
    assert parse_name("  Mila \t  van\u00a0Hasel ") == "Mila van Hasel"


def test_a_book_of_marks_is_refused_without_being_read():
    """Its normal form takes minutes: whoever sends it must not keep the server busy."""
    with pytest.raises(ValidationError) as refusal:
        parse_name("a" + "\u0315" * 200_000 + "\u0300" * 200_000)
    assert refusal.value.code == "too_long"


@given(some.text(max_size=200))
def test_what_passes_is_visible_and_short(typed):
    try:
        name = parse_name(typed)
    except ValidationError:
        return
    assert 0 < len(name) <= LONGEST_NAME
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cs", "Co", "Cn"}
    assert not set(name) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
