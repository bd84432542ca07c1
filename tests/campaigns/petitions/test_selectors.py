"""Figures as they are shown."""

import pytest

from campaigns.petitions.models import Petition, Tally
from campaigns.petitions.selectors import Progress, progress
from tests.factories.facts import make_petition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("figure", "shown"), [("CONFIRMED", 3), ("RECEIVED", 5)])
def test_a_petition_shows_the_figure_that_it_says_it_shows(now, figure, shown):
    petition = make_petition(figure=figure, goal=10)
    Tally.objects.create(petition=petition, received=5, confirmed=3, counted_at=now)
    seen = progress(petition)
    assert (seen.count, seen.goal, seen.is_confirmed_only) == (shown, 10, figure == "CONFIRMED")
    assert seen.percent == shown * 10


def test_a_petition_that_was_never_counted_shows_nought():
    assert progress(make_petition()).count == 0


def test_the_figure_costs_nothing_when_the_tally_is_joined_in(now, django_assert_num_queries):
    Tally.objects.create(petition=make_petition(), counted_at=now)
    petition = Petition.objects.select_related("tally").get()
    with django_assert_num_queries(0):
        progress(petition)


@pytest.mark.parametrize(
    ("count", "goal", "percent"),
    [(0, 10, 0), (1, 3, 33), (10, 10, 100), (20, 10, 100), (5, 0, 100)],
)
def test_the_way_to_the_goal_ends_at_the_goal(count, goal, percent):
    assert Progress("x", count, goal, is_confirmed_only=True).percent == percent
