"""Messages as rows: owed once, claimed once, tried again, accounted for."""

import contextlib
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection, transaction

from campaigns.outbox import services
from campaigns.outbox.kinds import Letterhead, MessageObsolete
from campaigns.outbox.models import OutgoingMessage
from campaigns.outbox.services import (
    FIRST_RETRY,
    GIVE_UP_AFTER,
    LEASE,
    LONGEST_RETRY,
    MOST_LOST,
    MOST_UNCERTAIN,
    press_key,
)

from . import post_offices
from .sample_kind import CONTEXT, RENDERS_WELL, registered, to

State = OutgoingMessage.State
READER = "reader@example.org"


@pytest.fixture
def kind():
    """The name of a kind of mail that goes to one reader."""
    with registered(RENDERS_WELL, to(READER)):
        yield RENDERS_WELL


def owe(kind: str, now, *, key: str = "one") -> OutgoingMessage:
    services.queue_message(
        kind=kind, language="en", arguments={"thing": 1}, dedupe_key=key, now=now
    )
    return OutgoingMessage.objects.get(dedupe_key=key)


def deliver(message: OutgoingMessage, now) -> OutgoingMessage:
    services.deliver_message(message_id=message.pk, now=now)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_a_queued_message_is_due_and_not_sent(kind, now, mailoutbox):
    message = owe(kind, now)
    assert (message.state, message.attempts, message.not_before) == (State.DUE, 0, now)
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_message_with_a_known_key_is_owed_once(kind, now):
    owe(kind, now)
    owe(kind, now + timedelta(hours=1))
    assert OutgoingMessage.objects.count() == 1


@pytest.mark.django_db
def test_a_message_is_sent_once(kind, now, mailoutbox):
    message = deliver(owe(kind, now), now)
    assert message.state == State.SENT
    assert message.sent_at == now
    assert services.deliver_message(message_id=message.pk, now=now) is False
    assert [email.to for email in mailoutbox] == [[READER]]


@pytest.mark.django_db
def test_a_message_that_does_not_exist_is_nobodys(now):
    assert services.deliver_message(message_id=uuid.uuid4(), now=now) is False


