"""The worker's side of the bulk lane. Tasks carry nothing: what is due stands in the database."""

from datetime import timedelta

from celery import current_app, shared_task
from django.utils import timezone

from . import services

# Shorter than the tasks' soft limit by more than a call can take.
WORK_TIME = timedelta(seconds=25)
EXPIRES_SECONDS = 5


@shared_task
def work_on_mailings(**_from_newer_release: object) -> None:
    """Prepare and send what is due. Where there is more than one can do, another is called."""

    def call_another() -> None:
        current_app.send_task(
            "campaigns.mailings.tasks.work_on_mailings", expires=EXPIRES_SECONDS, retry=False
        )

    services.work(until=timezone.now() + WORK_TIME, help_wanted=call_another)


@shared_task
def audit_mailings(**_from_newer_release: object) -> None:
    """Does every candidate still have a row?"""
    services.audit(now=timezone.now())
