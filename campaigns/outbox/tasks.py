"""The worker's side of the doorbell."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from . import limits, services

DRAIN_TIME = timedelta(seconds=10)
EVENTS_TIME = timedelta(seconds=45)
SWEEP_TIME = timedelta(seconds=25)


@shared_task
def deliver(*, message_id: str, **_from_newer_release: object) -> None:
    """Deliver one message, if it is still due; then whatever else waits.

    So a burst is drained by the first doorbells that are heard, however slow the broker is.
    """
    now = timezone.now()
    services.deliver_message(message_id=UUID(message_id), now=now)
    services.sweep(now=now, until=now + DRAIN_TIME)


@shared_task
def sweep(**_from_newer_release: object) -> None:
    """Deliver what no doorbell announced."""
    now = timezone.now()
    services.sweep(now=now, until=now + SWEEP_TIME)


@shared_task
def apply_delivery_events(**_from_newer_release: object) -> None:
    """Follow what the providers have reported."""
    now = timezone.now()
    services.apply_delivery_events(now=now, until=now + EVENTS_TIME)


@shared_task
def forget_counts(**_from_newer_release: object) -> None:
    """Drop the counts of windows that are over."""
    limits.forget_counts(now=timezone.now())
