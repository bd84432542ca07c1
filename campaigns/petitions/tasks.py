"""What beat asks for."""

from celery import shared_task
from django.utils import timezone

from . import services
from .models import Petition


@shared_task
def tally(**_from_newer_release: object) -> None:
    """Bring the shown figures up to date."""
    services.tally_signatures(now=timezone.now())


@shared_task
def recount(**_from_newer_release: object) -> None:
    """Count every petition anew, and put right what was wrong."""
    services.tally_signatures(now=timezone.now())
    for petition in Petition.objects.all():
        services.recount_signatures(petition=petition, now=timezone.now())


@shared_task
def forget_networks(**_from_newer_release: object) -> None:
    """Where signatures came from is forgotten after a month."""
    services.forget_networks(now=timezone.now())
