"""Whatever is put into a lane, somebody takes out: `make run` starts a worker for each."""

import re
from pathlib import Path

from celery import current_app
from django.conf import settings

ROOT = Path(settings.ROOT)


def queues_of_workers(text):
    return {
        queue for found in re.findall(r"--queues (\S+)", text) for queue in found.strip().split(",")
    }


def queues_in_use():
    scheduled = {entry["options"]["queue"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    return scheduled | routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_every_lane_has_a_worker():
    assert queues_of_workers((ROOT / "Procfile").read_text()) == queues_in_use()


def test_the_guide_to_deployment_starts_the_same_workers():
    assert queues_of_workers((ROOT / "docs/deployment.md").read_text()) == queues_in_use()


def test_every_task_that_beat_names_exists():
    current_app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named | set(settings.CELERY_TASK_ROUTES) <= set(current_app.tasks)


def test_mails_and_counts_wait_for_nothing_that_takes_long():
    """A worker of its own for each lane: one that drains a mailing serves nobody else."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        assert len(queues_of_workers(line)) <= 1
