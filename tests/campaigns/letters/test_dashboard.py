"""The page of an urgent action for staff: opened beside declared, in always as many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home import setup
from tests.campaigns.letters.acts import make_act, make_opening
from tests.factories.facts import make_office, make_urgent_action
from tests.factories.people import make_staff, make_supporter
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaigner(client, site):
    client.force_login(make_staff(setup.CAMPAIGNERS))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page_of(client, action):
    response = client.get(reverse("urgent_actions:inspect", args=[action.pk]))
    assert response.status_code == 200
    return ServedPage(response.text)


def table(page, title):
    """The words of the rows of the section with that title."""
    [heading] = [each for each in page.all("h2") if each.words.strip() == title]
    section = heading.parents[-1]
    rows = [each for each in page.all("tr") if section in each.parents]
    words = [
        [" ".join(cell.words.split()) for cell in page.all("td") if row in cell.parents]
        for row in rows
    ]
    return [row for row in words if row]


def fill(action, now, *, office=None):
    office = office or action.issues.get().targets.get().office
    for number in range(3):
        make_opening(action, at=now - number * DAY, channel="SMS", office=office, language="es")
    make_act(action, at=now - DAY, channel="SMS", office=office, language="es")
    make_act(action, at=now, channel="POST", language="")
    make_act(action, at=now, channel="POST", is_late=True)
    make_act(action, at=now, channel="POST", undone_at=now)


def test_every_figure_stands_by_itself(campaigner, now):
    action = make_urgent_action()
    fill(action, now)
    page = page_of(campaigner, action)
    assert table(page, "Letters") == [
        ["Declared in time", "2"],
        ["Declared after the end", "1"],
        ["Declared and taken back", "1"],
        ["Ways to write that were opened", "3"],
    ]
    assert table(page, "Letters by channel") == [
        ["Text message", "3", "1", "0", "0"],
        ["Post", "0", "1", "1", "1"],
    ]
    assert table(page, "Letters by language") == [
        ["Spanish", "3", "1", "0", "0"],
        ["not said", "0", "1", "0", "0"],
        ["French", "0", "0", "1", "1"],
    ]
    assert table(page, "Letters by addressee") == [
        ["Minister of Justice (en)", "3", "1", "0", "0"],
        ["the embassy, or not said", "0", "1", "1", "1"],
    ]
    # Five figures that add opened to declared would be in one of these.
    lines = {each.attributes["class"].rpartition("--")[2] for each in page.all("polyline")}
    assert lines == {"opened", "declared"}
    [chart] = [each for each in page.all("table") if each.attributes.get("class") == "chart__table"]
    cells = [each.words for each in page.all("td") if chart in each.parents]
    assert cells == ["1", "0", "1", "1", "1", "1"]


def test_before_the_first_letter_it_says_so(campaigner):
    page = page_of(campaigner, make_urgent_action())
    assert table(page, "Letters by channel") == []
    assert page.all("polyline") == []


def test_it_takes_as_many_queries_for_one_letter_as_for_many(campaigner, now):
    action = make_urgent_action()
    fill(action, now)
    page_of(campaigner, action)
    with CaptureQueriesContext(connection) as few:
        page_of(campaigner, action)
    for _number in range(3):
        fill(action, now, office=make_office())
    make_act(action, supporter=make_supporter(), channel="FAX", language="de")
    with CaptureQueriesContext(connection) as many:
        page_of(campaigner, action)
    assert len(many) == len(few)
