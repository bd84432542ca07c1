"""What beat asks for."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def tally(**_from_newer_release: object) -> None:
    """Bring the shown figures up to date."""
    services.tally_signatures(now=timezone.now())
