"""The figure on the page: what people declared in time, in all languages, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.letters.figures import curve_of, groups_by, letters_declared
from campaigns.letters.links import code_of_action
from campaigns.letters.models import UrgentActionIssue
from tests.campaigns.letters.acts import make_act, make_opening
from tests.factories.facts import make_issue, make_urgent_action
from tests.pages import ServedPage
from tests.steps import LANGUAGES, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(site):
    return make_urgent_action()


def path(action, language="en"):
    code = code_of_action(action.number, action.year)
    return address("letters:count_fragment", code, language=language)


def test_it_adds_up_over_issues_and_languages_and_over_nothing_else(action, now):
    make_act(action, page_language="nl")
    action.issues.update(state=UrgentActionIssue.State.SUPERSEDED)
    make_issue(action, kind="FURTHER_INFORMATION")
    make_act(action, page_language="fr")
    make_act(action, is_late=True)
    make_act(action, undone_at=now)
    make_act(make_urgent_action())
    make_opening(action)
    with CaptureQueriesContext(connection) as queries:
        assert letters_declared(action) == 2
    assert len(queries) == 1


def test_it_is_read_from_an_index(action):
    with CaptureQueriesContext(connection) as queries:
        letters_declared(action)
    if connection.vendor != "sqlite":
        pytest.skip("Each database explains itself in its own way.")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "letters_letteract_counted" in plan


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_before_the_first_and_then_what_it_means(client, action, language):
    empty = client.get(path(action, language))
    assert "tally" not in empty.text
    make_act(action)
    shown = client.get(path(action, language))
    [number] = [each for each in ServedPage(shown.text).elements if "data-count" in each.attributes]
    assert number.words == "1"
    assert len(ServedPage(shown.text).all("p")) == 2
    assert "max-age=5" in shown.headers["Cache-Control"]
    fresh = client.get(number.attributes["data-count-at"])
    assert fresh.json() == {"count": 1}
    assert "max-age=5" in fresh.headers["Cache-Control"]


def test_opened_and_declared_stand_side_by_side(action, now):
    office = action.issues.get().targets.get().office
    for _number in range(3):
        make_opening(action, channel="SMS", office=office)
    make_opening(action, channel="GMAIL")
    make_act(action, channel="SMS", office=office)
    make_act(action, channel="POST", is_late=True)
    make_act(action, channel="POST", undone_at=now)
    channels = {group.key: group.figures for group in groups_by(action, "channel")}
    assert [(key, each.opened, each.declared) for key, each in channels.items()] == [
        ("SMS", 3, 1),
        ("GMAIL", 1, 0),
        ("POST", 0, 0),
    ]
    assert (channels["POST"].late, channels["POST"].taken_back) == (1, 1)
    offices = {group.key: group.figures.opened for group in groups_by(action, "office")}
    assert offices == {office.pk: 3, None: 1}


def test_days_are_those_of_brussels_and_long_times_are_told_by_the_week(action):
    begin = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    make_act(action, at=begin)
    make_act(action, at=begin, is_late=True)
    make_opening(action, at=begin + timedelta(days=2))
    with timezone.override("America/New_York"):  # Wherever the staff are.
        steps = curve_of(action).steps
    assert [(step.day.isoformat(), step.opened, step.declared) for step in steps] == [
        ("2026-03-02", 0, 1),
        ("2026-03-03", 0, 0),
        ("2026-03-04", 1, 0),
    ]
    make_act(action, at=begin + timedelta(days=150))
    curve = curve_of(action)
    assert (curve.days, len(curve.steps)) == (7, 22)
    assert sum(step.declared for step in curve.steps) == 2
