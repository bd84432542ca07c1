"""What the signing form offers in each language."""

import pytest
from django.utils import translation

from campaigns.petitions.forms import SignForm
from campaigns.supporters.countries import NEAR, country_choices
from tests.steps import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_countries_are_named_in_the_readers_language_with_nearby_ones_first(language):
    choices = country_choices(language)
    codes = [code for code, _name in choices]
    assert tuple(codes[: len(NEAR)]) == NEAR
    assert len(codes) == len(set(codes)) > 240
    belgium = {"fr": "Belgique", "nl": "België", "de": "Belgien", "en": "Belgium"}
    assert dict(choices)["BE"] == belgium[language]


@pytest.mark.parametrize("code", ["EU", "UN", "ZZ", "XA", "XB", "EZ", "QO", "001"])
def test_what_is_no_country_is_not_offered(code):
    assert code not in dict(country_choices("en"))


def test_every_country_that_people_live_in_is_offered():
    codes = dict(country_choices("en"))
    for code in ["BE", "PS", "TW", "XK", "EH", "VA", "CD", "CW"]:
        assert code in codes


def test_belgium_is_chosen_beforehand_and_nothing_else_is_filled_in():
    with translation.override("fr"):
        form = SignForm()
        assert form["country"].value() == "BE"
        for name in ("given_name", "family_name", "email", "page"):
            assert form[name].value() is None
