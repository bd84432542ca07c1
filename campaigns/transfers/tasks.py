"""The worker's side of imports and exports."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import selectors, services
from .models import ImportJob
from .services.leftovers import delete_leftovers

WORK_TIME = timedelta(seconds=40)
# A file is read, and a list written, in one go: half a minute for 100 000 rows, on a busy machine
# several. What is killed begins anew.
READING_SECONDS = 600


@shared_task
def work_on_imports(**_from_newer_release: object) -> None:
    """Import for a while; what is left waits for the next ring or tick.

    One job after the other: the second of two large ones would only make both slower.
    """
    until = timezone.now() + WORK_TIME
    for job in selectors.waiting_imports(now=timezone.now()):
        if timezone.now() >= until:
            return
        if job.state == ImportJob.State.READING:
            read_upload.delay(job_id=job.pk)
        elif services.work_on_import(job=job, clock=timezone.now, until=until):
            work_on_imports.delay()
            return


@shared_task(soft_time_limit=READING_SECONDS, time_limit=READING_SECONDS + 30)
def read_upload(*, job_id: int, **_from_newer_release: object) -> None:
    """Read what somebody uploaded."""
    for job in ImportJob.objects.filter(pk=job_id):
        services.read_upload(job=job, now=timezone.now())


@shared_task(soft_time_limit=READING_SECONDS, time_limit=READING_SECONDS + 30)
def write_exports(**_from_newer_release: object) -> None:
    """Write the lists that somebody waits for."""
    for job in selectors.waiting_exports(now=timezone.now()):
        services.write_export(job=job, clock=timezone.now)


@shared_task
def delete_old_transfers(**_from_newer_release: object) -> None:
    """Delete what has been kept for a day."""
    now = timezone.now()
    services.delete_old_imports(now=now)
    services.delete_old_exports(now=now)
    delete_leftovers(now=now)
