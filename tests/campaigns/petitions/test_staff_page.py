"""The page of a petition for staff: figures, curve, sources, milestones, policy."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.charts import Series, line_chart
from campaigns.petitions.figures import curve_of, groups_by
from campaigns.petitions.models import EmbedPartner
from campaigns.petitions.services import recount_signatures, tally_signatures
from home import setup
from tests.factories.facts import make_office, make_petition
from tests.factories.people import sign
from tests.pages import ServedPage

from .crowds import crowd, staff_in_english

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaigner(client, site):
    client.force_login(staff_in_english(setup.CAMPAIGNERS))
    return client


def page_of(client, petition) -> ServedPage:
    response = client.get(reverse("staff_petitions:inspect", args=[petition.pk]))
    assert response.status_code == 200
    return ServedPage(response.text)


def within(page: ServedPage, tag: str, parent) -> list:
    return [each for each in page.all(tag) if any(above is parent for above in each.parents)]


def cells(page: ServedPage, parent) -> list[list[str]]:
    """The words of the cells of a table's rows."""
    rows = [within(page, "td", row) for row in within(page, "tr", parent)]
    return [[" ".join(cell.words.split()) for cell in row] for row in rows if row]


def table(page: ServedPage, title: str) -> list[list[str]]:
    """The rows of the section with that title."""
    [heading] = [each for each in page.all("h2") if each.words.strip() == title]
    return cells(page, heading.parents[-1])


def test_the_page_says_in_words_and_figures_how_a_petition_stands(campaigner, now):
    petition = make_petition(
        goal=10, shown_from=3, office=make_office(), share_words={"en": "Sign for Ana"}
    )
    EmbedPartner.objects.create(
        name="Friends", origin="https://friends.example.org", code="friends"
    )
    crowd(petition, 101, at=now - DAY, source="share-whatsapp")
    crowd(petition, 7, at=now - 3 * DAY, source="by-abcdefghijkl", country="FR", language="nl")
    crowd(petition, 5, at=now - 3 * DAY, source="embed/friends", confirmed=False)
    crowd(petition, 4, at=now, confirmed=False, held_at=now, network="3f2a" * 4)
    tally_signatures(now=now)

    page = page_of(campaigner, petition)
    assert ["Received", "113"] in table(page, "Signatures")
    assert ["Confirmed", "108 (95 % of those received)"] in table(page, "Signatures")
    assert ["network 3f2a", "4"] in table(page, "Where the held signatures come from")
    assert table(page, "Sources") == [
        ["shared by WhatsApp", "101", "101", "0", "0"],
        ["personal links of signers", "7", "7", "0", "0"],
        ["on the site of Friends", "5", "0", "0", "0"],
        ["directly", "0", "0", "4", "0"],
    ]
    assert table(page, "Countries") == [
        ["Belgium", "106", "101", "4", "0"],
        ["France", "7", "7", "0", "0"],
    ]
    assert [row[0] for row in table(page, "Languages")] == ["French", "Dutch"]
    assert [row[0] for row in table(page, "Milestones")] == ["100"]
    policy = dict(table(page, "Policy"))
    assert policy["Goal"] == "250 now (rises by itself)"
    assert policy["Handed over"] == "names and countries"
    assert policy["Words to share"] == "Sign for Ana"
    assert "open: it takes signatures" in dict(table(page, "Petition"))["State"]
    assert "Dubreux" not in page.html
    assert "3f2a3f2a" not in page.html


def test_the_curve_is_a_drawing_with_names_on_its_lines_and_a_table_below(campaigner, now):
    petition = make_petition()
    today = timezone.localtime(now).replace(hour=0, minute=30)
    crowd(petition, 3, at=today - 2 * DAY)
    crowd(petition, 2, at=today - 2 * DAY, confirmed=False)
    crowd(petition, 4, at=today)
    tally_signatures(now=now)

    page = page_of(campaigner, petition)
    drawings = page.all("svg", role="img")
    assert len(drawings) == 2
    labels = {each.words for each in page.all("text") if "chart__label" in each.attributes["class"]}
    assert labels == {"received 9", "confirmed 7", "received 4", "confirmed 4"}
    drawn = page.all("table", class_="chart__table")
    assert [row for each in drawn for row in cells(page, each)] == [
        ["5", "3"], ["5", "3"], ["9", "7"],  # so far
        ["5", "3"], ["0", "0"], ["4", "4"],  # a day
    ]  # fmt: skip
    assert "style=" not in page.html.partition('<svg class="chart')[2].partition("</svg>")[0]


