"""What the provider reports of a mailing: stored as it came, worked on later, in any order."""

import itertools
import json
from base64 import b64encode
from datetime import timedelta

import pytest
import requests
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.test import Client
from django.utils import timezone

from campaigns.mailings import services
from campaigns.mailings.models import Chunk, Delivery, Mailing
from campaigns.outbox.models import DeliveryEvent, Suppression
from campaigns.outbox.services import apply_delivery_events
from campaigns.supporters.models import Subscription
from tests.factories.mailings import make_audience, make_mailing, make_readers, start

from .ledger import states, work
from .scripted import SEVERAL, provider

pytestmark = pytest.mark.django_db
SECRET = "user:password"


def report(delivery, kind=EventType.DELIVERED, **fields):
    """One event, as Anymail hands it to us."""
    event = AnymailTrackingEvent(
        event_type=kind,
        timestamp=timezone.now(),
        message_id="<the-same-for-all@example.org>",
        metadata={"delivery": str(delivery.pk)},
        event_id=fields.pop("event_id", None),
        **fields,
    )
    tracking.send(sender=object(), event=event, esp_name="Mailgun")


def mailed(settings, *script, number=4, **traits):
    audience = make_audience()
    make_readers(audience.formula, number, language="fr")
    with provider(settings, *script, **{**SEVERAL, **traits}):
        mailing = start(make_mailing(audience=audience))
        work()
    return mailing


def test_one_report_settles_a_whole_call_of_unknown_outcome(settings):
    mailing = mailed(settings, requests.ReadTimeout)
    assert states(mailing) == {"UNCERTAIN": 4}
    report(Delivery.objects.first())
    with provider(settings, **SEVERAL):
        work()
    assert states(mailing) == {"ACCEPTED": 4}
    assert Chunk.objects.get().state == Chunk.State.DONE


def test_of_one_call_each_it_settles_one(settings):
    mailing = mailed(settings, *[requests.ReadTimeout] * 2, number=2, most=1, placeholder="")
    assert states(mailing) == {"UNCERTAIN": 2}
    report(Delivery.objects.first())
    with provider(settings, most=1):
        work()
    assert states(mailing) == {"ACCEPTED": 1, "UNCERTAIN": 1}


def test_a_report_that_comes_before_our_own_commit_counts_later(settings):
    def report_at_once(_message):
        report(Delivery.objects.first())
        apply_delivery_events(now=timezone.now())
        return requests.ReadTimeout

    mailing = mailed(settings, report_at_once)
    with provider(settings, **SEVERAL):
        work()
    assert states(mailing) == {"ACCEPTED": 4}


def test_a_refusal_by_the_provider_proves_nothing(settings):
    mailing = mailed(settings, requests.ReadTimeout)
    report(Delivery.objects.first(), EventType.REJECTED)
    with provider(settings, **SEVERAL):
        work()
    assert states(mailing) == {"UNCERTAIN": 4}


def test_replays_and_disorder_come_to_the_same(settings):
    mailing = mailed(settings)
    row = Delivery.objects.order_by("pk").first()
    kinds = [EventType.DELIVERED, EventType.BOUNCED, EventType.DEFERRED]
    for order in itertools.permutations(kinds):
        DeliveryEvent.objects.all().delete()
        Suppression.objects.all().delete()
        for kind in (*order, *order):
            reason = RejectReason.BOUNCED if kind == EventType.BOUNCED else None
            report(row, kind, event_id=f"{kind}-1", reject_reason=reason)
        apply_delivery_events(now=timezone.now())
        apply_delivery_events(now=timezone.now())
        assert DeliveryEvent.objects.count() == 3
        assert Suppression.objects.get().mailbox == row.supporter.mailbox
    assert states(mailing) == {"ACCEPTED": 4}


def test_reports_without_a_number_of_their_own_are_told_apart_by_reader(settings):
    mailed(settings)
    now = timezone.now()
    for row in Delivery.objects.all():
        event = AnymailTrackingEvent(
            event_type=EventType.DELIVERED,
            timestamp=now,
            message_id="<the-same-for-all@example.org>",
            metadata={"delivery": str(row.pk)},
        )
        for _time in range(2):
            tracking.send(sender=object(), event=event, esp_name="Mailgun")
    assert DeliveryEvent.objects.count() == 4


def test_a_complaint_ends_the_mails_of_formulas(settings):
    mailed(settings)
    row = Delivery.objects.first()
    report(row, EventType.COMPLAINED)
    apply_delivery_events(now=timezone.now())
    assert Suppression.objects.get().scope == Suppression.Scope.SUBSCRIBED
    assert row.supporter.subscriptions.get().state == Subscription.State.ENDED


def test_a_report_on_somebody_who_is_gone_changes_nothing(settings):
    mailed(settings)
    row = Delivery.objects.first()
    report(row, EventType.COMPLAINED)
    Delivery.objects.update(supporter=None)
    apply_delivery_events(now=timezone.now())
    assert not Suppression.objects.exists()
    assert not DeliveryEvent.objects.filter(applied_at=None).exists()


def test_too_many_complaints_pause_what_is_being_sent(settings, monkeypatch):
    monkeypatch.setattr(services.working, "ENOUGH_FOR_COMPLAINTS", 4)
    mailing = mailed(settings, number=4)
    Mailing.objects.update(state=Mailing.State.SENDING)
    for row in Delivery.objects.all()[:3]:
        report(row, EventType.COMPLAINED)
    mailing.refresh_from_db()
    services.break_off_where_needed(mailing, now=timezone.now())
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == (Mailing.State.PAUSED, "COMPLAINTS")


def test_too_many_bounces_too(settings, monkeypatch):
    monkeypatch.setattr(services.working, "ENOUGH_FOR_BOUNCES", 4)
    mailing = mailed(settings, number=4)
    Mailing.objects.update(state=Mailing.State.SENDING)
    report(Delivery.objects.first(), EventType.BOUNCED)
    mailing.refresh_from_db()
    services.break_off_where_needed(mailing, now=timezone.now())
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == (Mailing.State.PAUSED, "BOUNCES")


@pytest.fixture
def hook(settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET}
    settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"

    def call(content, *, secret=SECRET):
        return Client().post(
            "/anymail/postmark/tracking/",
            json.dumps(content),
            content_type="application/json",
            headers={"authorization": f"Basic {b64encode(secret.encode()).decode()}"},
        )

    return call


def test_a_report_by_webhook_is_stored_and_a_forged_one_is_not(settings, hook):
    mailed(settings)
    row = Delivery.objects.first()
    told = {
        "RecordType": "Delivery",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": row.supporter.email,
        "DeliveredAt": (timezone.now() - timedelta(seconds=1)).isoformat(),
        "Metadata": {"delivery": str(row.pk)},
    }
    assert hook(told, secret="user:guessed").status_code == 400
    assert not DeliveryEvent.objects.exists()
    assert hook(told).status_code == 200
    assert hook(told).status_code == 200
    event = DeliveryEvent.objects.get()
    assert event.delivery_id == row.pk
    # Whose it is stands nowhere in it.
    assert row.supporter.email not in str(vars(event))
