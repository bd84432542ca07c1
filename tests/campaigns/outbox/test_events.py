"""What providers report is followed: in any order, each event once, and not for ever."""

import json
import random
import uuid
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.models import DeliveryEvent, OutgoingMessage, Suppression
from campaigns.outbox.selectors import suppressions_of
from campaigns.outbox.services import (
    apply_delivery_events,
    lift_suppressions,
    mailbox_answered,
)
from campaigns.outbox.services.events import LONGEST_WAIT
from campaigns.supporters.models import Consent, Subscription
from campaigns.supporters.services import confirm_subscription
from tests.factories.facts import make_formula
from tests.factories.people import ask_for

READER = "reader@example.org"
MAILBOX = mailbox_key(READER)
HOUR = timedelta(hours=1)
WEBHOOK = "/anymail/postmark/tracking/"
SECRET = {"Authorization": "Basic " + b64encode(b"post:office").decode()}
Scope = Suppression.Scope
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "post:office"}


def sent(now: datetime, **fields) -> OutgoingMessage:
    return OutgoingMessage.objects.create(
        **{
            "kind": "tests/any",
            "language": "en",
            "dedupe_key": str(uuid.uuid4()),
            "state": OutgoingMessage.State.SENT,
            "mailbox": MAILBOX,
            "not_before": now,
            "created_at": now,
            "sent_at": now,
            **fields,
        }
    )


def bounce(message: OutgoingMessage, at: datetime, **changes) -> dict:
    """What Postmark posts when a mail comes back."""
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": int(uuid.uuid4().int % 10**9),
        "MessageID": str(uuid.uuid4()),
        "Email": READER,
        "Details": "smtp;550 5.1.1 <reader@example.org>: Recipient address rejected",
        "BouncedAt": at.isoformat(),
        "Metadata": {"message": str(message.pk)},
        **changes,
    }


def complaint(message: OutgoingMessage, at: datetime, **changes) -> dict:
    spam = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Details": ""}
    return bounce(message, at, **{**spam, **changes})


def objection(message: OutgoingMessage, at: datetime) -> dict:
    return {
        "RecordType": "SubscriptionChange",
        "SuppressSending": True,
        "SuppressionReason": "ManualSuppression",
        "MessageID": str(uuid.uuid4()),
        "Recipient": READER,
        "ChangedAt": at.isoformat(),
        "Metadata": {"message": str(message.pk)},
    }


def post(client, *reports: dict) -> None:
    for report in reports:
        response = client.post(
            WEBHOOK, json.dumps(report), content_type="application/json", headers=SECRET
        )
        assert response.status_code == 200


def open_suppressions() -> set[tuple[str, str]]:
    return {(row.scope, row.reason) for row in suppressions_of(MAILBOX) if row.lifted_at is None}


HARD = {(Scope.EVERYTHING, Reason.HARD_BOUNCE)}
SPAM = {(Scope.SUBSCRIBED, Reason.COMPLAINT)}
NO_MORE = {(Scope.SUBSCRIBED, Reason.OBJECTION)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("report", "changes", "outcome"),
    [
        (bounce, {}, HARD),
        (bounce, {"Type": "BadEmailAddress"}, HARD),
        (bounce, {"Type": "Transient"}, set()),
        (bounce, {"Type": "DnsError"}, set()),
        (bounce, {"Type": "AutoResponder"}, set()),
        (bounce, {"Type": "Blocked"}, set()),
        (bounce, {"Type": "VirusNotification"}, set()),
        (bounce, {"Type": "SoftBounce", "Details": "552 5.2.2 Over quota"}, set()),
        (bounce, {"Type": "SoftBounce", "Details": "450 4.2.1 Try later"}, set()),
        (complaint, {}, SPAM),
    ],
)
def test_what_a_report_leads_to(client, now, report, changes, outcome):
    post(client, report(sent(now), now, **changes))
    assert apply_delivery_events(now=now) == 1
    assert open_suppressions() == outcome
    assert apply_delivery_events(now=now) == 0


@pytest.mark.django_db
def test_somebody_who_unsubscribes_at_the_provider_gets_no_more_formulas(client, now):
    post(client, objection(sent(now), now))
    apply_delivery_events(now=now)
    assert open_suppressions() == NO_MORE


@pytest.mark.django_db
def test_a_mailbox_that_has_answered_is_given_a_second_chance(client, now):
    mailbox_answered(mailbox=MAILBOX, now=now)
    first, second = sent(now), sent(now)
    post(client, bounce(first, now), bounce(first, now + HOUR))
    apply_delivery_events(now=now)
    assert open_suppressions() == set()
    post(client, bounce(second, now + HOUR))
    apply_delivery_events(now=now + HOUR)
    assert open_suppressions() == HARD