def test_a_new_petition_has_words_in_place_of_figures(campaigner):
    page = page_of(campaigner, make_petition())
    assert "Nobody has signed yet." in page.html
    assert page.all("svg", role="img") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_at": -DAY}, "closed: its time is over"),
        ({"opens_at": DAY}, "not open yet"),
    ],
)
def test_a_petition_that_takes_nothing_says_why(campaigner, now, fields, words):
    petition = make_petition(**{name: now + delta for name, delta in fields.items()})
    assert words in page_of(campaigner, petition).html


def test_the_page_takes_as_many_queries_for_many_signatures_as_for_few(campaigner, now):
    def queries(number: int) -> int:
        petition = make_petition()
        for day in range(number):
            crowd(petition, 2, at=now - day * DAY, source=f"leaflet-{day}", country="BE")
        crowd(petition, 1, at=now, held_at=now, confirmed=False)
        tally_signatures(now=now)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page_of(campaigner, petition)
        sql = [each["sql"] for each in captured if "petitions_signature" in each["sql"]]
        # The release button, and the networks of what is held: both by a partial index.
        assert all("held_at" in each for each in sql)
        return len(captured)

    queries(1)
    assert queries(2) == queries(30)


def test_of_many_sources_the_largest_are_shown_and_the_others_summed_up(now):
    petition = make_petition()
    for number in range(23):
        crowd(petition, 1 + (number < 20), at=now, source=f"leaflet-{number:02}")
    tally_signatures(now=now)
    groups = groups_by(petition, petition.tally, "source")
    assert [group.key for group in groups[:2]] == ["leaflet-00", "leaflet-01"]
    assert (len(groups), groups[-1].key, groups[-1].received) == (21, None, 3)


def test_a_long_curve_goes_by_weeks_and_loses_nobody(now):
    petition = make_petition()
    crowd(petition, 2, at=now - 200 * DAY)
    crowd(petition, 3, at=now)
    tally_signatures(now=now)
    curve = curve_of(petition)
    assert curve.days == 7
    assert len(curve.steps) == 29
    assert curve.steps[-1].received_so_far == sum(step.received for step in curve.steps) == 5


@pytest.mark.parametrize("values", [[0, 0], [0, 3], [1, 9], [50, 999], [0, 1_000_000]])
def test_every_point_lies_within_the_drawing_and_no_label_on_another(values):
    chart = line_chart(
        title="", summary="", unit="", points=["a", "b"],
        series=[Series("received", "received", values), Series("confirmed", "confirmed", values)],
    )  # fmt: skip
    for line in chart.lines:
        for point in line.points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 720
            assert 18 <= y <= 252
    heights = sorted(float(line.label_y) for line in chart.lines)
    assert heights[1] - heights[0] >= 26
    assert len(chart.upwards) == 5


def test_what_the_nightly_recount_found_stands_on_the_page_and_in_the_history(campaigner, now):
    petition = make_petition()
    crowd(petition, 3, at=now)
    tally_signatures(now=now)
    recount_signatures(petition=petition, now=now)
    assert "nothing was wrong" in page_of(campaigner, petition).html

    petition.tally.received += 7
    petition.tally.save()
    recount_signatures(petition=petition, now=now + DAY)
    page = page_of(campaigner, petition)
    assert "received +7" in page.html
    assert "nothing was wrong" not in page.html
    history = campaigner.get(reverse("staff_petitions:history", args=[petition.pk]))
    assert "Wrong figures put right" in history.text


def test_the_supporter_service_sees_the_page_without_what_is_not_its_work(client, site, now):
    petition = sign(make_petition(), is_held=True, now=now).petition
    tally_signatures(now=now)
    client.force_login(staff_in_english(setup.SUPPORTER_SERVICE))
    page = page_of(client, petition)
    links = {link.attributes.get("href") for link in page.all("a")}
    reached = {
        name
        for name in ("trends", "handover")
        if reverse(f"staff_petitions:{name}", args=[petition.pk]) in links
    }
    assert reached == {"handover"}
    assert reverse("staff_petitions:transition", args=[petition.pk, "count"]) not in links


def test_signatures_are_found_by_their_standing(client, site, now):
    petition = make_petition()
    held = sign(petition, email="held@example.org", is_held=True, now=now)
    received = sign(petition, email="received@example.org", now=now)
    client.force_login(staff_in_english(setup.SUPPORTER_SERVICE))
    listed = client.get(reverse("signatures:index"), {"standing": "H"}).text
    assert str(held.pk) in listed
    assert str(received.pk) not in listed
