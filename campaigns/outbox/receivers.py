"""What Anymail's webhooks say is stored as it comes, once; nothing is decided here."""

import hashlib
import re
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver

from .inserts import insert_once
from .models import DeliveryEvent

LONGEST_NUMBER = 19


@receiver(tracking, dispatch_uid="outbox.record_delivery_event")
def record_delivery_event(
    sender: Any, event: AnymailTrackingEvent, esp_name: str, **_arguments: Any
) -> None:
    """Store one tracking event. A provider that repeats itself changes nothing."""
    metadata = event.metadata or {}
    message_id = _uuid(metadata.get("message"))
    delivery_id = _number(metadata.get("delivery"))
    # All readers of one call may share the provider's id.
    identity = (
        event.event_id
        or f"{event.event_type}|{event.message_id}|{delivery_id or ''}|{event.timestamp}"
    )
    insert_once(
        DeliveryEvent(
            key=hashlib.sha256(f"{esp_name}|{identity}".encode()).hexdigest(),
            message_id=message_id,
            delivery_id=delivery_id,
            event_type=event.event_type,
            provider=esp_name,
            # Names a message, and so a person, at the provider: kept only while we need it.
            provider_message_id="" if message_id or delivery_id else (event.message_id or "")[:255],
            reason=(event.reject_reason or "")[:200],
            status_code=_status_code(event.mta_response or event.description or ""),
            occurred_at=event.timestamp,
        ),
        "key",
    )


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < LONGEST_NUMBER else None


def _status_code(answer: str) -> str:
    """The enhanced status code in a mail server's answer, and nothing else: it names people."""
    found = re.search(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)", answer)
    return found[0] if found else ""
