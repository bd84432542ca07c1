"""What formulas let people choose among: only what may be shown, and acted for, today."""

from datetime import timedelta

import pytest
from django.utils import translation

from campaigns.cases.choices import cases, countries, themes
from campaigns.cases.models import Case, CaseConsent, Theme
from campaigns.supporters import choices
from tests.factories.facts import labels, make_case, make_country
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
Scope = CaseConsent.Scope


def test_themes_countries_and_cases_can_be_chosen():
    assert {"theme", "country", "case"} <= {kind.code for kind in choices.every_kind()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_readers_language(now, language):
    Theme.objects.create(code="land", name=labels("Land"))
    make_case(country=make_country("XM"))
    with translation.override(language):
        assert [option.label for option in themes(now)] == [f"Land ({language})"]
        [country] = countries(now)
        assert (country.code, country.label) == ("XM", f"Orvania ({language})")


@pytest.mark.parametrize("state", sorted(set(Case.State.values) - {"ACTIVE"}))
def test_only_a_case_that_is_worked_on_can_be_chosen(now, state):
    fields = {"state_before_hiding": "ACTIVE"} if state == "HIDDEN" else {}
    make_case(state=state, **fields)
    assert (cases(now), countries(now)) == ([], [])


def test_a_case_under_embargo_or_without_consent_to_publish_is_not_there(now):
    make_case(embargo_until=now + timedelta(days=1))
    make_case(scopes=[Scope.WORK])
    assert cases(now) == []


def test_a_case_is_called_as_its_consents_allow(now):
    shown = make_case(given_name="Ana", family_name="Drovik")
    first = make_case(
        given_name="Tomas", family_name="Elarin", scopes=[Scope.WORK, Scope.WEB, Scope.NAME]
    )
    nobody = make_case(given_name="Noor", family_name="Hadesh", scopes=[Scope.WORK, Scope.WEB])
    found = {option.code: option.label for option in cases(now)}
    assert found[shown.reference].startswith("Ana Drovik (")
    assert found[first.reference].startswith("Tomas (")
    assert "Noor" not in found[nobody.reference]
    assert "Hadesh" not in found[nobody.reference]


def test_more_cases_cost_no_more_queries(now, django_assert_num_queries):
    for _number in range(4):
        make_case()
    with django_assert_num_queries(3):
        cases(now)
