"""What beat asks for."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def remind_unconfirmed(**_from_newer_release: object) -> None:
    """Remind, once, those who have asked for mails and not confirmed it."""
    services.remind_unconfirmed(now=timezone.now())
