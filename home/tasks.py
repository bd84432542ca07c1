"""What beat asks of the site."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def publish_scheduled_pages(**_from_newer_release: object) -> None:
    """Publish and take down the pages whose time has come."""
    call_command("publish_scheduled")
