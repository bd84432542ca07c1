"""Mailings: prepared, handed over, by one worker and by four, through HTTP and SMTP.

`PYTHONPATH=site:. python -m tests.benchmarks.mailings`, after the other benchmarks of `make bench`.
The provider is a process beside that answers at once, or after BENCH_MAILING_LATENCY seconds. How
many readers: BENCH_MAILING_READERS.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from tests.providers.running import running
from tests.running_site import ROOT

from .databases import Database, postgres
from .server import BenchSite
from .table import Report, number

RESULTS = ROOT / "var" / "bench-mailings-results.txt"
SERVER_URL = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
MANY = int(os.environ.get("BENCH_MAILING_READERS", "1000000"))
FEW = MANY // 5
LATENCY = float(os.environ.get("BENCH_MAILING_LATENCY", "0.3"))
# As many as Mailgun and Resend take in one call.
SIZE = 1000
SMALL = 100
TURNS = 8
LATE_SECONDS = 10
SMTP_MAILS = 2000
# As many as go into one claim where each has a call of their own.
SMTP_CHUNK = 100
LONGEST_SECONDS = 3600
HOW_TO_READ = f"""
  of bare    preparing: the same rows from one table into another with the same indexes
             handing over: Anymail alone, {SIZE} readers in each call, with the same words, values,
             headers and metadata, by turns in the same process
  early MiB  the most that the worker had in memory after its first hundred chunks
