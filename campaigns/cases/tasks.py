"""What beat asks of cases."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def follow_calendar(**_from_newer_release: object) -> None:
    """Take down, or let rest, what nobody consents to any more."""
    services.follow_calendar(now=timezone.now())
