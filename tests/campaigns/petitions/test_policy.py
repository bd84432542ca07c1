"""What a petition says of itself: figure, goal, addressee, dates, names, milestones."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.petitions import selectors
from campaigns.petitions.models import Milestone, Petition, Signature, Tally
from tests.factories.facts import labels, make_case, make_office, make_petition
from tests.factories.pages import make_case_page
from tests.pages import ServedPage
from tests.steps import address, press_sign

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def counted(now, confirmed: int, **policy) -> Petition:
    petition = make_petition(**policy)
    Tally.objects.create(
        petition=petition, received=confirmed + 7, confirmed=confirmed, counted_at=now
    )
    return petition


def shown(client, petition: Petition) -> str:
    """The words of the page on which the petition is signed, each space one."""
    response = client.get(address("petitions:sign", petition.reference, language="en"))
    [main] = ServedPage(response.text).all("main")
    return " ".join(main.words.split())


def test_below_its_number_a_petition_shows_no_figure_and_nothing_gives_it_away(client, now):
    petition = counted(now, 49, shown_from=50)
    words = shown(client, petition)
    assert "Be among the first to sign." in words
    assert "49" not in words
    assert "goal" not in words
    answer = client.get(f"/petitions/{petition.reference}/count/").json()
    assert (answer["count"], answer["percent"]) == (None, 0)
    for name in ("thanks", "confirmed"):
        path = address(f"petitions:{name}", petition.reference, language="en")
        assert "data-count" not in client.get(path).text

    Tally.objects.update(confirmed=50)
    assert "50 people have signed" in shown(client, petition)
    assert "Be among the first" not in shown(client, petition)


def test_a_goal_that_is_reached_is_followed_by_the_next_one(client, now):
    petition = counted(now, 999, goal=1000)
    assert "goal: 1,000" in shown(client, petition)
    Tally.objects.update(confirmed=1000)
    assert "The first goal of 1,000 is reached. The next one: 2,500" in shown(client, petition)
    Petition.objects.update(goal_rises=False)
    assert "goal" not in shown(client, petition)


@pytest.mark.parametrize(
    ("figure", "number", "words"),
    [
        ("CONFIRMED", "12", "Only confirmed signatures are counted"),
        ("RECEIVED", "19", "All signatures that have arrived are counted, confirmed or not"),
    ],
)
def test_what_the_figure_counts_is_said(client, now, figure, number, words):
    text = shown(client, counted(now, 12, figure=figure))
    assert f"{number} people have signed" in text
    assert words in text


def test_who_it_goes_to_is_said_in_the_readers_language(client):
    petition = make_petition(office=make_office(title=labels("Minister of Justice")))
    assert "Goes to: Minister of Justice (en) (Orvania (en))" in shown(client, petition)
    assert "Goes to" not in shown(client, make_petition())


@pytest.mark.parametrize(
    ("closes_at", "last_day"),
    [("2126-12-10T00:00", "9 December 2126"), ("2126-12-10T18:00", "10 December 2126")],
)
def test_the_last_day_is_one_on_which_it_can_be_signed(client, closes_at, last_day):
    moment = timezone.make_aware(datetime.fromisoformat(closes_at))
    petition = make_petition(closes_at=moment)
    assert f"Can be signed until {last_day}" in shown(client, petition)
    assert "until" not in shown(client, make_petition())


def test_before_it_opens_the_place_of_the_form_says_from_when(client, site, now):
    opens_at = now + 3 * DAY
    petition = make_petition(opens_at=opens_at, office=make_office())
    page = make_case_page(case=petition.case, petition=petition, language="en")
    on_page = client.get(page.url)
    assert "This petition can be signed from" in on_page.text
    assert "closed" not in " ".join(a.words for a in ServedPage(on_page.text).all("aside"))
    assert 'data-form="sign"' not in on_page.text
    alone = client.get(address("petitions:sign", petition.reference, language="en"))
    assert alone.status_code == 410
    assert "This petition is not open yet" in alone.text
    assert "closed" not in alone.text.partition("<main")[2].partition("</main")[0]


def test_of_a_case_that_takes_no_acts_nobody_is_told_to_come_back(now):
    case = make_case(state="CLOSED")
    petition = make_petition(case=case, opens_at=now + DAY)
    assert selectors.policy(petition, now=now).opens_at is None


def test_names_are_asked_about_only_where_names_are_handed_over(client):
    path = "petitions:sign"
    number = make_petition(handover="NUMBER")
    names = make_petition(handover="NAMES")
    page = client.get(address(path, number.reference))
    assert 'name="keeps_name"' not in page.text
    assert 'name="keeps_name"' in client.get(address(path, names.reference)).text
    press_sign(client, number)
    press_sign(client, names)
    press_sign(client, names, email="shy@example.org", keeps_name="on")
    passed_on = Signature.objects.order_by("signed_at").values_list("passes_on_name", flat=True)
    assert list(passed_on) == [False, True, False]


@pytest.mark.parametrize(
    ("ago", "confirmed", "is_told"),
    [
        (HOUR, 5100, True),
        (7 * DAY - HOUR, 5100, True),
        (7 * DAY + HOUR, 5100, False),
        # Some were withdrawn or judged since: it would not be true any more.
        (HOUR, 4990, False),
    ],
)
def test_a_milestone_is_told_of_for_a_week(client, now, ago, confirmed, is_told):
    petition = counted(now, confirmed, goal=10_000)
    Milestone.objects.create(petition=petition, figure=2500, reached_at=now - 30 * DAY)
    Milestone.objects.create(petition=petition, figure=5000, reached_at=now - ago)
    words = shown(client, petition)
    assert ("5,000 signatures were reached on" in words) == is_told
    assert "2,500 signatures" not in words


def test_of_several_milestones_only_the_highest_is_told_of(client, now):
    petition = counted(now, 600)
    for figure in (100, 250, 500):
        Milestone.objects.create(petition=petition, figure=figure, reached_at=now)
    assert shown(client, petition).count("signatures were reached") == 1
    assert "500 signatures were reached" in shown(client, petition)


def test_all_that_a_form_says_is_read_at_once(now, django_assert_num_queries):
    petition = counted(now, 600, office=make_office())
    Milestone.objects.create(petition=petition, figure=500, reached_at=now)
    with django_assert_num_queries(1):
        found = selectors.petition(pk=petition.pk)
        policy = selectors.policy(found, now=now)
        selectors.progress(found)
    assert (policy.milestone, policy.milestone_on) == (500, timezone.localdate(now))
