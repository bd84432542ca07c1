"""The demonstration site: built once, repaired often, never over an editor's work."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from campaigns.cases.models import Case
from campaigns.letters.models import UrgentAction
from campaigns.letters.selectors import deadline
from campaigns.petitions.models import Petition, Tally
from home.demo import facts
from home.demo.builder import STAFF, STAFF_PASSWORD, build_demo
from home.models import CasePage, StandardPage
from home.users.models import User
from tests.rows import changed, every_row
from tests.steps import LANGUAGES


def test_building_it_twice_changes_nothing(demo, now):
    before = every_row()
    build_demo(now=now)
    # Counting again only moves the moment of the count.
    assert changed(before, every_row()) <= {"petitions.Tally"}


def test_an_editors_change_is_kept(demo, now):
    page = CasePage.objects.filter(locale__language_code="fr").first()
    page.introduction = "Nos propres mots"
    page.save_revision().publish()
    Case.objects.filter(pk=page.case_id).update(
        state=Case.State.CLOSED, closing_reason=Case.ClosingReason.NOTHING_LEFT_TO_DO
    )
    build_demo(now=now)
    page.refresh_from_db()
    assert page.introduction == "Nos propres mots"
    assert page.case.state == Case.State.CLOSED


def test_a_page_that_is_missing_is_made_again(demo, now):
    page = StandardPage.objects.filter(locale__language_code="nl").last()
    key = page.translation_key
    page.delete()
    build_demo(now=now)
    made = StandardPage.objects.get(translation_key=key, locale__language_code="nl")
    assert made.live


def test_past_deadlines_are_moved_on_so_that_there_is_something_to_do(demo, now):
    later = now + timedelta(days=90)
    build_demo(now=later)
    actions = UrgentAction.objects.with_latest_issue()
    open_ones = [fact for fact in facts.URGENT_ACTIONS.values() if fact.open_for_days is not None]
    assert sum(deadline(action, now=later).is_open for action in actions) == len(open_ones) >= 2
    assert Petition.objects.open(at=later).count() == len(
        [fact for fact in facts.CASES if fact.signatures is not None]
    )


def test_every_page_is_live_in_every_language(demo):
    for language in LANGUAGES:
        found = Page.objects.live().filter(locale__language_code=language, depth__gt=1)
        assert found.count() == len(facts.PAGES)
        for page in found:
            assert page.specific.introduction, page
            assert page.search_description, page


def test_there_are_open_cases_to_sign_and_real_people_only_in_closed_ones(demo, now):
    assert Petition.objects.open(at=now).count() >= 3
    for case in Case.objects.filter(state=Case.State.ACTIVE):
        assert case.country.code.startswith("X"), "An open case stands in an invented country."
        assert not case.is_historical
    for case in Case.objects.exclude(country__code__startswith="X"):
        assert (case.state, case.is_historical) == (Case.State.CLOSED, True)
        assert not case.petitions.exists()


def test_figures_are_those_of_the_facts(demo):
    for fact in facts.CASES:
        if fact.signatures is not None:
            tally = Tally.objects.get(petition__reference=fact.reference)
            assert tally.confirmed == fact.signatures < tally.received


@pytest.mark.parametrize("name", STAFF)
def test_every_member_of_the_demonstration_staff_can_log_in(demo, name):
    client = Client()
    response = client.post(
        reverse("wagtailadmin_login"), {"username": name, "password": STAFF_PASSWORD}
    )
    assert response.status_code == 302
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_only_the_administrator_is_a_superuser(demo):
    assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == [
        "admin"
    ]


def test_known_passwords_are_refused_on_a_site_that_mails(demo, settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    before = every_row()
    with pytest.raises(CommandError):
        call_command("demo")
    assert every_row() == before


def test_the_command_prints_where_to_look(demo, settings, capsys):
    settings.EMAIL_BACKEND = settings.LOCAL_INBOX_BACKEND
    call_command("demo")
    printed = capsys.readouterr().out
    for words in (f"{settings.BASE_URL}/fr/", "/outbox/", "/admin/", STAFF_PASSWORD):
        assert words in printed
