"""At most one reminder to whoever has not confirmed: whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.supporters import services
from campaigns.supporters.models import SignUp, Subscription, Supporter
from campaigns.supporters.services import Person, reminding
from campaigns.supporters.services.subscriptions import request_subscriptions
from campaigns.supporters.tasks import remind_unconfirmed
from campaigns.supporters.wordings import subscription_wording
from tests.factories.facts import make_formula
from tests.factories.people import ask_for
from tests.steps import LANGUAGES, deliver_mail, link_in, open_link, press_button

DAY = timedelta(days=1)


def reminders():
    return OutgoingMessage.objects.filter(kind="supporters/remind_subscription")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reminder_says_what_was_asked_and_is_confirmed_like_the_first_mail(
    client, mailoutbox, now, language
):
    one, two = make_formula(), make_formula()
    ask_for(one, two, language=language, now=now - 4 * DAY)
    deliver_mail(mailoutbox)
    with time_machine.travel(now + DAY):
        remind_unconfirmed()
        [mail] = deliver_mail(mailoutbox)
        assert one.title[language] in mail.body
        assert two.title[language] in mail.body
        press_button(client, open_link(client, link_in(mail)))
    assert set(Subscription.objects.values_list("state", flat=True)) == {"ACTIVE"}


@pytest.mark.django_db
def test_there_is_one_reminder_and_no_second(now):
    ask_for(make_formula(), now=now)
    owed = [services.remind_unconfirmed(now=now + days * DAY) for days in range(30)]
    assert sum(owed) == reminders().count() == 1
    assert owed.index(1) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "count"), [(2, 0), (3, 1), (19, 1), (20, 0), (40, 0)])
def test_nobody_is_reminded_too_early_or_after_they_have_forgotten(now, days, count):
    ask_for(make_formula(), now=now)
    services.remind_unconfirmed(now=now + days * DAY)
    assert reminders().count() == count


@pytest.mark.django_db
def test_whoever_confirmed_stopped_or_is_suppressed_is_left_alone(now):
    formula = make_formula()
    [confirmed] = ask_for(formula, email="confirmed@example.org", now=now)
    services.confirm_sign_up(sign_up=confirmed.supporter.sign_ups.get(), now=now)
    [stopped] = ask_for(formula, email="stopped@example.org", now=now)
    services.end_subscription(subscription=stopped, now=now)
    [objected] = ask_for(formula, email="objected@example.org", now=now)
    Suppression.objects.create(
        mailbox=objected.supporter.mailbox, scope="SUBSCRIBED", reason="OBJECTION", since=now
    )
    services.remind_unconfirmed(now=now + 4 * DAY)
    assert not reminders().exists()


@pytest.mark.django_db
def test_what_a_program_asked_for_is_not_brought_back_to_mind(now):
    request_subscriptions(
        person=Person(email="victim@example.org"),
        formulas=[make_formula()],
        language="fr",
        wording=subscription_wording("fr"),
        page_id=None,
        is_held=True,
        now=now,
    )
    services.remind_unconfirmed(now=now + 4 * DAY)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_a_reminder_that_has_no_occasion_any_more_is_not_sent(mailoutbox, now):
    ask_for(make_formula(), now=now - 4 * DAY)
    deliver_mail(mailoutbox)
    services.remind_unconfirmed(now=now)
    services.confirm_sign_up(sign_up=SignUp.objects.get(), now=now)
    assert "remind" not in " ".join(mail.subject for mail in deliver_mail(mailoutbox))
    assert reminders().get().state == "CANCELLED"


@pytest.mark.django_db
def test_a_run_that_is_killed_has_reminded_some_and_the_next_one_the_others(now, monkeypatch):
    formula = make_formula()
    for number in range(4):
        ask_for(formula, email=f"reader-{number}@example.org", now=now)
    queue = reminding.queue_message
    calls = []

    def die_at_the_third(**message):
        calls.append(message)
        if len(calls) == 3:
            raise KeyboardInterrupt
        queue(**message)

    monkeypatch.setattr(reminding, "queue_message", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        services.remind_unconfirmed(now=now + 4 * DAY)
    assert reminders().count() == 2
    assert Subscription.objects.filter(reminded_at=None).count() == 2
    services.remind_unconfirmed(now=now + 5 * DAY)
    people = reminders().values_list("person_id", flat=True)
    assert sorted(people) == sorted(Supporter.objects.values_list("pk", flat=True))


def test_two_runs_at_once_remind_once(own_database, now):
    formula = make_formula()
    for number in range(5):
        ask_for(formula, email=f"reader-{number}@example.org", now=now)

    def run(_number: int) -> None:
        try:
            services.remind_unconfirmed(now=now + 4 * DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert reminders().count() == 5
