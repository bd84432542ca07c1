"""Lists narrowed down by state, country, theme and deadline: links that can be passed on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.cases.models import Case, Theme
from campaigns.web import PUBLIC_CACHE
from home.models import CaseIndexPage, UrgentActionIndexPage
from tests.factories.facts import labels, make_case, make_country, make_urgent_action
from tests.factories.pages import make_case_page, make_urgent_action_page
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(rows_of_module, django_db_blocker) -> dict[str, str]:
    """The addresses of the lists in all languages, made once: tests here look, and ask again."""
    with django_db_blocker.unblock():
        cases = make_cases()
        for language in LANGUAGES:
            for name, case in cases.items():
                make_case_page(case=case, title=name, language=language)
        days = {"Alix": 0, "Bram": 7, "Cleo": 3}
        actions = {
            name: make_urgent_action(case=cases[name], days_left=days[name]) for name in days
        }
        actions["Dara"] = make_urgent_action(case=cases["Bram"], days_left=8)
        for language in LANGUAGES:
            for name, action in actions.items():
                make_urgent_action_page(urgent_action=action, title=name, language=language)
        return {
            f"{kind} {page.locale.language_code}": page.url
            for kind, model in (("cases", CaseIndexPage), ("actions", UrgentActionIndexPage))
            for page in model.objects.all()
        }


def make_cases() -> dict[str, Case]:
    """Three cases that differ in everything one can ask for."""
    themes = {
        code: Theme.objects.create(code=code, name=labels(code)) for code in ("water", "torture")
    }
    other = make_country("XM")
    other.name = labels("Maravel")
    other.save()
    cases = {
        "Alix": make_case(given_name="Alix"),
        "Bram": make_case(given_name="Bram", country=other),
        "Cleo": make_case(given_name="Cleo", country=other, state=Case.State.CLOSED),
    }
    cases["Alix"].themes.set([themes["water"]])
    cases["Bram"].themes.set(themes.values())
    return cases


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture
def case_list(made, language) -> str:
    return made[f"cases {language}"]


@pytest.fixture
def action_list(made, language) -> str:
    return made[f"actions {language}"]


def listed(client, path: str, **asked: str) -> set[str]:
    """The titles in a list."""
    response = client.get(path, asked)
    assert response.status_code == 200
    headings = ServedPage(response.text).all("h3")
    return {heading.words.strip() for heading in headings} & {"Alix", "Bram", "Cleo", "Dara"}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"Alix", "Bram", "Cleo"}),
        ({"state": "open"}, {"Alix", "Bram"}),
        ({"state": "closed"}, {"Cleo"}),
        ({"country": "xa"}, {"Alix"}),
        ({"country": "xm"}, {"Bram", "Cleo"}),
        ({"theme": "water"}, {"Alix", "Bram"}),
        ({"theme": "torture"}, {"Bram"}),
        ({"theme": "water", "country": "xm"}, {"Bram"}),
        ({"state": "closed", "country": "xm"}, {"Cleo"}),
        ({"state": "closed", "country": "xa"}, set()),
        # What does not exist is ignored: an old link finds the whole list.
        ({"state": "sleeping"}, {"Alix", "Bram", "Cleo"}),
        ({"country": "zz"}, {"Alix", "Bram", "Cleo"}),
        ({"country": "XA"}, {"Alix", "Bram", "Cleo"}),
        ({"theme": "'; DROP TABLE"}, {"Alix", "Bram", "Cleo"}),
        ({"state": "\0"}, {"Alix", "Bram", "Cleo"}),
        ({"deadline": "today"}, {"Alix", "Bram", "Cleo"}),
        ({"colour": "red", "country": "xa"}, {"Alix"}),
        ({"state": "", "country": "", "theme": ""}, {"Alix", "Bram", "Cleo"}),
    ],
)
def test_cases_are_narrowed_down(client, case_list, asked, names):
    assert listed(client, case_list, **asked) == names


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"Alix", "Bram", "Cleo", "Dara"}),
        ({"state": "open"}, {"Alix", "Bram", "Dara"}),
        # The case was closed, and its action with it.
        ({"state": "closed"}, {"Cleo"}),
        ({"deadline": "today"}, {"Alix"}),
        ({"deadline": "week"}, {"Alix", "Bram"}),
        ({"deadline": "week", "country": "xm"}, {"Bram"}),
        ({"deadline": "yesterday"}, {"Alix", "Bram", "Cleo", "Dara"}),
        ({"theme": "torture"}, {"Bram", "Dara"}),
        ({"state": "closed", "deadline": "week"}, set()),
    ],
)
def test_urgent_actions_are_narrowed_down(client, action_list, asked, names):
    assert listed(client, action_list, **asked) == names


def test_the_form_shows_what_was_chosen_and_works_without_javascript(client, case_list):
    page = ServedPage(client.get(case_list, {"country": "xm", "theme": "water"}).text)
    [form] = page.all("form", class_="filter")
    assert form.attributes.get("method") == "get"
    chosen = {
        select.attributes["name"]: [
            option.attributes["value"]
            for option in page.all("option")
            if select in option.parents and "selected" in option.attributes
        ]
        for select in page.all("select")
    }
    assert chosen == {"state": [], "country": ["xm"], "theme": ["water"]}
    labelled = {label.attributes["for"] for label in page.all("label")}
    assert {select.attributes["id"] for select in page.all("select")} <= labelled


def test_choices_are_in_the_readers_language(client, case_list, language):
    page = ServedPage(client.get(case_list).text)
    words = {option.words.strip() for option in page.all("option")}
    assert {f"Orvania ({language})", f"Maravel ({language})", f"Water ({language})"} <= words


def test_where_nothing_answers_it_says_so_and_leads_back(client, case_list):
    page = ServedPage(client.get(case_list, {"state": "closed", "country": "xa"}).text)
    assert [part for part in page.all("p", class_="empty") if part.words.strip()]
    assert case_list in {link.attributes.get("href") for link in page.all("a")}


@pytest.mark.parametrize(
    "query", [{}, {"country": "xm"}, {"country": "nowhere"}, {"state": "open"}]
)
def test_a_filtered_list_is_kept_by_caches_like_the_whole_one(client, case_list, query):
    response = client.get(case_list, query)
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()


def test_what_may_not_be_shown_is_no_choice_either(client, case_list):
    embargo = timezone.now() + timedelta(days=1)
    assert Case.objects.filter(brief_name="Alix").update(embargo_until=embargo) == 1
    page = ServedPage(client.get(case_list).text)
    assert not [option for option in page.all("option") if option.attributes["value"] == "xa"]
    assert listed(client, case_list, country="xa") == {"Bram", "Cleo"}


def test_a_filter_costs_no_further_query(client, case_list, django_assert_max_num_queries):
    client.get(case_list)
    with CaptureQueriesContext(connection) as whole:
        client.get(case_list)
    with django_assert_max_num_queries(len(whole)):
        client.get(case_list, {"country": "xm", "theme": "water"})
