"""From what providers report to what we do about it."""

import logging
from datetime import datetime, timedelta

from anymail.signals import EventType, RejectReason
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import deliveries
from ..models import DeliveryEvent, OutgoingMessage, Suppression
from ..selectors import last_lifted
from ..signals import mailbox_failed
from .caps import lock_mailbox
from .suppressions import suppress

logger = logging.getLogger(__name__)

# Mails that came back from a mailbox which has answered us before; from another, one is enough.
BOUNCES_UNTIL_SUPPRESSED = 2
# A provider may report before we have written down what it is about.
LONGEST_WAIT = timedelta(days=1)

# Events that may change something. The others are for staff to look at.
TELLING = {EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# Enhanced status codes (RFC 3463) that pass, whatever a provider calls them.
MAILBOX_FULL = "5.2.2"
PASSING_CLASS = "4."

Reason = Suppression.Reason
SCOPES = {
    Reason.HARD_BOUNCE: Suppression.Scope.EVERYTHING,
    Reason.COMPLAINT: Suppression.Scope.SUBSCRIBED,
    Reason.OBJECTION: Suppression.Scope.SUBSCRIBED,
}


def apply_delivery_events(*, now: datetime, until: datetime | None = None) -> int:
    """Work on what providers have reported, each event once. Returns how many it worked on.

    In any order, by any number of workers. Stops when `until` is reached; the next call goes on.
    """
    waiting = DeliveryEvent.objects.filter(applied_at=None)
    applied = waiting.exclude(event_type__in=TELLING).update(applied_at=now, provider_message_id="")
    for event_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        if until is not None and timezone.now() >= until:
            break
        try:
            applied += _apply(event_id, now=now)
        except Exception:  # A bug must not take the other events along.
            logger.exception("Delivery event %s could not be worked on", event_id)
    return applied


@transaction.atomic
def _apply(event_id: int, *, now: datetime) -> bool:
    """Work on one event, unless somebody else does. False while its message is not known."""
    # The claim holds until the transaction ends: another worker waits here and then finds nothing.
    if not DeliveryEvent.objects.filter(pk=event_id, applied_at=None).update(applied_at=now):
        return False
    event = DeliveryEvent.objects.get(pk=event_id)
    if event.delivery_id is not None:
        mailbox = deliveries.mailbox_of(event.delivery_id) or ""
    else:
        message = _message_of(event)
        if message is None and now - event.received_at <= LONGEST_WAIT:
            DeliveryEvent.objects.filter(pk=event_id).update(applied_at=None)
            return False
        DeliveryEvent.objects.filter(pk=event_id).update(
            provider_message_id="", message_id=message.pk if message else None
        )
        mailbox = message.mailbox if message else ""
    reason = _meaning(event)
    if mailbox and reason is not None:
        _follow(mailbox, reason, event, now=now)
    return True


def _message_of(event: DeliveryEvent) -> OutgoingMessage | None:
    """The message that an event is about, once its mailbox is known."""
    addressed = OutgoingMessage.objects.exclude(mailbox="")
    if event.message_id is not None:
        return addressed.filter(pk=event.message_id).first()
    if event.provider_message_id:
        return addressed.filter(provider_message_id=event.provider_message_id).first()
    return None


def _meaning(event: DeliveryEvent) -> Suppression.Reason | None:
    """What an event says of the mailbox; None where it says nothing that lasts."""
    if event.event_type == EventType.COMPLAINED:
        return Reason.COMPLAINT
    if event.event_type == EventType.UNSUBSCRIBED:
        return Reason.OBJECTION
    lasting = {RejectReason.BOUNCED, RejectReason.INVALID}
    if event.event_type == EventType.BOUNCED:
        lasting = {*lasting, ""}
    passes = event.status_code == MAILBOX_FULL or event.status_code.startswith(PASSING_CLASS)
    return Reason.HARD_BOUNCE if event.reason in lasting and not passes else None


def _follow(
    mailbox: str, reason: Suppression.Reason, event: DeliveryEvent, *, now: datetime
) -> None:
    row = lock_mailbox(mailbox, now=now)  # Two bounces at once would each be the first one.
    forgiven_at = last_lifted(mailbox, reason)
    if forgiven_at is not None and event.moment <= forgiven_at:
        return
    patience = BOUNCES_UNTIL_SUPPRESSED if row.answered_at is not None else 1
    if reason is Reason.HARD_BOUNCE and len(_bounced(mailbox, since=forgiven_at)) < patience:
        return
    suppress(mailbox=mailbox, scope=SCOPES[reason], reason=reason, now=now)
    mailbox_failed.send(sender=Suppression, mailbox=mailbox, reason=reason, now=now)


def _bounced(mailbox: str, *, since: datetime | None) -> set[object]:
    """The mails that came back from a mailbox for good, as far as has been worked on."""
    to_it = Q(message_id__in=OutgoingMessage.objects.filter(mailbox=mailbox).values("pk"))
    events = DeliveryEvent.objects.filter(
        to_it | Q(delivery_id__in=deliveries.numbers_of(mailbox)),
        event_type__in=[EventType.BOUNCED, EventType.REJECTED],
        applied_at__isnull=False,
    )
    return {
        event.message_id or event.delivery_id
        for event in events
        if _meaning(event) is Reason.HARD_BOUNCE and (since is None or event.moment > since)
    }
