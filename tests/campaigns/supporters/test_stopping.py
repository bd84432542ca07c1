"""Fewer mails, a pause, none of a kind, none at all: one press, and one to undo it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.outbox.models import Suppression
from campaigns.supporters import services
from campaigns.supporters.links import (
    ASK_ACCESS,
    FEWER_MAILS,
    PAUSE_MAILS,
    STOP_ALL,
    UNSUBSCRIBE,
)
from campaigns.supporters.models import AccessRequest, Consent, Subscription
from tests.factories.facts import make_formula
from tests.factories.people import ask_for
from tests.rows import changed, every_row
from tests.steps import FROM_HERE, address, deliver_mail, links_in, open_link, press_button

pytestmark = pytest.mark.django_db


@pytest.fixture
def active(now):
    subscriptions = ask_for(make_formula(), make_formula(), now=now - timedelta(days=1))
    for subscription in subscriptions:
        services.confirm_subscription(
            subscription=subscription, language="fr", now=now - timedelta(days=1)
        )
    return subscriptions


@pytest.fixture
def supporter(active):
    return active[0].supporter


def link(purpose, supporter):
    return address(purpose.door, purpose.token({"supporter": supporter.pk}))


def undo(client, page):
    return client.post(page.request["PATH_INFO"], {"do": "undo"}, headers=FROM_HERE)


def pressed(client, purpose, supporter):
    """The page after the press."""
    page = open_link(client, link(purpose, supporter))
    answer = press_button(client, page)
    assert answer.status_code == 303
    return client.get(answer.url)


def states():
    return set(Subscription.objects.values_list("state", "end_reason"))


def test_stopping_all_ends_everything_with_a_line_each(client, active, supporter):
    page = pressed(client, STOP_ALL, supporter)
    assert page.status_code == 200
    assert states() == {("ENDED", "STOPPED_ALL")}
    assert Consent.objects.filter(action="WITHDRAWN").count() == 2
    [suppression] = Suppression.objects.filter(lifted_at=None)
    assert (suppression.scope, suppression.reason) == ("SUBSCRIBED", "OBJECTION")


def test_stopping_all_twice_is_stopping_once(client, active, supporter):
    pressed(client, STOP_ALL, supporter)
    before = every_row()
    page = open_link(client, link(STOP_ALL, supporter))
    press_button(client, page)
    assert changed(before, every_row()) == set()


def test_undoing_brings_back_what_ran_and_nothing_else(client, active, supporter, now):
    services.end_subscription(subscription=active[1], now=now - timedelta(hours=1))
    page = pressed(client, STOP_ALL, supporter)
    undo(client, page)
    assert states() == {("ACTIVE", ""), ("ENDED", "UNSUBSCRIBED")}
    assert not Suppression.objects.filter(lifted_at=None).exists()
    last = Consent.objects.filter(about=f"formula:{active[0].formula.code}").latest("pk")
    assert (last.action, last.method) == ("CONFIRMED", "MAILED_LINK")


def test_a_pause_lasts_three_months_and_can_be_ended(client, active, supporter):
    page = pressed(client, PAUSE_MAILS, supporter)
    supporter.refresh_from_db()
    days = (supporter.paused_until - timezone.localdate()).days
    assert 89 <= days <= 92
    undo(client, page)
    supporter.refresh_from_db()
    assert supporter.paused_until is None


def test_fewer_mails_are_one_a_month(client, active, supporter):
    page = pressed(client, FEWER_MAILS, supporter)
    supporter.refresh_from_db()
    assert supporter.most_mails_a_month == 1
    undo(client, page)
    supporter.refresh_from_db()
    assert supporter.most_mails_a_month is None


def test_one_kind_is_stopped_and_begun_again(client, active):
    path = address(UNSUBSCRIBE.door, UNSUBSCRIBE.token({"subscription": active[0].pk}))
    page = open_link(client, path)
    after = client.get(press_button(client, page).url)
    active[0].refresh_from_db()
    assert active[0].state == "ENDED"
    undo(client, after)
    active[0].refresh_from_db()
    assert active[0].state == "ACTIVE"
    assert Subscription.objects.filter(state="ACTIVE").count() == 2


def test_the_mail_programs_one_click_stops_one_kind_without_a_cookie(client, active):
    path = address(UNSUBSCRIBE.door, UNSUBSCRIBE.token({"subscription": active[0].pk}))
    for _time in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.filter(state="ACTIVE").count() == 1
    assert Consent.objects.filter(action="WITHDRAWN", method="ONE_CLICK").count() == 1


def test_an_old_mail_asks_for_a_fresh_link_and_opens_nothing_itself(client, active, supporter):
    answer = press_button(client, open_link(client, link(ASK_ACCESS, supporter)))
    assert answer.url == address("supporters:access_sent")
    assert AccessRequest.objects.get().mailbox == supporter.mailbox


def test_each_subscribed_mail_has_every_way_out(active, mailoutbox):
    welcome = [
        mail for mail in deliver_mail(mailoutbox) if "List-Unsubscribe" in mail.extra_headers
    ]
    assert len(welcome) == 2
    for mail in welcome:
        doors = {path.split("/")[2] for path in links_in(mail.body)}
        assert doors == {
            "stop-mails",
            "fewer-mails",
            "pause-mails",
            "stop-all-mails",
            "ask-for-my-data",
        }


@pytest.mark.parametrize(
    "purpose", [STOP_ALL, FEWER_MAILS, PAUSE_MAILS, ASK_ACCESS], ids=lambda purpose: purpose.name
)
def test_a_link_of_somebody_who_is_gone_is_answered_kindly(client, db, purpose):
    page = open_link(client, address(purpose.door, purpose.token({"supporter": 999})))
    assert page.status_code == 410
