"""Reads about mail that go beyond one table."""

from datetime import datetime

from django.db.models import Max

from .kinds import Lane
from .models import DeliveryEvent, OutgoingMessage, Suppression

Scope = Suppression.Scope


def suppressions_of(mailbox: str) -> list[Suppression]:
    """Every suppression of a mailbox, lifted ones too, the newest first."""
    return list(Suppression.objects.filter(mailbox=mailbox).order_by("-since", "pk"))


def is_suppressed(mailbox: str, lane: Lane) -> Suppression | None:
    """What keeps mails of this lane from a mailbox, or None."""
    scopes = [Scope.EVERYTHING]
    if lane is Lane.SUBSCRIBED:
        scopes.append(Scope.SUBSCRIBED)
    return (
        Suppression.objects.filter(mailbox=mailbox, scope__in=scopes, lifted_at=None)
        .order_by("since", "pk")
        .first()
    )


def last_lifted(mailbox: str, reason: Suppression.Reason) -> datetime | None:
    """When mail was last allowed again to a mailbox that had been suppressed for `reason`."""
    lifted = Suppression.objects.filter(mailbox=mailbox, reason=reason)
    moment: datetime | None = lifted.aggregate(last=Max("lifted_at"))["last"]
    return moment


def events_of(message: OutgoingMessage) -> list[DeliveryEvent]:
    """What the provider reported of a message, in the order in which it happened."""
    events = DeliveryEvent.objects.filter(message_id=message.pk)
    return sorted(events, key=lambda event: (event.moment, event.pk))