@pytest.mark.django_db
def test_a_message_before_its_time_waits(kind, now, mailoutbox):
    message = owe(kind, now + timedelta(minutes=5))
    assert services.deliver_message(message_id=message.pk, now=now) is False
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_mail_carries_a_message_id_that_retries_share(kind, now, mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "Obstinate <hello@letters.example.org>"
    message = deliver(owe(kind, now), now)
    [email] = mailoutbox
    assert email.extra_headers["Message-ID"] == f"<{message.pk}@letters.example.org>"
    assert email.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in email.extra_headers


@pytest.mark.django_db
def test_a_mail_is_tagged_for_webhooks_and_spies_on_nobody(kind, now, settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    mail.outbox = ["an earlier mail"]
    message = deliver(owe(kind, now), now)
    sent = mail.outbox[1].anymail_test_params
    assert sent["metadata"] == {"message": str(message.pk)}
    assert (sent["track_opens"], sent["track_clicks"]) == (False, False)
    assert message.provider_message_id == "1"


@pytest.mark.django_db
def test_a_mail_about_an_occasion_that_has_passed_is_cancelled(now, mailoutbox):
    def nothing_left(_message):
        raise MessageObsolete("The signature is gone.")

    with registered(RENDERS_WELL, nothing_left):
        message = deliver(owe(RENDERS_WELL, now), now)
    assert (message.state, message.error) == (State.CANCELLED, "The signature is gone.")
    assert mailoutbox == []


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", post_offices.FOR_NOW)
def test_a_message_that_could_not_be_taken_now_is_tried_again(kind, now, settings, trouble):
    settings.EMAIL_BACKEND = post_offices.FOR_NOW[trouble]
    message = deliver(owe(kind, now), now)
    assert message.state == State.DUE
    assert message.error
    assert message.not_before == now + FIRST_RETRY
    assert message.claim is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = deliver(message, message.not_before)
    assert (message.state, message.error, len(mail.outbox)) == (State.SENT, "", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", post_offices.FOR_GOOD)
def test_a_message_that_is_refused_for_good_is_not_tried_again(kind, now, settings, trouble):
    settings.EMAIL_BACKEND = post_offices.FOR_GOOD[trouble]
    message = deliver(owe(kind, now), now)
    assert (message.state, message.attempts) == (State.FAILED, 1)
    assert message.error
    assert READER not in message.error


@pytest.mark.django_db
def test_retries_take_longer_each_time_and_end_after_a_week(kind, now, settings):
    settings.EMAIL_BACKEND = post_offices.FOR_NOW["provider answers 500"]
    message = owe(kind, now)
    waits = []
    while message.state == State.DUE:
        began = message.not_before
        message = deliver(message, began)
        waits.append(message.not_before - began)
    waits.pop()
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (FIRST_RETRY, FIRST_RETRY * 2, LONGEST_RETRY)
    assert message.state == State.FAILED
    assert GIVE_UP_AFTER < message.not_before - now < GIVE_UP_AFTER + LONGEST_RETRY * 2
    assert message.attempts > 100


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", post_offices.UNCERTAIN)
def test_a_message_that_may_have_left_is_tried_a_few_times_only(kind, now, settings, trouble):
    settings.EMAIL_BACKEND = post_offices.UNCERTAIN[trouble]
    message = owe(kind, now)
    for attempt in range(1, MOST_UNCERTAIN + 1):
        assert message.state == State.DUE
        message = deliver(message, message.not_before)
        assert message.attempts == attempt
    assert message.state == State.FAILED


@pytest.mark.django_db
def test_plain_refusals_do_not_use_up_the_patience_with_doubtful_answers(kind, now, settings):
    settings.EMAIL_BACKEND = post_offices.FOR_NOW["provider answers 500"]
    message = owe(kind, now)
    for _attempt in range(MOST_UNCERTAIN + MOST_LOST):
        message = deliver(message, message.not_before)
    settings.EMAIL_BACKEND = post_offices.UNCERTAIN["answer makes no sense"]
    message = deliver(message, message.not_before)
    assert message.state == State.DUE


@pytest.mark.django_db
@pytest.mark.parametrize("gap", [timedelta(0), timedelta(seconds=1), timedelta(seconds=2.9)])
@pytest.mark.parametrize("second", [30, 31, 32])
def test_presses_within_a_moment_bring_one_mail(kind, now, mailoutbox, second, gap):
    """Wherever the moment falls: time is cut into slices, and presses meet across a cut."""
    first = now.replace(second=second, microsecond=500_000)
    for moment in (first, first + gap):
        services.queue_message(
            kind=kind,
            language="en",
            arguments={"thing": 1},
            dedupe_key=press_key(occasion="press", now=moment),
            now=moment,
        )
    later = first + timedelta(minutes=1)
    services.sweep(now=later, until=later + timedelta(minutes=1))
    assert len(mailoutbox) == 1
    assert not OutgoingMessage.objects.filter(state=State.DUE).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("second", [30, 31, 32])
def test_a_press_after_a_moment_brings_another_mail(kind, now, mailoutbox, second):
    first = now.replace(second=second, microsecond=0)
    for moment in (first, first + timedelta(seconds=4)):
        services.queue_message(
            kind=kind,
            language="en",
            arguments={"thing": 1},
            dedupe_key=press_key(occasion="press", now=moment),
            now=moment,
        )
    later = first + timedelta(minutes=1)
    services.sweep(now=later, until=later + timedelta(minutes=1))
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_a_message_that_cannot_be_built_leaves_the_others_alone(now, mailoutbox, caplog):
    def broken(message):
        if message.dedupe_key == "poison":
            raise RuntimeError("a bug")
        return Letterhead(READER, CONTEXT)

    with registered(RENDERS_WELL, broken), caplog.at_level(logging.ERROR):
        poison = owe(RENDERS_WELL, now - timedelta(hours=1), key="poison")
        owe(RENDERS_WELL, now, key="sound")
        services.sweep(now=now, until=now + timedelta(minutes=1))
    poison.refresh_from_db()
    assert (poison.state, poison.error, poison.attempts) == (State.DUE, "RuntimeError", 1)
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_template_that_does_not_hold_together_is_tried_again(now, mailoutbox, tmp_path, settings):
    folder = tmp_path / "email" / "tests" / "break_template"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("A subject")
    (folder / "body.txt").write_text("Words")
    (folder / "body.mjml").write_text("<mjml><mj-body><mj-section></mj-body></mjml>")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    with registered("tests/break_template", to(READER)):
        message = deliver(owe("tests/break_template", now), now)
    assert (message.state, message.error) == (State.DUE, "UnrenderableMail")
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_kind_that_a_newer_release_queued_waits_for_it(now, mailoutbox):
    message = deliver(owe("tests/unheard_of", now), now)
    assert (message.state, message.error) == (State.DUE, "KeyError")


@pytest.mark.django_db
def test_the_sweeper_frees_messages_of_workers_that_died(kind, now, mailoutbox):
    message = owe(kind, now)
    OutgoingMessage.objects.update(
        state=State.CLAIMED, claim=uuid.uuid4(), claimed_until=now + LEASE, attempts=1
    )
    services.sweep(now=now + LEASE, until=now + 2 * LEASE)
    assert mailoutbox == []  # It may still be at work.
    later = now + LEASE + timedelta(seconds=1)
    assert services.sweep(now=later, until=later + LEASE) == 0
    later += FIRST_RETRY
    assert services.sweep(now=later, until=later + LEASE) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, len(mailoutbox)) == (State.SENT, 2, 1)


@pytest.mark.django_db
def test_a_message_that_kills_its_worker_each_time_is_given_up(now, mailoutbox):
    deaths = []

    class Killed(BaseException):
        """As abrupt as a signal: no handler of ours runs."""

    def kill(_message):
        deaths.append(1)
        raise Killed

    moment = now
    with registered(RENDERS_WELL, kill):
        message = owe(RENDERS_WELL, now)
        for _sweep in range(50):
            with contextlib.suppress(Killed):
                services.sweep(now=moment, until=moment + LEASE)
            moment += LEASE + timedelta(seconds=1)
    message.refresh_from_db()
    assert (message.state, len(deaths)) == (State.FAILED, MOST_LOST)


@pytest.mark.django_db
def test_the_sweeper_stops_starting_when_its_time_is_up(kind, now, mailoutbox):
    for number in range(3):
        owe(kind, now, key=str(number))
    assert services.sweep(now=now, until=now) == 0
    assert services.sweep(now=now, until=now + timedelta(minutes=1)) == 3
    assert len(mailoutbox) == 3


@pytest.mark.django_db
def test_a_late_worker_cannot_overwrite_what_the_next_one_wrote(now, mailoutbox):
    """Its lease ended while it was being slow: the row is somebody else's by then."""

    def slow(message):
        OutgoingMessage.objects.filter(pk=message.pk).update(claim=uuid.uuid4())
        return Letterhead(READER, CONTEXT)

    with registered(RENDERS_WELL, slow):
        message = deliver(owe(RENDERS_WELL, now), now)
    assert (message.state, message.sent_at) == (State.CLAIMED, None)


def test_a_rolled_back_transaction_owes_nothing(own_database, kind, now, mailoutbox):
    class Stop(Exception):
        pass

    @transaction.atomic
    def owe_and_stop(key: str) -> None:
        owe(kind, now, key=key)
        raise Stop

    for number in range(20):
        with pytest.raises(Stop):
            owe_and_stop(str(number))
    assert OutgoingMessage.objects.count() == 0
    assert services.sweep(now=now, until=now + timedelta(minutes=1)) == 0
    assert mailoutbox == []


def test_a_message_is_claimed_by_one_of_many_workers(own_database, kind, now, mailoutbox):
    workers = 6
    for round_number in range(5):
        message = owe(kind, now, key=str(round_number))
        barrier = Barrier(workers)

        def work(pk=message.pk, barrier=barrier) -> bool:
            barrier.wait()
            try:
                return services.deliver_message(message_id=pk, now=now)
            finally:
                connection.close()

        with ThreadPoolExecutor(workers) as pool:
            claims = [task.result() for task in [pool.submit(work) for _ in range(workers)]]
        assert claims.count(True) == 1
    assert len(mailoutbox) == 5


@pytest.mark.django_db
def test_a_message_row_holds_no_address_and_no_words(kind, now):
    message = deliver(owe(kind, now), now)
    stored = " ".join(str(value) for value in message.__dict__.values())
    assert READER not in stored
    assert "@" not in stored
