"""What beat asks of urgent actions."""

from celery import shared_task
from django.utils import timezone

from . import replying, services


@shared_task
def follow_deadlines(**_from_newer_release: object) -> None:
    """Close what is past its deadline, open what is scheduled for now."""
    now = timezone.now()
    services.expire_issues(now=now)
    services.open_scheduled_issues(now=now)


@shared_task
def delete_orphaned_files(**_from_newer_release: object) -> None:
    """Delete what is left of replies that are no longer kept."""
    replying.delete_orphaned_files(now=timezone.now())
