"""Under an embargo nothing of a case appears anywhere before its time, and then it does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from campaigns.cases.models import Case, Situation
from campaigns.letters.models import UrgentActionIssue
from campaigns.letters.tasks import follow_deadlines
from campaigns.petitions.models import Petition
from home import setup
from home.models import CaseIndexPage, CasePage, GoodNewsIndexPage, HomePage, UrgentActionIndexPage
from home.tasks import follow_cases, publish_scheduled_pages
from tests.factories.facts import make_case, make_petition, make_urgent_action
from tests.factories.pages import (
    make_case_page,
    make_case_update_page,
    make_good_news_page,
    make_page,
    make_search_page,
    make_standard_page,
    make_urgent_action_page,
)
from tests.factories.people import make_staff
from tests.rows import every_row
from tests.steps import FROM_HERE, address, typed_signature

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# No name of anybody else, nor part of a word.
GIVEN, FAMILY = "Zephyrine", "Quillfeather"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def beat() -> None:
    """What beat asks for within a minute."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        follow_deadlines()
        publish_scheduled_pages()
        follow_cases()
    # Ten seconds pass.
    cache.clear()


@pytest.fixture
def case(site) -> Case:
    case = make_case(
        (timezone.localdate() - timedelta(days=40), Situation.PRETRIAL),
        given_name=GIVEN,
        family_name=FAMILY,
        reference="zephyrine",
    )
    make_petition(case=case, reference="sign-for-zephyrine")
    make_urgent_action(case=case, number=977, year=2026)
    return case


def make_pages(case: Case, *, publishes: bool = True) -> list[Any]:
    """Every kind of page about a case, as an editor publishes them."""
    title = f"{GIVEN} {FAMILY}"
    petition = Petition.objects.get(case=case)
    page = make_case_page(
        case=case, title=title, slug="zephyrine", petition=petition, live=publishes
    )
    return [
        page,
        make_case_update_page(case_page=page, title=f"{title}: news", live=publishes),
        make_urgent_action_page(
            urgent_action=case.urgent_actions.get(), title=title, petition=petition, live=publishes
        ),
        make_good_news_page(case=case, title=f"{title}: hope", live=publishes),
    ]


@pytest.fixture
def lists(site) -> list[str]:
    """Every address where a case may appear that is not its own."""
    search = make_search_page()
    pages = [
        make_page(model) for model in (CaseIndexPage, UrgentActionIndexPage, GoodNewsIndexPage)
    ]
    home = HomePage.objects.get(locale__language_code="fr")
    return [
        home.url,
        *(page.url for page in pages),
        f"{search.url}?q={FAMILY}",
        address("feed_urgent_actions"),
        address("feed_good_news"),
        "/sitemap.xml",
    ]


OWN = [
    "/zephyrine",
    "/sign-for-zephyrine",
    "/977-26",
    "/petitions/sign-for-zephyrine/count/",
    *(f"/fr/petitions/sign-for-zephyrine/{view}/" for view in ("sign", "thanks", "confirmed")),
]


def appearances(client: Client, paths: list[str]) -> set[str]:
    """The addresses at which the person is named."""
    return {path for path in paths if GIVEN.lower() in client.get(path).text.lower()}


def is_nowhere(client: Client, lists: list[str], pages: list[Any]) -> bool:
    statuses = {
        path: client.get(path).status_code for path in (*OWN, *(page.url for page in pages))
    }
    assert set(statuses.values()) <= {302, 404}, statuses
    return not appearances(client, [*lists, *OWN, *(page.url for page in pages)])


def set_embargo(case: Case, until: Any) -> None:
    """As a campaigner does, in the admin."""
    staff = Client()
    staff.force_login(make_staff(setup.CAMPAIGNERS))
    typed = {"until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"} if until else {}
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = staff.post(reverse("cases:transition", args=[case.pk, "embargo"]), typed)
    assert response.status_code == 302, response.text


def whole_minutes(moment: Any) -> Any:
    return moment.replace(second=0, microsecond=0)


def test_what_is_published_under_an_embargo_appears_at_its_time(client, case, lists, clock):
    until = whole_minutes(timezone.now() + 5 * HOUR)
    set_embargo(case, until)
    pages = make_pages(case)
    beat()
    assert is_nowhere(client, lists, pages)
    clock.move_to(until - timedelta(minutes=1))
    beat()
    assert is_nowhere(client, lists, pages)
    clock.move_to(until + timedelta(minutes=1))
    beat()
    for page in pages:
        assert client.get(page.url).status_code == 200, page
    named = appearances(client, lists)
    # Its urgent action was stopped: what is over is in no feed.
    assert set(lists) - named <= {address("feed_urgent_actions")}
    assert client.get("/zephyrine").status_code == 302
    assert client.get("/fr/petitions/sign-for-zephyrine/sign/").status_code == 200


