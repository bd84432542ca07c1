"""A worker is killed in the middle, with a real signal: nobody is lost, nobody comes twice."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from campaigns.supporters.models import Consent, Subscription, Supporter
from campaigns.transfers.models import ImportJob
from campaigns.transfers.services import work_on_import
from home import setup
from tests.factories.facts import make_formula
from tests.factories.people import make_staff

from .conftest import Clerk, csv_of

ROOT = Path(__file__).resolve().parents[3]
ROWS = 2_000
KILLS = 2


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return f"postgresql://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def start_worker(job: ImportJob, var: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.campaigns.transfers.worker", str(job.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(var),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        },
    )


def kill_in_the_middle(job: ImportJob, var: Path) -> None:
    """Let a worker begin, and kill it while it writes some later chunk."""
    before = job.rows_done
    worker = start_worker(job, var)
    try:
        for _turn in range(6_000):
            job.refresh_from_db()
            if job.rows_done > before:
                break
            assert worker.poll() is None
            time.sleep(0.01)
    finally:
        worker.kill()
        worker.wait()
    job.refresh_from_db()
    assert before < job.rows_done < ROWS
    assert job.claimed_until > timezone.now()


def test_a_killed_import_goes_on_where_it_was(own_database, settings, tmp_path):
    var = tmp_path / "var"
    settings.PRIVATE_ROOT = var / "private"
    formula = make_formula(code="urgent", channels=["EMAIL"])
    clerk = Clerk(make_staff(setup.SUPPORTER_SERVICE), formula)
    people = [f"reader-{number}@example.org;2024-05-03;B {number}" for number in range(ROWS)]
    job = clerk.start(clerk.upload(csv_of(*people, "nobody;2024-05-03;B")))
    for _kill in range(KILLS):
        kill_in_the_middle(job, var)
        # Nobody else works on it while the dead one's lease lasts.
        until = timezone.now() + timezone.timedelta(minutes=5)
        assert not work_on_import(job=job, clock=timezone.now, until=until)
        ImportJob.objects.filter(pk=job.pk).update(claimed_until=timezone.now())
    clerk.work(job)

    assert job.state == ImportJob.State.DONE
    assert (job.rows_done, job.added, job.subscribed) == (ROWS + 1, ROWS, ROWS)
    assert (job.unchanged, job.refused, job.problems.count()) == (0, 1, 1)
    assert Supporter.objects.count() == ROWS
    assert Subscription.objects.filter(state="ACTIVE").count() == ROWS
    lines = Consent.objects.values("supporter").annotate(lines=Count("pk"))
    assert {line["lines"] for line in lines} == {2}
    assert len(lines) == ROWS
