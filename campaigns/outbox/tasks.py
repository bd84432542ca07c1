"""The worker's side of the doorbell."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from . import services

SWEEP_TIME = timedelta(seconds=45)


@shared_task
def deliver(*, message_id: str, **_from_newer_release: object) -> None:
    """Deliver one message, if it is still due."""
    services.deliver_message(message_id=UUID(message_id), now=timezone.now())


@shared_task
def sweep(**_from_newer_release: object) -> None:
    """Deliver what no doorbell announced."""
    now = timezone.now()
    services.sweep(now=now, until=now + SWEEP_TIME)
