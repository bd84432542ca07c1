"""What providers report is stored once, and only when they prove who they are."""

import json
import uuid
from base64 import b64encode
from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, tracking

from campaigns.outbox.models import DeliveryEvent

pytestmark = pytest.mark.django_db
# Postmark's address stands for them all: it has no signature, so the secret alone protects it.
WEBHOOK = "/anymail/postmark/tracking/"


def report(now, **changes):
    event = AnymailTrackingEvent(
        **{
            "event_type": EventType.BOUNCED,
            "timestamp": now,
            "message_id": "esp-1",
            "event_id": "event-1",
            "recipient": "reader@example.org",
            "reject_reason": "bounced",
            "metadata": {"message": str(uuid.uuid4())},
            **changes,
        }
    )
    tracking.send(sender=None, event=event, esp_name="Postmark")
    return event


def test_an_event_is_stored_with_the_message_it_is_about(now):
    event = report(now)
    stored = DeliveryEvent.objects.get()
    assert str(stored.message_id) == event.metadata["message"]
    assert (stored.event_type, stored.provider, stored.reason) == ("bounced", "Postmark", "bounced")
    assert stored.occurred_at == now


def test_an_event_that_is_repeated_is_stored_once(now):
    for _time in range(10):
        report(now, metadata={})
    assert DeliveryEvent.objects.count() == 1


def test_events_without_an_id_are_told_apart_by_what_happened_when(now):
    for _time in range(2):
        report(now, event_id=None)
        report(now, event_id=None, event_type=EventType.DELIVERED)
        report(now + timedelta(seconds=1), event_id=None)
    assert DeliveryEvent.objects.count() == 3


@pytest.mark.parametrize("metadata", [None, {}, {"message": "not a uuid"}, {"message": None}])
def test_an_event_about_nothing_that_we_know_is_stored_all_the_same(now, metadata):
    report(now, metadata=metadata)
    assert DeliveryEvent.objects.get().message_id is None


def test_an_event_row_holds_no_address(now):
    report(now)
    stored = " ".join(str(value) for value in DeliveryEvent.objects.get().__dict__.values())
    assert "reader" not in stored
    assert "@" not in stored


def post_webhook(client, secret: str | None):
    body = {
        "RecordType": "Delivery",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": "reader@example.org",
        "DeliveredAt": "2026-11-20T12:00:00Z",
        "Metadata": {"message": str(uuid.uuid4())},
    }
    headers = {}
    if secret is not None:
        headers["Authorization"] = "Basic " + b64encode(secret.encode()).decode()
    return client.post(WEBHOOK, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize("secret", [None, "post:wrong", "wrong:office", ":"])
def test_a_webhook_without_the_secret_is_refused(client, settings, secret):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "post:office"}
    assert post_webhook(client, secret).status_code in {400, 401, 403}
    assert DeliveryEvent.objects.count() == 0


def test_a_webhook_with_the_secret_is_stored_once_however_often_it_comes(client, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "post:office"}
    before = DeliveryEvent.objects.count()
    for _time in range(3):
        assert post_webhook(client, "post:office").status_code == 200
    assert DeliveryEvent.objects.count() == before + 1


def test_either_secret_works_while_one_is_being_rotated(client, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["new:office", "post:office"]}
    assert post_webhook(client, "post:office").status_code == 200
    assert post_webhook(client, "new:office").status_code == 200