Provider, database and workers share the machine.
"""


def main() -> None:
    """All of it; leaves no process, database or folder behind."""
    report = Report(RESULTS)
    report.line(f"Mailings, load {os.getloadavg()[0]:.1f} before the run{HOW_TO_READ}")
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=RESULTS.parent))
        )
        try:
            database = stack.enter_context(postgres(SERVER_URL))
        except psycopg.OperationalError as error:
            report.line(f"There is no PostgreSQL: {str(error).splitlines()[0]}")
            return
        site = BenchSite(folder, database_url=database.url, redis_url=None)
        site.prepare()
        report.line(f"=== {database.title}")
        _measure(site, database, folder, report)
    report.line(f"In {RESULTS.relative_to(ROOT)} too.")


def _measure(site: BenchSite, database: Database, folder: Path, report: Report) -> None:
    with running("http_api", folder) as api:
        api.behave(silent=True)
        site.environment.update(api.environment("mailgun"))
        _step(site, "readers", FEW)
        few = _step(site, "prepare")
        _hand_over_beside(site, report)
        api.behave(silent=True, latency=LATENCY)
        _one_and_four(site, database, SIZE, report)
        _end_all(site)
        site.environment.update(api.environment("resend"))
        _step(site, "prepare")
        _one_and_four(site, database, SMALL, report)
        _end_all(site)
        _smtp(site, folder, report)
        site.environment.update(api.environment("mailgun"))
        api.behave(silent=True)
        _step(site, "readers", MANY)
        many = _step(site, "prepare")
        report.line("Preparing, from the schedule to the first chunk")
        report.table(
            ["", "rows", "s", "rows/s", "of bare", "before MiB", "peak MiB"],
            [_prepared("a fifth", few), _prepared("all", many)],
        )
        whole = _step(site, "deliver", LONGEST_SECONDS)
        rate = many["rows"] / whole["seconds"]
        report.line(
            f"{many['rows']} readers by one worker: {rate:.0f}/s, memory {whole['memory']:.0f} MiB"
            f" at its peak, {whole['early_memory']:.0f} early"
        )
        states = database.rows(
            "SELECT delivery.state, count(*) FROM mailings_delivery delivery JOIN mailings_mailing"
            " mailing ON mailing.id = mailing_id WHERE mailing.state = 'SENT' GROUP BY 1"
        )
        report.line(f"  {', '.join(f'{count} {state}' for state, count in states)}")
        report.line()


def _hand_over_beside(site: BenchSite, report: Report) -> None:
    found = _step(site, "beside", TURNS, SIZE)
    bare, mailing = found["rates"]["bare"], found["rates"]["mailing"]
    report.line(f"Handing over, {SIZE} readers in a call, one worker")
    report.table(
        ["", "readers/s", "of bare", "CPU of bare", "turns"],
        [
            ["Anymail alone", f"{median(bare):.0f}", "", "", _span(bare)],
            [
                "mailing, all accounted for",
                f"{median(mailing):.0f}",
                number(median(mailing) / median(bare), 2),
                number(found["cpu"]["bare"] / found["cpu"]["mailing"], 2),
                _span(mailing),
            ],
        ],
    )


def _one_and_four(site: BenchSite, database: Database, size: int, report: Report) -> None:
    """The same provider, which takes its time, and one worker or four."""
    [one] = _together(site, 1)
    before = _handed_over(database)
    four = _together(site, 4)
    rates = [each["chunks"] / each["seconds"] for each in (one, *four)]
    times = sum(rates[1:]) / rates[0]
    report.line(f"A provider that answers after {LATENCY} s, {size} readers in a call")
    report.line(
        f"  one worker {rates[0] * size:.0f}/s, four {sum(rates[1:]) * size:.0f}/s: × {times:.2f}"
    )
    [(again,)] = database.rows("SELECT count(*) FROM mailings_chunk WHERE attempts > 1")
    chunks = sum(each["chunks"] for each in four)
    report.line(
        f"  the four handed over {chunks} chunks, {_handed_over(database) - before} different"
        f" ones; {again} taken twice"
    )
    report.line()


def _together(site: BenchSite, workers: int) -> Sequence[dict[str, Any]]:
    begins_at = time.time() + 5 + 2 * workers
    with ThreadPoolExecutor(workers) as pool:
        return list(
            pool.map(
                lambda _worker: _step(site, "deliver", LATE_SECONDS, begins_at), range(workers)
            )
        )


def _smtp(site: BenchSite, folder: Path, report: Report) -> None:
    """Over one connection: ready bytes, and Django's own way."""
    with running("smtp", folder, "--silent") as server:
        site.environment.update(
            {
                "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(server.port),
            }
        )
        _step(site, "prepare")
        ours, django = [], []
        for _turn in range(2):
            found = _step(site, "django-smtp", SMTP_MAILS)
            django.append(found["rows"] / found["seconds"])
            found = _step(site, "deliver", LATE_SECONDS)
            ours.append(found["chunks"] * SMTP_CHUNK / found["seconds"])
        _end_all(site)
    report.line("SMTP, one connection")
    report.line(
        f"  Django {max(django):.0f}/s, mailing {max(ours):.0f}/s: × {max(ours) / max(django):.2f}"
    )
    report.line()


def _end_all(site: BenchSite) -> None:
    site.query(
        "from campaigns.mailings.models import Mailing;"
        "Mailing.objects.filter(state='SENDING').update(state='CANCELLED')"
    )


def _handed_over(database: Database) -> int:
    [(chunks,)] = database.rows("SELECT count(*) FROM mailings_chunk WHERE state = 'DONE'")
    return int(chunks)


def _prepared(name: str, figures: dict[str, Any]) -> list[str]:
    return [
        name,
        str(figures["rows"]),
        number(figures["seconds"], 1),
        f"{figures['rows'] / figures['seconds']:.0f}",
        number(figures["bare"] / figures["seconds"], 2),
        number(figures["memory_before"], 0),
        number(figures["memory"], 0),
    ]


def _step(site: BenchSite, step: str, *numbers: float) -> dict[str, Any]:
    found: dict[str, Any] = site.run_module("mailing_worker", step, *map(str, numbers))
    return found


def _span(rates: Sequence[float]) -> str:
    return f"{min(rates):.0f}–{max(rates):.0f}"


if __name__ == "__main__":
    main()
