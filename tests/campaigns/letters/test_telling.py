"""“I sent a letter”, from the mail: one button, noted as its reader's, also when it is late."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns.cases.models import Case
from campaigns.letters.figures import letters_declared
from campaigns.letters.links import TELL_US
from campaigns.letters.models import LetterAct, UrgentActionIssue
from campaigns.supporters.services.erasure import erase_supporter
from home import mails
from tests.factories.facts import make_issue, make_urgent_action
from tests.factories.pages import make_urgent_action_page
from tests.factories.people import make_supporter
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import FROM_HERE, LANGUAGES, open_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(site, now):
    return make_supporter(confirmed_at=now - timedelta(days=30))


@pytest.fixture
def action(site):
    return make_urgent_action()


def link(reader, action, *, at):
    payload = {
        "supporter": reader.pk,
        "issue": action.issues.order_by("ordinal").first().pk,
        "source": "ua-mail",
        "at": at.timestamp(),
    }
    return urlsplit(TELL_US.address(payload, language="en")).path


def press(client, page, **said):
    return client.post(page.request["PATH_INFO"], said, headers=FROM_HERE)


def test_one_press_is_a_letter_of_its_reader_once_a_day(client, reader, action, now):
    before = every_row()
    page = open_link(client, link(reader, action, at=now))
    assert changed(before, every_row()) == set()
    assert "M··· D···" in page.text
    assert reader.email not in page.text
    forms = [each.attributes.get("data-form") for each in ServedPage(page.text).all("form")]
    assert forms.count("report") == 1
    # Pressed in the middle of a day, whatever day the suite runs on.
    with time_machine.travel(timezone.localtime(now).replace(hour=12), tick=False):
        first, second = press(client, page), press(client, page)
        assert (first.status_code, second.url) == (303, first.url)
        assert press(client, page, channel="POST").url != first.url
    act = LetterAct.objects.get(channel="UNSAID")
    assert (act.supporter, act.via, act.source, act.page_language) == (
        reader,
        "MAIL",
        "ua-mail",
        "en",
    )
    assert (act.office, act.is_late) == (None, False)
    assert client.get(first.url).status_code == 200


def test_after_the_deadline_it_is_taken_and_kept_apart(client, reader, now):
    action = make_urgent_action(days_left=-1)
    page = open_link(client, link(reader, action, at=now))
    assert "This action is over." in page.text
    press(client, page)
    assert LetterAct.objects.get().is_late
    assert letters_declared(action) == 0


def test_the_mail_of_an_earlier_issue_counts_for_the_one_that_asks_now(client, reader, action, now):
    path = link(reader, action, at=now)
    action.issues.update(state=UrgentActionIssue.State.SUPERSEDED)
    latest = make_issue(action, kind="FURTHER_INFORMATION")
    press(client, open_link(client, path))
    assert LetterAct.objects.get().issue == latest


def test_of_a_hidden_case_nothing_is_said(client, reader, action, now):
    path = link(reader, action, at=now)
    Case.objects.update(state=Case.State.HIDDEN)
    page = open_link(client, path)
    assert page.status_code == 410
    assert "Ana" not in page.text
    assert press(client, page).status_code == 410
    assert LetterAct.objects.count() == 0


def test_a_link_of_somebody_who_has_been_erased_counts_as_nobody(client, reader, action, now):
    path = link(reader, action, at=now)
    erase_supporter(supporter=reader, now=now)
    page = open_link(client, path)
    assert "M···" not in page.text
    press(client, page)
    assert LetterAct.objects.get().supporter is None


def test_a_forged_link_opens_nothing(action):
    assert Client().get("/en/tell-us/forged-token-of-some-length/").status_code == 410


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_of_an_open_action_has_the_link_and_one_of_a_closed_action_has_not(site, language):
    pages = [
        make_urgent_action_page(language=language, urgent_action=make_urgent_action(days_left=days))
        for days in (10, -1)
    ]
    still_open, over = (mails.words(page) for page in pages)
    assert still_open.mjml.count('href="{tell_link}"') == 1
    assert "\n{tell_link}\n" in still_open.text
    assert "{tell_link}" not in over.mjml + over.text
