"""“I sent it”: one press counts once, is nobody's unless known, and can be taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns.cases.models import Case
from campaigns.letters.figures import letters_declared
from campaigns.letters.links import code_of_action
from campaigns.letters.models import ChannelOpening, IssueTarget, LetterAct, UrgentActionIssue
from campaigns.supporters import client_limits
from tests.devices import device_of
from tests.factories.facts import make_case, make_issue, make_office, make_urgent_action
from tests.factories.people import make_supporter
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import FROM_HERE, address

pytestmark = pytest.mark.django_db
State = UrgentActionIssue.State


@pytest.fixture
def action(site):
    return make_urgent_action()


def office_of(action):
    return action.issues.order_by("-ordinal").first().targets.first().office


def path(action, name="sent", *more):
    code = code_of_action(action.number, action.year)
    return address(f"letters:{name}", code, *more, language="en")


def tell(client, action, **said):
    return client.post(path(action), {"channel": "GMAIL", **said}, headers=FROM_HERE)


def act_at(answer):
    assert answer.status_code == 303
    return LetterAct.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def test_one_press_without_account_or_script_says_all_that_was_chosen(client, action):
    office = office_of(action)
    answer = tell(
        client, action, to=office.pk, **{"in": "es"}, source="Leaflet", press="<b>no number"
    )
    act = act_at(answer)
    assert (act.office, act.channel, act.language, act.page_language) == (
        office,
        "GMAIL",
        "es",
        "en",
    )
    assert (act.via, act.source, act.supporter, act.is_late) == ("PAGE", "leaflet", None, False)
    assert not answer.cookies
    page = client.get(answer.url)
    assert "Minister of Justice (en)" in page.text
    assert "Gmail" in page.text
    assert "1</strong> letter declared" in " ".join(page.text.split())
    assert "no-store" in page.headers["Cache-Control"]


def test_what_the_form_does_not_offer_is_not_said(client, action):
    act = act_at(tell(client, action, to=make_office().pk, channel="PIGEON", via="MAIL"))
    assert (act.office, act.channel, act.language, act.via) == (None, "UNSAID", "", "PAGE")


def test_a_double_click_counts_once_and_a_second_letter_counts(client, action, now):
    with time_machine.travel(now.replace(second=9, microsecond=900_000), tick=False) as clock:
        first = tell(client, action)
        clock.shift(timedelta(milliseconds=200))  # The next slice of ten seconds has begun.
        assert tell(client, action).url == first.url
        assert tell(client, action, channel="POST").url != first.url
        other = client.post(
            path(action), {"channel": "GMAIL"}, headers={**FROM_HERE, "User-Agent": "Other"}
        )
        assert other.url != first.url
        clock.shift(timedelta(seconds=21))
        assert tell(client, action).url != first.url
    assert letters_declared(action) == 4


def test_a_scripts_number_tells_presses_apart(client, action):
    number = str(uuid4())
    assert tell(client, action, press=number).url == tell(Client(), action, press=number).url
    assert tell(client, action, press=str(uuid4())).url != tell(client, action, press=number).url
    assert tell(client, action, press=number, channel="SMS")
    assert LetterAct.objects.count() == 3


def test_who_is_known_here_is_noted_once_a_day_and_told_so(client, action, now):
    supporter = make_supporter(confirmed_at=now)
    client = device_of(supporter)
    noon = timezone.localtime(now).replace(hour=12)
    with time_machine.travel(noon) as clock:
        first = tell(client, action, press=str(uuid4()))
        assert act_at(first).supporter == supporter
        assert tell(client, action, press=str(uuid4())).url == first.url
        assert "M··· D···" in client.get(first.url).text
        # The address of the page alone shows nobody.
        stranger = device_of(make_supporter(given_name="Zoe", confirmed_at=now))
        for other in (Client(), stranger):
            assert "···" not in other.get(first.url).text
        clock.shift(timedelta(days=1))
        assert tell(client, action).url != first.url


def test_a_printed_code_leads_to_one_button_and_looking_changes_nothing(client, action):
    office = office_of(action)
    before = every_row()
    chosen = {"channel": "POST", "to": str(office.pk), "in": "fr", "via": "paper"}
    answer = client.get(path(action), chosen)
    client.head(path(action), chosen)
    assert changed(before, every_row()) == set()
    assert "public" in answer.headers["Cache-Control"]
    page = ServedPage(answer.text)
    [form] = [each for each in page.all("form") if each.attributes.get("data-form") == "report"]
    fields = [each for each in page.elements if form in each.parents]
    assert not [each for each in fields if each.tag == "select"]
    sent = {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in fields
        if each.tag == "input"
    }
    act = act_at(client.post(form.attributes["action"], sent, headers=FROM_HERE))
    assert (act.via, act.channel, act.office, act.language) == ("PAPER", "POST", office, "fr")


def test_it_can_be_taken_back_for_a_day_and_said_again(client, action, now):
    told = tell(client, action)
    act = act_at(told)
    undo = path(action, "undo", act.pk)
    assert client.get(undo).status_code == 405
    for _press in range(2):
        assert client.post(undo, headers=FROM_HERE).url == told.url
    act.refresh_from_db()
    assert act.undone_at is not None
    assert letters_declared(action) == 0
    assert "Taken back" in client.get(told.url).text
    again = tell(client, action)
    assert again.url != told.url
    assert letters_declared(action) == 1
    with time_machine.travel(now + timedelta(hours=25)):
        assert "undo-letter" not in client.get(again.url).text
        client.post(path(action, "undo", act_at(again).pk), headers=FROM_HERE)
    assert letters_declared(action) == 1


def test_after_the_end_it_is_kept_apart_and_said_so(client, site):
    over = make_urgent_action(days_left=-1)
    page = client.get(path(over))
    assert "This action is over." in page.text
    told = tell(client, over)
    assert act_at(told).is_late
    assert letters_declared(over) == 0
    shown = client.get(told.url).text
    assert "kept apart" in shown
    assert "Write this letter, too" not in shown


@pytest.mark.parametrize("state", [State.STOPPED, State.SUCCEEDED])
def test_after_a_stop_too(client, action, state):
    action.issues.update(state=state, ended_on=timezone.localdate())
    assert act_at(tell(client, action)).is_late


def test_while_the_case_rests_too(client, action):
    Case.objects.update(state=Case.State.DORMANT)
    assert act_at(tell(client, action)).is_late


def test_a_letter_counts_for_the_issue_that_asks_now(client, action):
    action.issues.update(state=State.SUPERSEDED)
    latest = make_issue(action, kind="FURTHER_INFORMATION")
    act = act_at(tell(client, action))
    assert (act.issue, act.is_late) == (latest, False)
    assert letters_declared(action) == 1


def test_of_what_may_not_be_shown_nothing_is_said_or_taken(client, site):
    told = tell(client, action := make_urgent_action())
    hidden = [
        make_urgent_action(case=make_case(scopes=[])),
        make_urgent_action(days_left=None),
    ]
    for each in hidden:
        assert client.get(path(each)).status_code == 404
        assert tell(client, each).status_code == 404
        assert client.get(path(each, "count_fragment")).status_code == 404
    Case.objects.update(state=Case.State.HIDDEN)
    assert client.get(told.url).status_code == 404
    assert client.get(path(action)).status_code == 404
    assert LetterAct.objects.count() == 1


def test_the_address_of_an_act_shows_it_under_its_own_action_alone(client, action):
    act = act_at(tell(client, action))
    assert client.get(path(make_urgent_action(), "thanks", act.pk)).status_code == 404
    assert client.get(path(action, "thanks", uuid4())).status_code == 404


def test_another_site_cannot_press(client, action):
    for name in ("sent", "opened"):
        answer = client.post(path(action, name), headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert LetterAct.objects.count() == ChannelOpening.objects.count() == 0


def test_a_flood_is_asked_to_come_later_and_loses_nothing(client, action, monkeypatch):
    monkeypatch.setattr(client_limits, "LETTER", client_limits.ClientLimit("letter", 1))
    tell(client, action)
    answer = tell(client, action, channel="FAX")
    assert answer.status_code == 429
    assert 'value="FAX"' in answer.text
    assert "wait ten minutes" in answer.text
    assert LetterAct.objects.count() == 1


def test_the_next_addressee_of_the_action_is_offered_until_none_is_left(client, action, now):
    issue = action.issues.get()
    first = office_of(action)
    second = IssueTarget.objects.create(issue=issue, office=make_office()).office
    offer = f"?to={second.pk}"
    told = tell(client, action, to=first.pk)
    assert offer in client.get(told.url).text
    assert "Write this letter, too" not in client.get(tell(client, action, to=second.pk).url).text
    client = device_of(make_supporter(confirmed_at=now))
    assert f"?to={first.pk}" in client.get(tell(client, action, to=second.pk).url).text
    assert "Write this letter, too" not in client.get(tell(client, action, to=first.pk).url).text


def test_what_was_opened_is_noted_of_nobody_and_the_answer_is_always_the_same(client, action, now):
    client = device_of(make_supporter(confirmed_at=now))
    office = office_of(action)
    said = {"to": office.pk, "channel": "SMS", "in": "fr"}
    over = make_urgent_action(days_left=-1)
    answers = [
        client.post(path(action, "opened"), said, headers=FROM_HERE),
        client.post(path(action, "opened"), {"channel": "\x00"}, headers=FROM_HERE),
        client.post(path(over, "opened"), said, headers=FROM_HERE),
        client.post(address("letters:opened", "nothing"), said, headers=FROM_HERE),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}
    assert not any(answer.cookies for answer in answers)
    opening = ChannelOpening.objects.get()
    assert (opening.office, opening.channel, opening.language) == (office, "SMS", "fr")
    assert LetterAct.objects.count() == 0
    assert client.get(path(action, "opened")).status_code == 405