@pytest.mark.parametrize("moment_before_the_end", [4 * HOUR, timedelta(seconds=1)])
def test_no_minute_too_early_whatever_is_published(
    client, case, lists, clock, moment_before_the_end
):
    """Whoever forgets to schedule, and beat that has not come by: the page asks the case."""
    until = timezone.now() + 5 * HOUR
    pages = make_pages(case)
    assert client.get(pages[0].url).status_code == 200
    Case.objects.filter(pk=case.pk).update(embargo_until=until)
    clock.move_to(until - moment_before_the_end)
    cache.clear()
    assert is_nowhere(client, lists, pages)
    clock.move_to(until)
    cache.clear()
    assert client.get(pages[0].url).status_code == 200


def test_an_editor_who_publishes_in_the_admin_publishes_for_later(client, case, lists, clock):
    until = whole_minutes(timezone.now() + 5 * HOUR)
    set_embargo(case, until)
    pages = make_pages(case, publishes=False)
    editor = Client()
    editor.force_login(make_staff(setup.CAMPAIGNERS, setup.MODERATORS))
    page = CasePage.objects.get(pk=pages[0].pk)
    path = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = editor.get(path).context["form"]
    typed = {
        **{
            name: value
            for name, value in form.initial.items()
            if isinstance(value, str | int) and value is not None
        },
        "title": page.title,
        "slug": page.slug,
        "body-count": "0",
        "downloads-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "Publish",
    }
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = editor.post(path, typed)
    assert response.status_code == 302, response.context["form"].errors
    page.refresh_from_db()
    assert not page.live
    assert is_nowhere(client, lists, pages)
    clock.move_to(until + timedelta(minutes=1))
    beat()
    assert client.get(page.url).status_code == 200


def test_an_embargo_on_a_case_that_is_out_takes_it_off_until_its_time(client, case, lists, clock):
    pages = make_pages(case)
    assert appearances(client, lists) == set(lists)
    until = whole_minutes(timezone.now() + 5 * HOUR)
    set_embargo(case, until)
    assert is_nowhere(client, lists, pages)
    for page in pages:
        page.refresh_from_db()
        assert not page.live
    clock.move_to(until + timedelta(minutes=1))
    beat()
    for page in pages:
        assert client.get(page.url).status_code == 200, page
    assert case.urgent_actions.get().issues.filter(state=UrgentActionIssue.State.OPEN).count() == 0


def test_an_embargo_that_is_lifted_ends_at_once(client, case, lists, clock):
    pages = make_pages(case)
    set_embargo(case, timezone.now() + 5 * HOUR)
    assert is_nowhere(client, lists, pages)
    set_embargo(case, None)
    beat()
    for page in pages:
        assert client.get(page.url).status_code == 200, page


def test_an_embargo_that_is_moved_is_kept_to_the_new_day(client, case, lists, clock):
    pages = make_pages(case)
    first = whole_minutes(timezone.now() + 5 * HOUR)
    set_embargo(case, first)
    set_embargo(case, first + 5 * HOUR)
    clock.move_to(first + HOUR)
    beat()
    assert is_nowhere(client, lists, pages)
    clock.move_to(first + 6 * HOUR)
    beat()
    for page in pages:
        assert client.get(page.url).status_code == 200, page


def test_an_embargo_in_the_past_is_refused(case):
    staff = Client()
    staff.force_login(make_staff(setup.CAMPAIGNERS))
    path = reverse("cases:transition", args=[case.pk, "embargo"])
    response = staff.post(path, {"until": "2001-01-01 12:00"})
    assert response.status_code == 200
    assert "2001-01-01 12:00" in response.text
    case.refresh_from_db()
    assert case.embargo_until is None


def test_a_form_that_is_older_than_the_embargo_stores_nothing(client, case, lists):
    make_pages(case)
    set_embargo(case, timezone.now() + HOUR)
    before = every_row()
    response = client.post(
        address("petitions:sign", "sign-for-zephyrine"), typed_signature(), headers=FROM_HERE
    )
    assert response.status_code in {404, 410}
    assert GIVEN not in response.text
    assert every_row() == before


def test_other_cases_are_as_they_were(client, case, lists):
    other = make_case_page(
        case=make_case(given_name="Berenike", family_name="Ollivander"), title="Berenike Ollivander"
    )
    make_pages(case)
    set_embargo(case, timezone.now() + HOUR)
    assert client.get(other.url).status_code == 200
    assert "Berenike" in client.get(other.get_parent().url).text


def test_a_mention_elsewhere_waits_as_well(client, case, clock):
    until = whole_minutes(timezone.now() + HOUR)
    set_embargo(case, until)
    page = make_standard_page(introduction=f"Avec {GIVEN} {FAMILY}, dès demain.")
    assert GIVEN not in client.get(page.url).text
    clock.move_to(until + timedelta(minutes=1))
    beat()
    assert f"{GIVEN} {FAMILY}" in client.get(page.url).text
