"""A mailbox that is to get no mail gets none, and staff can see why."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from campaigns.mailboxes import mailbox_key
from campaigns.outbox import services
from campaigns.outbox.kinds import Lane
from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.outbox.selectors import is_suppressed, suppressions_of
from campaigns.outbox.services import lift_suppressions, suppress
from campaigns.outbox.suppression_ledger import replay

from .sample_kind import RENDERS_WELL, registered, to

READER = "reader@example.org"
MAILBOX = mailbox_key(READER)
HOUR = timedelta(hours=1)
State = OutgoingMessage.State
Scope = Suppression.Scope
Reason = Suppression.Reason


def mail_of(lane: Lane, now) -> OutgoingMessage:
    with registered(RENDERS_WELL, to(READER), lane=lane):
        services.queue_message(
            kind=RENDERS_WELL, language="en", arguments={}, dedupe_key=str(now), now=now
        )
        message = OutgoingMessage.objects.get(dedupe_key=str(now))
        services.deliver_message(message_id=message.pk, now=now)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "lane", "is_sent"),
    [
        (Scope.EVERYTHING, Lane.ANSWER, False),
        (Scope.EVERYTHING, Lane.SUBSCRIBED, False),
        (Scope.SUBSCRIBED, Lane.ANSWER, True),
        (Scope.SUBSCRIBED, Lane.SUBSCRIBED, False),
        (Scope.IMPORT, Lane.ANSWER, True),
        (Scope.IMPORT, Lane.SUBSCRIBED, True),
    ],
)
def test_what_a_scope_holds_back(now, mailoutbox, scope, lane, is_sent):
    suppress(mailbox=MAILBOX, scope=scope, reason=Reason.STAFF, now=now)
    message = mail_of(lane, now)
    assert len(mailoutbox) == is_sent
    assert message.mailbox == MAILBOX
    if not is_sent:
        assert message.state == State.CANCELLED
        assert message.error == f"Suppressed: {scope}, STAFF."


@pytest.mark.django_db
def test_another_mailbox_is_unaffected(now, mailoutbox):
    suppress(
        mailbox=mailbox_key("other@example.org"),
        scope=Scope.EVERYTHING,
        reason=Reason.STAFF,
        now=now,
    )
    assert mail_of(Lane.SUBSCRIBED, now).state == State.SENT


@pytest.mark.django_db
def test_what_is_lifted_stays_in_the_list(now, mailoutbox):
    for reason in (Reason.COMPLAINT, Reason.OBJECTION):
        suppress(mailbox=MAILBOX, scope=Scope.SUBSCRIBED, reason=reason, now=now)
    lift_suppressions(mailbox=MAILBOX, reasons=[Reason.COMPLAINT], now=now + HOUR)
    assert is_suppressed(MAILBOX, Lane.SUBSCRIBED).reason == Reason.OBJECTION
    lift_suppressions(mailbox=MAILBOX, now=now + 2 * HOUR)
    assert is_suppressed(MAILBOX, Lane.SUBSCRIBED) is None
    assert mail_of(Lane.SUBSCRIBED, now).state == State.SENT
    lifted = {row.reason: row.lifted_at for row in suppressions_of(MAILBOX)}
    assert lifted == {Reason.COMPLAINT: now + HOUR, Reason.OBJECTION: now + 2 * HOUR}


@pytest.mark.django_db
def test_a_second_suppression_changes_nothing_until_the_first_is_lifted(now):
    for number in range(3):
        suppress(
            mailbox=MAILBOX, scope=Scope.EVERYTHING, reason=Reason.STAFF, now=now + number * HOUR
        )
    assert [row.since for row in suppressions_of(MAILBOX)] == [now]
    lift_suppressions(mailbox=MAILBOX, now=now + 4 * HOUR)
    suppress(mailbox=MAILBOX, scope=Scope.EVERYTHING, reason=Reason.STAFF, now=now + 5 * HOUR)
    assert len(suppressions_of(MAILBOX)) == 2


@pytest.mark.django_db
def test_each_change_is_noted_outside_the_database_once(now, settings):
    for _time in range(2):
        suppress(mailbox=MAILBOX, scope=Scope.EVERYTHING, reason=Reason.STAFF, now=now)
    for _time in range(2):
        lift_suppressions(mailbox=MAILBOX, reasons=[Reason.STAFF], now=now + HOUR)
    words = "".join(
        path.read_text() for path in Path(settings.SUPPRESSION_LEDGER_DIR).glob("*.jsonl")
    )
    lines = [json.loads(line) for line in words.splitlines() if MAILBOX in line]
    assert [line["kind"] for line in lines] == ["suppressed", "lifted"]
    assert READER not in words


def restore(savepoint: list[dict]) -> None:
    """Put the suppressions of an old backup back, which has seen no line of the ledger."""
    from campaigns.outbox.models import LedgerEntry

    LedgerEntry.objects.all().delete()
    Suppression.objects.all().delete()
    Suppression.objects.bulk_create(Suppression(**row) for row in savepoint)


@pytest.mark.django_db
def test_what_was_asked_after_a_backup_stands_again_when_it_is_restored(now):
    suppress(mailbox=MAILBOX, scope=Scope.SUBSCRIBED, reason=Reason.COMPLAINT, now=now)
    lift_suppressions(mailbox=MAILBOX, reasons=[Reason.COMPLAINT], now=now + HOUR)
    suppress(mailbox=MAILBOX, scope=Scope.SUBSCRIBED, reason=Reason.OBJECTION, now=now + 2 * HOUR)
    before = [(row.reason, row.since, row.lifted_at) for row in suppressions_of(MAILBOX)]
    backup = list(Suppression.objects.filter(reason=Reason.COMPLAINT).values())
    for rows in ([], [{**row, "lifted_at": None} for row in backup], backup):
        restore(rows)
        for _start in range(2):
            replay()
        after = [(row.reason, row.since, row.lifted_at) for row in suppressions_of(MAILBOX)]
        assert after == before


def test_two_who_suppress_at_once_write_one_row(own_database, now):
    def work(_number: int) -> None:
        try:
            suppress(mailbox=MAILBOX, scope=Scope.EVERYTHING, reason=Reason.STAFF, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert len(suppressions_of(MAILBOX)) == 1
