"""Urgent actions end at midnight in Brussels, wherever the server or the reader is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.letters.models import UrgentAction, UrgentActionIssue, end_of_day
from campaigns.letters.selectors import deadline
from tests.factories.facts import make_urgent_action

pytestmark = pytest.mark.django_db
Kind = UrgentActionIssue.Kind


def issue(action, ordinal: int, kind, act_before=None):
    return UrgentActionIssue.objects.create(
        urgent_action=action,
        ordinal=ordinal,
        kind=kind,
        issued_on=date(2026, 11, 1),
        act_before=act_before,
    )


def at(action, now):
    return deadline(UrgentAction.objects.with_latest_issue().get(pk=action.pk), now=now)


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
    later = now.date() + timedelta(days=20)
    issue(action, 2, Kind.FURTHER_INFORMATION, later)
    assert (at(action, now).is_open, at(action, now).act_before) == (True, later)


@pytest.mark.parametrize("kind", [Kind.STOP, Kind.OUTCOME])
def test_a_stopped_action_is_closed_whatever_its_date_says(now, kind):
    action = make_urgent_action(days_left=10)
    issue(action, 2, kind, now.date() + timedelta(days=10))
    assert not at(action, now).is_open


def test_an_action_without_any_issue_is_closed(now):
    assert not at(make_urgent_action(days_left=None), now).is_open


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
