"""The reports: each lists what is due, and nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from campaigns.cases.models import CaseConsent, DiplomaticMission
from campaigns.letters.models import UrgentActionIssue
from home import setup
from home.models import StandardPage
from home.reports import REPORTS
from tests.factories.facts import (
    labels,
    make_case,
    make_consent,
    make_country,
    make_office,
    make_urgent_action,
)
from tests.factories.pages import make_page, make_standard_page
from tests.factories.people import make_staff
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
ROLES = [
    setup.EDITORS,
    setup.TRANSLATORS,
    setup.MODERATORS,
    setup.CAMPAIGNERS,
    setup.SUPPORTER_SERVICE,
]
READERS = {
    "expiring": {setup.MODERATORS, setup.CAMPAIGNERS},
    "unverified": {setup.MODERATORS, setup.CAMPAIGNERS},
    "translations": set(ROLES),
    "consents": {setup.CAMPAIGNERS},
    "signatures": {setup.CAMPAIGNERS},
}


def path_of(report: str) -> str:
    return reverse(f"report_{report}")


@pytest.fixture
def campaigner(client, site):
    client.force_login(make_staff(setup.CAMPAIGNERS))
    return client


def rows(client, report: str) -> list[list[str]]:
    """The cells of the report's tables."""
    page = ServedPage(client.get(path_of(report), headers={"accept-language": "en"}).text)
    tables = page.all("table", class_="listing")
    return [
        [
            " ".join(cell.words.split())
            for cell in page.all("td")
            if cell.parents and row in cell.parents
        ]
        for row in page.all("tr")
        if any(table in row.parents for table in tables)
        and any(parent.tag == "tbody" for parent in row.parents)
    ]


