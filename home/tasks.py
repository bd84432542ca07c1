"""What beat asks of the site."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from . import take_down


@shared_task
def publish_scheduled_pages(**_from_newer_release: object) -> None:
    """Publish and take down the pages whose time has come."""
    call_command("publish_scheduled")


@shared_task
def follow_cases(**_from_newer_release: object) -> None:
    """Take off what may not be shown any more, and finish what was interrupted."""
    take_down.follow_all_cases(now=timezone.now())
