"""Urgent actions end at midnight in Brussels, wherever the server or the reader is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.cases.models import Case
from campaigns.letters.models import UrgentAction, UrgentActionIssue, end_of_day
from campaigns.letters.selectors import deadline
from tests.factories.facts import make_urgent_action

pytestmark = pytest.mark.django_db
Kind, State = UrgentActionIssue.Kind, UrgentActionIssue.State


def issue(action, ordinal: int, kind, act_before=None, *, state=State.OPEN):
    return UrgentActionIssue.objects.create(
        urgent_action=action,
        ordinal=ordinal,
        kind=kind,
        state=state,
        issued_on=date(2026, 11, 1),
        act_before=act_before,
    )


def at(action, now):
    actions = UrgentAction.objects.with_latest_issue().select_related("case")
    return deadline(actions.get(pk=action.pk), now=now)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), True),  # One second to midnight, winter.
        (datetime(2026, 11, 30, 23, 0, 1, tzinfo=UTC), False),
        (datetime(2026, 11, 1, tzinfo=UTC), True),
        (datetime(2026, 12, 1, tzinfo=UTC), False),
    ],
)
def test_an_action_is_open_until_midnight_in_brussels(now, is_open):
    action = make_urgent_action(days_left=None)
    issue(action, 1, Kind.FIRST, date(2026, 11, 30))
    assert at(action, now).is_open is is_open


def test_summer_time_moves_midnight():
    assert end_of_day(date(2026, 7, 1)).astimezone(UTC).hour == 21
    assert end_of_day(date(2026, 12, 1)).astimezone(UTC).hour == 22


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2026, 11, 30, 12, tzinfo=UTC), 0),
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), 0),  # Already the 30th in Brussels.
        (datetime(2026, 11, 29, 22, 30, tzinfo=UTC), 1),
        (datetime(2026, 11, 20, 12, tzinfo=UTC), 10),
        (datetime(2026, 12, 24, 12, tzinfo=UTC), 0),
    ],
)
def test_days_are_counted_as_brussels_counts_them(now, days):
    action = make_urgent_action(days_left=None)
    issue(action, 1, Kind.FIRST, date(2026, 11, 30))
    assert at(action, now).days_left == days


def test_the_latest_issue_decides(now):
    action = make_urgent_action(days_left=-3)
    assert not at(action, now).is_open
    action.issues.update(state=State.EXPIRED)
    later = now.date() + timedelta(days=20)
    issue(action, 2, Kind.FURTHER_INFORMATION, later)
    assert (at(action, now).is_open, at(action, now).act_before) == (True, later)


@pytest.mark.parametrize(
    ("kind", "state"), [(Kind.STOP, State.STOPPED), (Kind.OUTCOME, State.SUCCEEDED)]
)
def test_a_stopped_action_is_closed_whatever_its_date_says(now, kind, state):
    action = make_urgent_action(days_left=10)
    action.issues.update(state=state)
    issue(action, 2, kind, now.date() + timedelta(days=10), state=state)
    assert not at(action, now).is_open


@pytest.mark.parametrize("kind", [Kind.STOP, Kind.OUTCOME])
def test_a_stop_or_an_outcome_is_never_open(now, kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(make_urgent_action(days_left=None), 1, kind, now.date() + timedelta(days=10))


@pytest.mark.parametrize("state", sorted(set(State.values) - {State.OPEN}))
def test_what_is_not_open_cannot_be_acted_on_whatever_its_date_says(now, state):
    action = make_urgent_action(days_left=10)
    action.issues.update(state=state)
    assert not at(action, now).is_open


@pytest.mark.parametrize("state", sorted(set(Case.State.values) - {Case.State.ACTIVE}))
def test_an_action_is_closed_with_its_case_whoever_has_noticed_yet(now, state):
    action = make_urgent_action(days_left=10)
    assert at(action, now).is_open
    Case.objects.update(state=state, closing_reason="FREED" if state == "CLOSED" else "")
    assert not at(action, now).is_open


def test_an_action_is_closed_until_its_embargo_ends(now):
    action = make_urgent_action(days_left=10)
    Case.objects.update(embargo_until=now + timedelta(hours=1))
    assert not at(action, now).is_open
    assert at(action, now + timedelta(hours=1)).is_open


def test_the_deadline_costs_no_query(django_assert_num_queries, now):
    make_urgent_action()
    make_urgent_action()
    with django_assert_num_queries(1):
        actions = UrgentAction.objects.with_latest_issue().select_related("case")
        assert all(deadline(action, now=now).is_open for action in actions)


def test_an_action_without_any_issue_is_closed(now):
    assert not at(make_urgent_action(days_left=None), now).is_open


@pytest.mark.parametrize("state", sorted(UrgentActionIssue.UNISSUED))
def test_an_issue_that_is_being_prepared_needs_no_deadline_yet(state):
    issue(make_urgent_action(days_left=None), 1, Kind.FIRST, None, state=state)


def test_an_issue_is_in_a_state_that_exists():
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(make_urgent_action(days_left=None), 1, Kind.FIRST, state="FORGOTTEN")


def test_the_last_day_of_an_issue_is_not_before_the_day_it_was_sent_out():
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(make_urgent_action(days_left=None), 1, Kind.FIRST, date(2026, 10, 31))


def test_an_issue_to_act_on_has_a_deadline():
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(make_urgent_action(days_left=None), 1, Kind.FIRST, None)


def test_a_number_is_given_once_a_year():
    make_urgent_action(number=1, year=2025)
    make_urgent_action(number=1, year=2024)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_urgent_action(number=1, year=2025)


def test_an_issue_has_its_place_in_the_chain_to_itself(now):
    action = make_urgent_action()
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(action, 1, Kind.FURTHER_INFORMATION, now.date())


def test_an_action_is_called_by_number_and_year():
    assert str(make_urgent_action(number=36, year=2014)) == "36/14"
