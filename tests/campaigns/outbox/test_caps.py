"""Nobody can flood a mailbox by typing its address, and nobody's mail is lost over it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from campaigns.mailboxes import mailbox_key
from campaigns.outbox import services
from campaigns.outbox.kinds import Letterhead
from campaigns.outbox.models import Mailbox, OutgoingMessage
from campaigns.outbox.services import CAPS, GIVE_UP_AFTER, MOST_UNANSWERED, mailbox_answered
from campaigns.petitions.models import Signature
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, sign

from . import post_offices
from .sample_kind import CONTEXT, RENDERS_WELL, registered

State = OutgoingMessage.State
VICTIM = "victim@example.org"
MAILBOX = mailbox_key(VICTIM)
ANOTHER_KIND = "supporters/welcome_subscription"
MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
DAY = timedelta(days=1)


def to_whom_it_says(message: OutgoingMessage) -> Letterhead:
    return Letterhead(message.arguments["to"], CONTEXT)


@pytest.fixture
def kind():
    """The name of a kind of mail that anybody can cause."""
    with registered(RENDERS_WELL, to_whom_it_says, is_capped=True):
        yield RENDERS_WELL


@pytest.fixture
def another_kind():
    with registered(ANOTHER_KIND, to_whom_it_says, is_capped=True):
        yield ANOTHER_KIND


def owe(kind: str, now: datetime, *, to: str = VICTIM) -> OutgoingMessage:
    key = f"{kind}:{to}:{now.isoformat()}"
    services.queue_message(kind=kind, language="en", arguments={"to": to}, dedupe_key=key, now=now)
    return OutgoingMessage.objects.get(dedupe_key=key)


def deliver(message: OutgoingMessage, now: datetime) -> OutgoingMessage:
    services.deliver_message(message_id=message.pk, now=now)
    message.refresh_from_db()
    return message


def sweep(now: datetime) -> None:
    services.sweep(now=now, until=now + MINUTE)


def answered(now: datetime) -> None:
    mailbox_answered(mailbox=MAILBOX, now=now)


def assert_within_caps(moments: list[datetime]) -> None:
    for most, window in CAPS:
        for first, beyond in zip(moments, moments[most:], strict=False):
            # A sweep's clock runs while it sweeps.
            assert beyond - first >= window, (most, window, first, beyond)


@pytest.mark.django_db
def test_a_second_mail_waits_ten_minutes_and_then_goes_out(kind, now, mailoutbox):
    deliver(owe(kind, now), now)
    second = deliver(owe(kind, now + MINUTE), now + MINUTE)
    assert (second.state, second.not_before, second.attempts, second.doubts) == (
        *(State.DUE, now + TEN_MINUTES),
        *(0, 0),
    )
    assert second.error
    second = deliver(second, now + TEN_MINUTES)
    assert (second.state, second.attempts, len(mailoutbox)) == (State.SENT, 1, 2)


@pytest.mark.django_db
def test_a_fourth_mail_of_a_day_waits_for_the_next(kind, now, mailoutbox):
    for number in range(3):
        moment = now + number * TEN_MINUTES
        assert deliver(owe(kind, moment), moment).state == State.SENT
    moment = now + 3 * TEN_MINUTES
    assert deliver(owe(kind, moment), moment).not_before == now + DAY


@pytest.mark.django_db
def test_a_mailbox_that_never_answers_is_asked_a_few_times_in_all(kind, now, mailoutbox):
    for day in range(10):
        message = deliver(owe(kind, now + day * DAY), now + day * DAY)
    assert (message.state, len(mailoutbox)) == (State.CANCELLED, MOST_UNANSWERED)
    assert "never answered" in message.error


@pytest.mark.django_db
def test_a_mailbox_that_has_answered_may_be_asked_again_and_again(kind, now, mailoutbox):
    answered(now)
    for day in range(10):
        deliver(owe(kind, now + day * DAY), now + day * DAY)
    assert len(mailoutbox) == 10
    assert len(Mailbox.objects.get().asked_at) == 1


@pytest.mark.django_db
def test_of_several_that_wait_the_newest_speaks_for_all(kind, now, mailoutbox):
    messages = [owe(kind, now + number * MINUTE) for number in range(5)]
    for message in messages:
        deliver(message, message.created_at)
    states = [OutgoingMessage.objects.get(pk=message.pk).state for message in messages]
    assert states == [State.SENT, *[State.CANCELLED] * 3, State.DUE]
    assert OutgoingMessage.objects.filter(state=State.CANCELLED, error="").count() == 0
    sweep(now + TEN_MINUTES)
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_an_older_one_that_comes_late_gives_way_to_the_newer_that_waits(kind, now, mailoutbox):
    deliver(owe(kind, now), now)
    older, newer = owe(kind, now + MINUTE), owe(kind, now + 2 * MINUTE)
    deliver(newer, now + 2 * MINUTE)
    assert deliver(older, now + 2 * MINUTE).state == State.CANCELLED
    assert deliver(newer, now + TEN_MINUTES).state == State.SENT


@pytest.mark.django_db
def test_mails_of_different_kinds_share_the_caps_and_each_gets_its_turn(
    kind, another_kind, now, mailoutbox
):
    deliver(owe(kind, now), now)
    waiting = [deliver(owe(each, now), now) for each in (another_kind,)]
    waiting.append(deliver(owe(kind, now + MINUTE), now + MINUTE))
    sweep(now + TEN_MINUTES)
    assert len(mailoutbox) == 2
    sweep(now + 2 * TEN_MINUTES + MINUTE)
    assert len(mailoutbox) == 3
    assert not OutgoingMessage.objects.exclude(state=State.SENT).exists()


@pytest.mark.django_db
def test_mails_that_nobody_else_can_cause_do_not_wait(now, mailoutbox):
    with registered(RENDERS_WELL, to_whom_it_says):
        for number in range(10):
            moment = now + number * timedelta(seconds=1)
            deliver(owe(RENDERS_WELL, moment), moment)
    assert len(mailoutbox) == 10


@pytest.mark.django_db
def test_other_spellings_are_the_same_mailbox_and_another_mailbox_is_not(kind, now, mailoutbox):
    spellings = ["victim@example.org", "VICTIM@example.org", "victim+spam@example.org"]
    for number, spelling in enumerate(spellings):
        moment = now + number * MINUTE
        deliver(owe(kind, moment, to=spelling), moment)
    other = deliver(owe(kind, now, to="other@example.org"), now)
    assert (other.state, len(mailoutbox)) == (State.SENT, 2)


@pytest.mark.django_db
def test_a_message_that_is_tried_again_has_one_turn(kind, now, settings):
    settings.EMAIL_BACKEND = post_offices.FOR_NOW["provider answers 500"]
    message = owe(kind, now)
    for _attempt in range(20):
        message = deliver(message, message.not_before)
    assert message.state == State.DUE
    assert len(Mailbox.objects.get().asked_at) == 1


@pytest.mark.django_db
def test_what_waited_for_a_provider_does_not_arrive_all_at_once(
    kind, another_kind, now, settings, mailoutbox
):
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = post_offices.FOR_NOW["provider answers 500"]
    deliver(owe(kind, now), now)
    deliver(owe(another_kind, now), now + TEN_MINUTES)
    settings.EMAIL_BACKEND = works
    sweep(now + timedelta(hours=5))
    assert len(mailoutbox) == 1
    sweep(now + timedelta(hours=5) + TEN_MINUTES + MINUTE)
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_waiting_does_not_use_up_the_patience_with_providers(kind, now, settings, mailoutbox):
    answered(now)
    works = settings.EMAIL_BACKEND
    for number in range(3):
        deliver(owe(kind, now + number * TEN_MINUTES), now + number * TEN_MINUTES)
    fourth = deliver(owe(kind, now + 3 * TEN_MINUTES), now + 3 * TEN_MINUTES)
    settings.EMAIL_BACKEND = post_offices.FOR_NOW["provider answers 500"]
    while fourth.not_before < now + GIVE_UP_AFTER:
        assert fourth.state == State.DUE
        fourth = deliver(fourth, fourth.not_before)
    settings.EMAIL_BACKEND = works
    assert deliver(fourth, fourth.not_before).state == State.SENT


@pytest.mark.django_db
def test_nothing_waits_for_ever(kind, another_kind, now, mailoutbox):
    """Even where other mails are always faster."""
    answered(now)
    deliver(owe(kind, now), now)
    patient = deliver(owe(another_kind, now + MINUTE), now + MINUTE)
    moment = patient.not_before
    while patient.state == State.DUE:
        deliver(owe(kind, moment), moment)
        patient = deliver(patient, max(moment, patient.not_before))
        moment = patient.not_before
        assert moment < now + GIVE_UP_AFTER + 2 * DAY
    assert patient.state == State.CANCELLED
    assert moment > now + GIVE_UP_AFTER - 2 * DAY


@pytest.mark.django_db
def test_a_thousand_forms_of_a_day_bring_a_victim_few_mails(now, mailoutbox):
    """Through the services that the forms call: twenty petitions, a formula, many spellings."""
    petitions = [make_petition() for _number in range(20)]
    formula = make_formula()
    start = now - DAY  # Petitions are open, and nothing is from the future.
    for number in range(1000):
        moment = start + number * DAY / 1000
        spelling = f"victim+{number}@example.org" if number % 3 else "Victim@Example.org"
        if number % 7:
            sign(petitions[number % 20], email=spelling, now=moment)
        else:
            ask_for(formula, email=spelling, now=moment)
        if number % 100 == 0:
            sign(petitions[number // 100], email=f"reader-{number}@example.org", now=moment)
        if number % 3 == 0:
            sweep(moment)
    for days in range(1, 6):
        sweep(now + days * DAY)

    sent = OutgoingMessage.objects.filter(state=State.SENT)
    moments = list(
        sent.filter(mailbox=MAILBOX).order_by("sent_at").values_list("sent_at", flat=True)
    )
    assert_within_caps(moments)
    assert len([moment for moment in moments if moment < start + DAY]) == 3
    assert len(moments) == MOST_UNANSWERED
    assert Signature.objects.filter(supporter__mailbox=MAILBOX).count() == 20
    assert sent.exclude(mailbox=MAILBOX).count() == 10
    assert not OutgoingMessage.objects.filter(state__in=[State.DUE, State.CLAIMED]).exists()
    assert not OutgoingMessage.objects.filter(state=State.CANCELLED, error="").exists()


def test_two_workers_at_the_same_moment_send_one(own_database, kind, now, mailoutbox):
    workers = 6
    for round_number in range(5):
        victim = f"victim-{round_number}@example.org"
        messages = [
            owe(kind, now + timedelta(seconds=number), to=victim) for number in range(workers)
        ]
        barrier = Barrier(workers)

        def work(message, barrier=barrier) -> None:
            barrier.wait()
            try:
                services.deliver_message(message_id=message.pk, now=now + MINUTE)
            finally:
                connection.close()

        OutgoingMessage.objects.update(not_before=now)
        with ThreadPoolExecutor(workers) as pool:
            for task in [pool.submit(work, message) for message in messages]:
                task.result()
        assert len(mailoutbox) == round_number + 1
        assert len(Mailbox.objects.get(key=mailbox_key(victim)).asked_at) == 1
