"""An import of 100 000 people: its time beside bare inserts, its memory, and a kill in the middle.

`PYTHONPATH=site:. python -m tests.benchmarks.importing`, after the other benchmarks of
`make bench`: it takes minutes, and they would measure it along.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.running_site import ROOT

from .databases import Database, SqliteDatabase, postgres
from .server import BenchSite
from .table import Report, number

RESULTS = ROOT / "var" / "bench-import-results.txt"
FEW, MANY = 10_000, 100_000
POLL_SECONDS = 0.2
PEOPLE = "SELECT id FROM supporters_supporter WHERE email LIKE 'reader-{}-%'"
# All of them, the different ones among them, and how many there are of each person.
COUNTS = {
    "people": (
        "SELECT count(*), count(DISTINCT email_canonical) FROM supporters_supporter"
        " WHERE id IN ({people})",
        1,
    ),
    "subscriptions": (
        "SELECT count(*), count(DISTINCT supporter_id) FROM supporters_subscription"
        " WHERE supporter_id IN ({people})",
        1,
    ),
    "lines of the ledger": (
        "SELECT count(*), count(DISTINCT dedupe_key) FROM supporters_consent"
        " WHERE supporter_id IN ({people})",
        2,
    ),
}
HOW_TO_READ = """
  bare       as many rows of the same tables from ready values, by bulk_create, in transactions of
             the same size, in the same run: no file, no check, no encryption, no upsert
  × bare     seconds divided by those of the bare inserts of the same run
  peak       the most that the process had in memory, MiB; before: when Django had started
"""


def main() -> None:
    """All of it on each database that answers; leaves no process, database or folder behind."""
    report = Report(RESULTS)
    report.line(f"Imports, load {os.getloadavg()[0]:.1f} before the run{HOW_TO_READ}")
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=RESULTS.parent))
        )
        databases: list[Database] = []
        try:
            databases.append(stack.enter_context(postgres(os.environ["BENCH_DATABASE_URL"])))
        except (psycopg.OperationalError, KeyError) as error:
            report.line(f"PostgreSQL is left out: {str(error).splitlines()[0]}")
        databases.append(SqliteDatabase(folder))
        for database in databases:
            var = folder / database.title.partition(" ")[0]
            var.mkdir()
            site = BenchSite(var, database_url=database.url, redis_url=None)
            site.prepare()
            report.line(f"=== {database.title}")
            _measure(site, database, report)
    report.line(f"In {RESULTS.relative_to(ROOT)} too.")


def _measure(site: BenchSite, database: Database, report: Report) -> None:
    bare = site.run_module("import_worker", "bare", str(MANY))
    few = _step(site, "work", _step(site, "upload", FEW)["job"])
    upload = _step(site, "upload", MANY)
    killed_at, lost_seconds = _kill_in_the_middle(site, database, upload["job"])
    many = _step(site, "work", upload["job"])
    many["seconds"] += lost_seconds
    report.table(
        ["", "rows", "s", "× bare", "before MiB", "peak MiB"],
        [
            _row("bare inserts", MANY, bare, bare),
            _row("reading the file", MANY, upload, bare),
            _row("import", FEW, few, None),
            _row("import, killed and resumed", MANY, many, bare),
        ],
    )
    report.line(f"  killed with SIGKILL after {killed_at} rows, resumed by another process:")
    for name, (statement, each) in COUNTS.items():
        [(count, distinct)] = database.rows(statement.format(people=PEOPLE.format(MANY)))
        report.line(f"  {count} {name}: {MANY * each - distinct} lost, {count - distinct} twice")
    report.line()


def _row(name: str, rows: int, figures: dict[str, Any], bare: dict[str, Any] | None) -> list[str]:
    return [
        name,
        str(rows),
        number(figures["seconds"], 1),
        number(figures["seconds"] / bare["seconds"], 2) if bare else "–",
        number(figures["memory_before"], 0),
        number(figures["memory"], 0),
    ]


def _step(site: BenchSite, step: str, argument: int) -> dict[str, Any]:
    found: dict[str, Any] = site.run_module("import_worker", step, str(argument))
    return found


def _kill_in_the_middle(site: BenchSite, database: Database, job: int) -> tuple[int, float]:
    """Rows done when the worker was killed, half-way through, and the seconds that it had."""
    started = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.import_worker", "work", str(job)],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        done = 0
        while done < MANY // 2 and worker.poll() is None:
            time.sleep(POLL_SECONDS)
            done = _rows_done(database, job)
    finally:
        worker.kill()
        worker.wait()
    return _rows_done(database, job), time.monotonic() - started


def _rows_done(database: Database, job: int) -> int:
    [(done,)] = database.rows(
        f"SELECT rows_done FROM transfers_importjob WHERE id = {int(job)}"  # noqa: S608
    )
    return int(done)


if __name__ == "__main__":
    main()
