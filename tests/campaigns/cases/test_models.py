"""Facts about cases: dated events give the badge, for everybody at once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone, translation

from campaigns.cases.models import FREED, Case, Country, Situation, SituationEvent
from campaigns.cases.selectors import badge
from tests.factories.facts import make_case, make_country
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
S = Situation


def shown(case: Case):
    return badge(Case.objects.with_situation().get(pk=case.pk))


def test_the_last_event_gives_the_badge():
    case = make_case((date(2026, 5, 1), S.SENTENCED), (date(2026, 2, 1), S.PRETRIAL))
    assert shown(case).since == date(2026, 5, 1)
    assert shown(case).words == S.SENTENCED.label


def test_of_two_events_on_one_day_the_one_recorded_last_counts():
    case = make_case((date(2026, 5, 1), S.RELEASE_ORDERED), (date(2026, 5, 1), S.REARRESTED))
    assert shown(case).words == S.REARRESTED.label


def test_an_event_that_is_hidden_or_to_come_says_nothing_yet():
    case = make_case((date(2026, 2, 1), S.PRETRIAL))
    SituationEvent.objects.create(
        case=case, situation=S.RELEASED, occurred_on=date(2026, 3, 1), is_visible=False
    )
    tomorrow = timezone.localdate() + timedelta(days=1)
    SituationEvent.objects.create(case=case, situation=S.RELEASED, occurred_on=tomorrow)
    assert shown(case).words == S.PRETRIAL.label


def test_a_case_without_events_has_no_badge():
    assert shown(make_case()) is None


@pytest.mark.parametrize("situation", Situation)
def test_freed_is_told_from_not_freed(situation):
    case = make_case((date(2026, 2, 1), situation))
    assert shown(case).is_freed is (situation in FREED)


def test_nobody_is_freed_by_a_suspended_sentence_house_arrest_or_death():
    assert not FREED & {
        S.SUSPENDED_SENTENCE, S.HOUSE_ARREST, S.RELEASE_ORDERED, S.EXILE, S.EXECUTED,
        S.DIED_IN_CUSTODY, S.KILLED,
    }  # fmt: skip


def test_freed_is_not_closed():
    """The three life cycles are kept apart: work may go on for somebody who is free."""
    case = make_case((date(2026, 2, 1), S.RELEASED))
    assert case.state == Case.State.ACTIVE


def test_every_situation_has_words_in_every_language():
    for language in LANGUAGES:
        with translation.override(language):
            words = [str(situation.label) for situation in Situation]
            assert all(words)
            assert len(set(words)) == len(words)
    with translation.override("nl"):
        assert str(S.PRETRIAL.label) != "in pre-trial detention"


def test_situations_cost_one_query_for_any_number_of_cases(django_assert_num_queries):
    for _number in range(5):
        make_case((date(2026, 2, 1), S.PRETRIAL))
    with django_assert_num_queries(1):
        assert len([badge(case) for case in Case.objects.with_situation()]) == 5


@pytest.mark.parametrize("code", ["b", "BEL", "be", "B1", "", "É "])
def test_a_country_code_is_two_capital_letters(code):
    with pytest.raises(ValidationError):
        Country(code=code, name=make_country().name).full_clean()


def test_a_country_is_named_in_the_readers_language():
    country = make_country()
    with translation.override("nl"):
        assert str(country) == "Orvania (nl)"


def test_a_case_that_something_stands_on_cannot_be_deleted():
    case = make_case((date(2026, 2, 1), S.PRETRIAL))
    with pytest.raises(ProtectedError):
        case.delete()
    with pytest.raises(ProtectedError):
        case.country.delete()


def test_a_case_is_in_a_state_that_exists():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_case(state="FORGOTTEN")
