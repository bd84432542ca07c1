"""What beat asks for."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import services
from .services.retention import forget_what_is_due

# A night's round may be long; what it leaves is for the next one.
ROUND = timedelta(minutes=20)


@shared_task
def remind_unconfirmed(**_from_newer_release: object) -> None:
    """Remind, once, those who have asked for mails and not confirmed it."""
    services.remind_unconfirmed(now=timezone.now())


@shared_task(soft_time_limit=25 * 60, time_limit=26 * 60)
def forget_nightly(**_from_newer_release: object) -> None:
    """Forget what has been kept as long as its rule says."""
    now = timezone.now()
    forget_what_is_due(now=now, until=now + ROUND)
