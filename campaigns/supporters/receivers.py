"""What follows for subscriptions when a mailbox fails or its owner objects."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from campaigns.outbox.models import Suppression
from campaigns.outbox.signals import mailbox_failed

from .models import Consent, Subscription
from .services import end_subscription

END_REASONS = {
    Suppression.Reason.HARD_BOUNCE: Subscription.EndReason.BOUNCED,
    Suppression.Reason.COMPLAINT: Subscription.EndReason.COMPLAINED,
    Suppression.Reason.OBJECTION: Subscription.EndReason.STOPPED_ALL,
}


@receiver(mailbox_failed, dispatch_uid="supporters.end_subscriptions")
def end_subscriptions(
    sender: Any, mailbox: str, reason: Suppression.Reason, now: datetime, **_arguments: Any
) -> None:
    """No formula goes on to a mailbox that cannot, or does not want to, get it."""
    active = Subscription.objects.filter(
        supporter__mailbox=mailbox, state=Subscription.State.ACTIVE
    )
    for subscription in active:
        end_subscription(
            subscription=subscription,
            reason=END_REASONS[reason],
            method=Consent.Method.PROVIDER,
            now=now,
        )