def test_every_report_is_looked_at():
    assert set(READERS) == set(REPORTS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("report", REPORTS)
def test_a_report_is_read_by_those_who_work_with_it(client, site, report, role):
    client.force_login(make_staff(role))
    response = client.get(path_of(report))
    may = role in READERS[report]
    assert (response.status_code == 200) is may, response.status_code
    menu = client.get(reverse("wagtailadmin_home")).text
    assert (path_of(report) in menu) is may


@pytest.mark.parametrize("report", REPORTS)
def test_the_public_reads_no_report(client, site, report):
    response = client.get(path_of(report))
    assert response.status_code == 302
    assert response.url.startswith(reverse("wagtailadmin_login"))


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_without_anything_due_says_so(campaigner, report):
    page = ServedPage(campaigner.get(path_of(report)).text)
    assert rows(campaigner, report) == []
    assert [part for part in page.all("section", class_="workspace-section") if part.words.strip()]


@pytest.mark.parametrize(("days", "is_listed"), [(0, True), (7, True), (8, False)])
def test_actions_that_end_within_a_week(campaigner, days, is_listed):
    action = make_urgent_action(case=make_case(given_name="Alix"), days_left=days)
    found = rows(campaigner, "expiring")
    assert [row[0] for row in found] == ([str(action)] if is_listed else [])
    if is_listed:
        assert "Alix" in found[0][1]
        assert found[0][3] == str(days)


@pytest.mark.parametrize(
    "state",
    sorted(set(UrgentActionIssue.State.values) - {UrgentActionIssue.State.OPEN}),
)
def test_only_open_actions_expire(campaigner, state):
    action = make_urgent_action(days_left=2)
    action.issues.update(state=state)
    assert rows(campaigner, "expiring") == []


def test_the_nearest_end_comes_first(campaigner):
    actions = {days: make_urgent_action(days_left=days) for days in (5, 1, 3)}
    found = [row[0] for row in rows(campaigner, "expiring")]
    assert found == [str(actions[days]) for days in (1, 3, 5)]


def mission(**fields) -> DiplomaticMission:
    return DiplomaticMission.objects.create(
        **{
            "sending_country": make_country(),
            "accredited_in": "BE",
            "title": labels("Embassy"),
            "email": "embassy@example.org",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("days", "is_listed"), [(None, True), (183, True), (400, True), (182, False), (0, False)]
)
def test_addresses_that_nobody_has_checked_for_six_months(campaigner, days, is_listed):
    checked = None if days is None else timezone.localdate() - timedelta(days=days)
    make_office(verified_on=checked, title=labels("Warden"))
    mission(verified_on=checked)
    found = rows(campaigner, "unverified")
    assert [row[0].partition(" (")[0] for row in found] == (
        ["Warden", "Embassy"] if is_listed else []
    )
    assert {row[1] for row in found} <= {"not checked for six months"}


def test_consents_that_are_to_be_reviewed(campaigner):
    today = timezone.localdate()
    case = make_case(given_name="Alix", scopes=[])
    Scope = CaseConsent.Scope
    due = {
        Scope.WORK: {"review_by": today - timedelta(days=1)},
        Scope.WEB: {"review_by": today + timedelta(days=30)},
        Scope.IMAGE: {"ends_on": today + timedelta(days=3)},
        Scope.QUOTE: {"ends_on": today - timedelta(days=3)},
    }
    not_due = {
        Scope.NAME: {"review_by": today + timedelta(days=31)},
        Scope.SURNAME: {},
        Scope.SOCIAL: {"review_by": today, "withdrawn_at": timezone.now()},
    }
    for scope, fields in {**due, **not_due}.items():
        make_consent(case, scope, **fields)
    found = rows(campaigner, "consents")
    assert {row[1] for row in found} == {"work on the case", "the website", "image", "quotations"}
    assert all("Alix" in row[0] for row in found)
    states = {row[1]: row[5] for row in found}
    assert states["work on the case"] == "valid, review overdue"
    assert states["quotations"] == "no longer valid"


@pytest.fixture
def in_all_languages(site) -> dict[str, StandardPage]:
    french = make_standard_page(title="Une page")
    return {
        "fr": french,
        **{
            language: make_page(
                StandardPage,
                language=language,
                title=f"Page {language}",
                translation_key=french.translation_key,
            )
            for language in LANGUAGES
            if language != "fr"
        },
    }


def test_a_page_that_is_up_to_date_in_every_language_is_not_listed(campaigner, in_all_languages):
    assert rows(campaigner, "translations") == []


def languages_of(client, title: str) -> dict[str, str]:
    [row] = [row for row in rows(client, "translations") if row[0] == title]
    return dict(zip(LANGUAGES, row[2:], strict=True))


def test_a_translation_that_is_missing_is_listed(campaigner, in_all_languages):
    in_all_languages["de"].delete()
    assert languages_of(campaigner, "Une page") == {
        "fr": "published",
        "nl": "published",
        "de": "not there yet",
        "en": "published",
    }


def test_a_translation_that_is_a_draft_is_listed(campaigner, in_all_languages):
    in_all_languages["nl"].unpublish()
    assert languages_of(campaigner, "Une page")["nl"] == "draft"


def test_a_translation_that_is_behind_its_source_is_listed(campaigner, in_all_languages):
    StandardPage.objects.filter(pk=in_all_languages["fr"].pk).update(
        last_published_at=timezone.now() + timedelta(hours=2)
    )
    assert languages_of(campaigner, "Une page") == {
        "fr": "published",
        "nl": "behind its source",
        "de": "behind its source",
        "en": "behind its source",
    }


def test_a_translation_that_is_translated_in_part_is_listed(campaigner, site):
    from wagtail_localize.operations import translate_object

    french = make_standard_page(title="Une page", introduction="Une introduction.")
    french.save_revision().publish()
    translate_object(french, [Locale.objects.get(language_code="nl")])
    dutch = StandardPage.objects.get(
        translation_key=french.translation_key, locale__language_code="nl"
    )
    dutch.save_revision().publish()
    assert languages_of(campaigner, "Une page")["nl"] == "partly translated"


def test_a_page_that_exists_in_dutch_alone_is_listed_too(campaigner):
    make_standard_page(language="nl", title="Alleen hier")
    assert languages_of(campaigner, "Alleen hier")["fr"] == "not there yet"
