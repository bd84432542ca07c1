"""Short labels in every language, in one row."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from campaigns.cases.models import Country
from campaigns.localized import LabelsField, label_in, validate_labels
from tests.steps import LANGUAGES

FULL = {"fr": "Belgique", "nl": "België", "de": "Belgien", "en": "Belgium"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_read_in_the_active_language(language):
    with translation.override(language):
        assert label_in(FULL) == FULL[language]
    assert label_in(FULL, language) == FULL[language]
    assert label_in(FULL, f"{language}-be") == FULL[language]


def test_a_label_that_is_missing_falls_back_to_the_sites_language_then_to_any():
    assert label_in({"fr": "Belgique", "en": "Belgium"}, "nl") == "Belgique"
    assert label_in({"en": "Belgium"}, "nl") == "Belgium"
    assert label_in({"fr": "", "de": "Belgien"}, "nl") == "Belgien"
    assert label_in({}, "nl") == ""


@pytest.mark.parametrize("labels", [{}, {**FULL, "nl": " "}, "Belgium", None, ["x"]])
def test_a_label_lacking_a_language_is_refused(labels):
    with pytest.raises(ValidationError):
        validate_labels(labels)


def test_a_full_label_is_accepted():
    validate_labels(FULL)


def test_the_form_field_takes_one_input_per_language_and_demands_each():
    field = LabelsField().formfield()
    assert field.clean([FULL[code] for code in LANGUAGES]) == FULL
    with pytest.raises(ValidationError):
        field.clean(["Belgique", "", "Belgien", "Belgium"])
    html = field.widget.render("name", FULL)
    for code in LANGUAGES:
        assert f'lang="{code}"' in html
        assert FULL[code] in html


@pytest.mark.django_db
def test_a_label_survives_the_database():
    Country.objects.create(code="BE", name=FULL)
    assert Country.objects.get(code="BE").name == FULL