@pytest.mark.django_db
def test_the_subscriptions_of_a_failed_mailbox_end_with_the_reason(client, now, mailoutbox):
    outcomes = [
        (bounce, Subscription.EndReason.BOUNCED),
        (complaint, Subscription.EndReason.COMPLAINED),
        (objection, Subscription.EndReason.STOPPED_ALL),
    ]
    formula = make_formula()
    for report, reason in outcomes:
        [subscription] = ask_for(formula, email=f"{reason}@example.org")
        [other] = ask_for(formula, email="other@example.org")
        for each in (subscription, other):
            confirm_subscription(subscription=each, language="fr", now=now)
        message = sent(now, mailbox=mailbox_key(f"{reason}@example.org"))
        for number in range(2):
            post(client, report(message if number else sent(now, mailbox=message.mailbox), now))
        apply_delivery_events(now=now + HOUR)
        subscription.refresh_from_db()
        other.refresh_from_db()
        assert (subscription.state, subscription.end_reason, subscription.ended_at) == (
            *(Subscription.State.ENDED, reason),
            now + HOUR,
        )
        withdrawn = Consent.objects.filter(
            supporter=subscription.supporter, action=Consent.Action.WITHDRAWN
        )
        assert {line.method for line in withdrawn} == {Consent.Method.PROVIDER}
        assert other.state == Subscription.State.ACTIVE


@pytest.mark.django_db
def test_reports_that_are_repeated_and_shuffled_change_nothing_twice(client, now, settings):
    """Ten times each, through the provider's address, with workers in between."""
    [subscription] = ask_for(make_formula(), email=READER)
    confirm_subscription(subscription=subscription, language="fr", now=now)
    first, second = sent(now), sent(now)
    reports = [
        bounce(first, now),
        bounce(second, now + HOUR),
        complaint(first, now + HOUR),
        objection(second, now + HOUR),
    ] * 10
    random.Random(7).shuffle(reports)  # noqa: S311
    for number, report in enumerate(reports):
        post(client, report)
        if number % 5 == 0:
            apply_delivery_events(now=now + 2 * HOUR)
    apply_delivery_events(now=now + 2 * HOUR)
    assert DeliveryEvent.objects.count() == 4
    assert open_suppressions() == HARD | SPAM | NO_MORE
    assert len(suppressions_of(MAILBOX)) == 3
    withdrawn = Consent.objects.filter(action=Consent.Action.WITHDRAWN)
    assert withdrawn.count() == len(subscription.formula.channels or ["EMAIL"])


@pytest.mark.django_db
@pytest.mark.parametrize("report", [bounce, complaint, objection])
def test_reports_of_before_a_mailbox_was_lifted_do_not_suppress_it_again(client, now, report):
    old, late = sent(now), sent(now)
    post(client, report(old, now))
    apply_delivery_events(now=now)
    lift_suppressions(mailbox=MAILBOX, now=now + 2 * HOUR)
    post(client, report(old, now), report(late, now + HOUR))
    apply_delivery_events(now=now + 3 * HOUR)
    assert open_suppressions() == set()
    post(client, report(late, now + 4 * HOUR))
    apply_delivery_events(now=now + 4 * HOUR)
    assert len(open_suppressions()) == 1


@pytest.mark.django_db
def test_a_report_that_comes_before_its_message_waits_for_it(client, now):
    message_id = uuid.uuid4()
    unsaved = OutgoingMessage(pk=message_id)
    post(client, bounce(unsaved, now))
    assert apply_delivery_events(now=now) == 0
    sent(now, pk=message_id)
    assert apply_delivery_events(now=now) == 1
    assert open_suppressions() == HARD


@pytest.mark.django_db
def test_a_report_of_nothing_that_we_know_is_put_aside_after_a_day(client, now):
    post(client, bounce(OutgoingMessage(), now), bounce(OutgoingMessage(), now, Metadata={}))
    assert apply_delivery_events(now=now) == 0
    assert apply_delivery_events(now=now + LONGEST_WAIT + HOUR) == 2
    assert apply_delivery_events(now=now + LONGEST_WAIT + HOUR) == 0
    assert suppressions_of(MAILBOX) == []


@pytest.mark.django_db
def test_a_report_without_our_number_is_known_by_the_providers(client, now):
    message = sent(now, provider_message_id="of-the-provider")
    post(client, bounce(message, now, MessageID="of-the-provider", Metadata={}))
    apply_delivery_events(now=now)
    assert open_suppressions() == HARD
    event = DeliveryEvent.objects.get()
    assert (event.message_id, event.provider_message_id) == (message.pk, "")


@pytest.mark.django_db
def test_what_a_mail_server_said_is_kept_as_a_code_and_no_more(client, now):
    post(client, bounce(sent(now), now))
    event = DeliveryEvent.objects.get()
    assert event.status_code == "5.1.1"
    assert "@" not in " ".join(str(value) for value in event.__dict__.values())


def test_two_workers_follow_each_report_once(own_database, client, now):
    """Two bounces in two hands are two: a mailbox that has answered is suppressed by them."""
    mailbox_answered(mailbox=MAILBOX, now=now)
    post(client, *(bounce(sent(now), now) for _number in range(2)))

    def work(_number: int) -> int:
        try:
            return apply_delivery_events(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        applied = list(pool.map(work, range(6)))
    assert sum(applied) == 2
    assert open_suppressions() == HARD
