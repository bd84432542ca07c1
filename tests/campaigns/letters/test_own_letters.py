"""The letters that somebody told us of: theirs to see, take back and leave behind as nobody's."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.letters.acting import press_of_supporter
from campaigns.letters.figures import letters_declared
from campaigns.letters.models import ChannelOpening, LetterAct
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.supporters.services.exporting import export_supporter
from campaigns.supporters.services.merging import merge_supporters, preview_merge
from campaigns.supporters.services.retention import forget_what_is_due
from home import setup
from tests.campaigns.letters.acts import make_act, make_opening
from tests.devices import device_of
from tests.factories.facts import make_urgent_action
from tests.factories.people import make_staff, make_supporter
from tests.steps import FROM_HERE, address, deliver_mail, link_in, open_link, press_button

pytestmark = pytest.mark.django_db


@pytest.fixture
def supporter(site, now):
    return make_supporter(email="mila@example.org", confirmed_at=now)


@pytest.fixture
def action(site):
    return make_urgent_action()


def told_by(supporter, action, *, at, **fields):
    """As the services write it."""
    issue = action.issues.get()
    press = press_of_supporter(
        supporter_id=supporter.pk, issue=issue, office_id=None, channel="GMAIL", now=at
    )
    return make_act(action, at=at, supporter=supporter, press=press, **fields)


def test_they_stand_on_ones_own_page_and_can_be_taken_back_there_for_ever(
    client, supporter, action, now, mailoutbox
):
    act = told_by(supporter, action, at=now - timedelta(days=40))
    others = make_act(action, supporter=make_supporter())
    client.post(
        address("supporters:access", language="en"), {"email": supporter.email}, headers=FROM_HERE
    )
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    own = address("supporters:my_page", language="en")
    assert "Letter for Ana Drovik" in client.get(own).text
    change = address("supporters:change", "withdraw", language="en")
    for key in (act.pk, others.pk, "nothing"):
        client.post(change, {"section": "letters", "row": key}, headers=FROM_HERE)
    act.refresh_from_db()
    others.refresh_from_db()
    assert (act.undone_at is not None, others.undone_at) == (True, None)
    assert letters_declared(action) == 1
    assert "taken back" in client.get(own).text


def test_an_erasure_leaves_the_letter_and_nothing_that_leads_to_its_writer(supporter, action, now):
    act = told_by(supporter, action, at=now)
    [section] = [
        each
        for each in export_supporter(supporter=supporter, now=now)["sections"]
        if each["name"] == "letters.LetterAct"
    ]
    assert [row["channel"] for row in section["rows"]] == ["Gmail"]
    press = act.press
    erase_supporter(supporter=supporter, now=now)
    act.refresh_from_db()
    assert act.supporter is None
    assert act.press != press
    assert letters_declared(action) == 1


def test_openings_are_forgotten_after_a_year(action, now):
    make_opening(action, at=now - timedelta(days=366))
    young = make_opening(action, at=now - timedelta(days=364))
    act = make_act(action, at=now - timedelta(days=366))
    forget_what_is_due(now=now, until=now + timedelta(minutes=1))
    assert ChannelOpening.objects.get() == young
    assert LetterAct.objects.get() == act


def test_of_two_entries_the_letters_are_joined_and_none_counts_twice(supporter, action, now):
    noon = timezone.localtime(now).replace(hour=12)
    other = make_supporter(email="mila@example.com", confirmed_at=now)
    kept = told_by(supporter, action, at=noon)
    told_by(other, action, at=noon + timedelta(minutes=1))
    moved = told_by(other, action, at=noon - timedelta(days=1))
    with translation.override("en"):
        told = preview_merge(kept=supporter, merged=other)
    assert [line for line in told if "letter" in line]
    merge_supporters(kept=supporter, merged=other, now=now)
    assert set(LetterAct.objects.all()) == {kept, moved}
    moved.refresh_from_db()
    assert moved.supporter == supporter
    # And a device of the entry that stays says nothing a second time.
    code = f"{action.number}-26"
    with time_machine.travel(moved.declared_at, tick=False):
        device_of(supporter).post(
            address("letters:sent", code), {"channel": "GMAIL"}, headers=FROM_HERE
        )
    assert LetterAct.objects.count() == 2


def test_the_supporter_service_sees_them_on_the_timeline(client, supporter, action, now):
    told_by(supporter, action, at=now)
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get(reverse("staff_supporters:inspect", args=[supporter.pk])).text
    assert "Declared letter" in page
    assert f"Urgent action {action}" in page
