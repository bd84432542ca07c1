"""Measures everything once, on PostgreSQL and on SQLite, within seven minutes."""

import contextlib
import json
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import psycopg

from tests.running_site import ROOT

from . import enumeration, pages, signing
from .databases import Database, SqliteDatabase, postgres
from .load import Request
from .server import TRIVIAL, BenchSite, own_keys, procfile_command
from .table import Report

LONGEST_RUN_SECONDS = 420
CEILING_SECONDS = 2.0
SERVER_URL = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/6")
RESULTS = ROOT / "var" / "bench-results.txt"

HOW_TO_READ = """\
Keep the ratios ("of bare"): the absolute figures drift with the machine and with its other work.
  /s       expected answers per second (303 to a signature, 200 to a page); all else is an error
  of bare  /s divided by that of the bare Django view above it, at the same concurrency c
  CPU ms   of the web workers per answer, with what they do after it; without database and broker
  rounds   the slowest and fastest /s of the turns; far apart means that the machine was busy
  plain    a hand-written Wagtail page of the same number of bytes, asked in the same turns: found
           and shown by Wagtail, paragraphs of RichText without a link, one picture, nothing else
  ms       of one request, the median of several; × plain is ms divided by those of the plain page
No Celery worker runs beside: mails stay owed. Generator, server and database share the machine.
"""


class TooLong(Exception):
    """The run did not end in time."""


def main() -> None:
    """Run all of it; whatever happens, leave no process, database or folder behind."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGALRM, _end)
    signal.alarm(LONGEST_RUN_SECONDS)
    report = Report(RESULTS)
    try:
        _run(report)
    except TooLong as error:
        report.line(f"Stopped: {error}")
        sys.exit(1)
    report.line(f"In {RESULTS.relative_to(ROOT)} too.")


def _run(report: Report) -> None:
    _show_machine(report)
    with contextlib.ExitStack() as stack:
        # Not /tmp, which may be memory: SQLite has to reach the disk that `make run` uses.
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=RESULTS.parent))
        )
        installations = _installations(stack, folder, report)
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda pair: pair[1].prepare(), installations))
        _show_ceiling(installations[0][1], report)
        for database, site in installations:
            _measure(database, site, report)
        signal.alarm(0)  # Cleaning up is not to be interrupted.


def _installations(
    stack: contextlib.ExitStack, folder: Path, report: Report
) -> Sequence[tuple[Database, BenchSite]]:
    """The production-like site, where its services answer, and the embedded default."""
    installations: list[tuple[Database, BenchSite]] = []
    redis_url = stack.enter_context(own_keys(REDIS_URL))
    try:
        database = stack.enter_context(postgres(SERVER_URL))
    except psycopg.OperationalError as error:
        report.line(f"PostgreSQL is left out: {str(error).splitlines()[0]}")
    else:
        var = folder / "postgresql"
        var.mkdir()
        site = BenchSite(var, database_url=database.url, redis_url=redis_url)
        installations.append((database, site))
    var = folder / "sqlite"
    var.mkdir()
    embedded = SqliteDatabase(var)
    site = BenchSite(var, database_url=embedded.url, redis_url=None)
    installations.append((embedded, site))
    return installations


def _measure(database: Database, site: BenchSite, report: Report) -> None:
    broker = site.environment.get("CELERY_BROKER_URL", "filesystem://").partition(":")[0]
    report.line(f"=== {database.title}, doorbell over {broker}")
    report.line()
    paths = site.run_module("content")
    statements = site.run_module("statements", json.dumps(paths))
    signing.show_statements(statements, report)
    report.line("The ten heaviest pages in French, uncached, one request at a time in one process")
    pages.show_heaviest(site.run_module("heaviest"), report)
    with site.running():
        report.line(f"Signing: POST {paths['sign']}, every address unknown")
        signing.measure(site, database, paths, report)
        report.line("Pages: GET in French, nothing cached between server and reader")
        pages.measure(site, paths, statements, report)
        workers = ", ".join(
            f"{worker.now:.0f} (peak {worker.peak:.0f})" for worker in site.memory()
        )
        report.line(f"Memory of the web workers after the run, MiB resident: {workers}")
        if site.has_erred:
            report.line(f"Last line of the server's log: {site.last_error()}")
    report.line()
    enumeration.show(site.run_module("enumeration"), report)


def _show_machine(report: Report) -> None:
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    programs = ", ".join(
        f"{name} {version(name)}" for name in ("Django", "Wagtail", "granian", "psycopg", "celery")
    )
    load = os.getloadavg()[0]
    report.line(f"Obstinate, {now}: {os.cpu_count()} cores, load {load:.1f} before the run")
    report.line(f"Python {sys.version.split()[0]}, {programs}")
    report.line(shlex.join(procfile_command("web", port=0)))
    report.line(HOW_TO_READ)


def _show_ceiling(site: BenchSite, report: Report) -> None:
    """What generator and server reach together when nobody thinks."""
    rates = []
    with site.running(TRIVIAL):
        for connections in signing.CONCURRENCIES:
            outcome = site.load(
                Request("GET", "/", 200), connections=connections, seconds=CEILING_SECONDS
            )
            rates.append(f"{outcome.per_second:.0f}/s at c = {connections}")
    report.line(f"Ceiling of the load generator (an answer without Django): {', '.join(rates)}")
    report.line()


def _end(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGALRM:
        raise TooLong(f"The run did not end within {LONGEST_RUN_SECONDS} s.")
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
