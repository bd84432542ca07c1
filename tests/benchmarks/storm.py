"""A storm of reloads: 200 connections on one page and its count, while people go on signing.

`PYTHONPATH=site:. python -m tests.benchmarks.storm`, the last part of `make bench`. How long the
storm blows: BENCH_STORM_SECONDS.
"""

import contextlib
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, Popen
from urllib.request import urlopen

import psycopg

from tests.running_site import ROOT

from .content import PETITION
from .databases import Database, SqliteDatabase, postgres
from .load import Outcome, Request, added_up, in_turns
from .renders import renders_in
from .server import BenchSite, own_keys
from .signing import STORED, signing_form
from .table import LOAD_COLUMNS, Report, load_row, number

RESULTS = ROOT / "var" / "bench-storm-results.txt"
SERVER_URL = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/6")
STORM_SECONDS = int(os.environ.get("BENCH_STORM_SECONDS", "60"))
CONNECTIONS = 200
CACHE_SECONDS = 5
# The highest rate on record for a national petition site is 33/s.
SIGNATURES_PER_SECOND = 40
SIGNERS = 4
TALLY_SECONDS = 10
CONCURRENCIES = (8, 32)
ROUNDS = 3
ROUND_SECONDS = 2.0
WARM_UP_SECONDS = 1.0
WANTED_PER_SECOND = 3000
BARE = "bare Django view"
COUNT_PATH = f"/petitions/{PETITION}/count/"

HOW_TO_READ = f"""
  GETs/s     expected answers per second
  renders    how often the site behind its page cache was reached, in all processes together
  at most    the storm in periods of {CACHE_SECONDS} s, begun ones counted
  interval   the shortest time between two renders of the address, in s: {CACHE_SECONDS} and more
Generators, server, database, Redis and a tally every {TALLY_SECONDS} s share one machine.
"""


@dataclass
class Signers:
    """People who sign at a steady rate, each from a network of their own, in this process."""

    port: int
    path: str
    page: int
    acknowledged: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def press_until(self, deadline: float) -> None:
        """One signer of several: presses, waits for the answer, rests until it is due again."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        due = time.monotonic() + random.random() * SIGNERS / SIGNATURES_PER_SECOND
        while due < deadline:
            time.sleep(max(due - time.monotonic(), 0))
            self._press(connection)
            due += SIGNERS / SIGNATURES_PER_SECOND
        connection.close()

    def _press(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            press, self._next = self._next, self._next + 1
        started = time.perf_counter()
        try:
            connection.request(
                "POST",
                self.path,
                signing_form(f"press-{press:08d}@example.org", self.page),
                {
                    "Origin": f"http://localhost:{self.port}",
                    "Sec-Fetch-Site": "same-origin",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Forwarded-For": f"2001:db8:{press // 10_000:x}:{press % 10_000:x}::1",
                },
            )
            answer = connection.getresponse()
            answer.read()
        except OSError as error:
            self.errors.append(type(error).__name__)
            connection.close()
            return
        if answer.status == 303:
            self.acknowledged.add(press)
            self.latencies_ms.append(1000 * (time.perf_counter() - started))
        else:
            self.errors.append(str(answer.status))


def main() -> None:
    """All of it on PostgreSQL where there is one; leaves no process, database or folder behind."""
    report = Report(RESULTS)
    report.line(f"A storm of reloads, load {os.getloadavg()[0]:.1f} before the run{HOW_TO_READ}")
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=RESULTS.parent))
        )
        database: Database
        try:
            database = stack.enter_context(postgres(SERVER_URL))
        except psycopg.OperationalError as error:
            report.line(f"PostgreSQL is left out: {str(error).splitlines()[0]}")
            database = SqliteDatabase(folder)
        redis_url = stack.enter_context(own_keys(REDIS_URL))
        site = BenchSite(folder, database_url=database.url, redis_url=redis_url)
        site.environment["PAGE_CACHE_SECONDS"] = str(CACHE_SECONDS)
        site.environment["BENCH_COUNTS_RENDERS"] = "yes"
        site.prepare()
        paths = site.run_module("content")
        # None of those who sign confirms: the figure that moves is the one that is shown.
        site.query(
            "from campaigns.petitions.models import Petition;"
            f"Petition.objects.filter(reference={PETITION!r}).update(figure='RECEIVED')"
        )
        cache = "Redis" if redis_url else "files"
        report.line(f"=== {database.title}, pages kept in memory and in {cache}")
        report.line()
        with site.running():
            _compare(site, paths, report)
            _storm(site, database, paths, report)
            if site.has_erred:
                report.line(f"Last line of the server's log: {site.last_error()}")
    report.line(f"In {RESULTS.relative_to(ROOT)} too.")


def _compare(site: BenchSite, paths: dict[str, str | int], report: Report) -> None:
    """What is kept beside the bare view, when nothing else happens."""
    requests = {
        BARE: Request("GET", "/bare/page/", 200, accepts_gzip=True),
        "case page, kept": Request("GET", str(paths["case page"]), 200, accepts_gzip=True),
        "count, kept": Request("GET", COUNT_PATH, 200, accepts_gzip=True),
    }
    rows = []
    for connections in CONCURRENCIES:

        def load(
            name: str, seconds: float = ROUND_SECONDS, connections: int = connections
        ) -> Outcome:
            return site.load(requests[name], connections=connections, seconds=seconds)

        for name in requests:
            load(name, WARM_UP_SECONDS)
        rounds = in_turns({name: lambda n=name: load(n) for name in requests}, ROUNDS)
        totals = {name: added_up(outcomes) for name, outcomes in rounds.items()}
        rows += [
            load_row(name, connections, totals[name], rounds[name], totals[BARE])
            for name in requests
        ]
    report.table(LOAD_COLUMNS, rows)


def _storm(
    site: BenchSite, database: Database, paths: dict[str, str | int], report: Report
) -> None:
    """Load, sign and tally at the same time; then say what came of it."""
    addresses = {"case page": str(paths["case page"]), "count": COUNT_PATH}
    signers = Signers(site.port, str(paths["sign"]), int(paths["page"]))
    report.line(
        f"{CONNECTIONS} connections for {STORM_SECONDS} s, {SIGNATURES_PER_SECOND} signatures/s"
    )
    shown_before = _shown_count(site)
    time.sleep(2 * CACHE_SECONDS)  # Nothing is kept: the storm breaks out of a clear sky.
    began = time.time()
    with _tallying(site), ThreadPoolExecutor(SIGNERS + len(addresses)) as threads:
        deadline = time.monotonic() + STORM_SECONDS
        signing = [threads.submit(signers.press_until, deadline) for _signer in range(SIGNERS)]
        loads = {
            name: threads.submit(
                site.load,
                Request("GET", path, 200, accepts_gzip=True),
                connections=CONNECTIONS // len(addresses),
                seconds=STORM_SECONDS,
            )
            for name, path in addresses.items()
        }
        outcomes = {name: load.result() for name, load in loads.items()}
        for press in signing:
            press.result()
        time.sleep(TALLY_SECONDS + CACHE_SECONDS)
        shown = _shown_count(site) - shown_before
    renders = {
        path: [moment for moment in moments if began <= moment < began + STORM_SECONDS]
        for path, moments in renders_in(site.var).items()
    }
    periods = -(-STORM_SECONDS // CACHE_SECONDS)
    rows = [
        _storm_row(name, outcomes[name], renders.get(addresses[name], []), periods)
        for name in addresses
    ]
    report.table(
        ["", "GETs/s", "p50 ms", "p99 ms", "errors", "renders", "at most", "interval"], rows
    )
    total = sum(outcome.per_second for outcome in outcomes.values())
    report.line(f"  {total:.0f} GETs/s in all; wanted: {WANTED_PER_SECOND}")
    _report_signing(signers, database, shown, report)


def _storm_row(name: str, outcome: Outcome, moments: Sequence[float], periods: int) -> list[str]:
    pairs = pairwise(moments)
    return [
        name,
        f"{outcome.per_second:.0f}",
        number(outcome.percentile(50), 1),
        number(outcome.percentile(99), 1),
        ", ".join(f"{count} × {reason}" for reason, count in outcome.errors.items()) or "0",
        str(len(moments)),
        str(periods),
        number(min((after - before for before, after in pairs), default=None), 2),
    ]


def _report_signing(signers: Signers, database: Database, shown: int, report: Report) -> None:
    """Every 303 has its signature and is in the figure that is shown, and nothing else is."""
    stored = {int(address[6:14]) for (address,) in database.rows(STORED)}
    acknowledged = signers.acknowledged
    pressed = Outcome(latencies_ms=signers.latencies_ms)
    report.line(
        f"  meanwhile {len(acknowledged)} signatures acknowledged"
        f" ({len(acknowledged) / STORM_SECONDS:.0f}/s,"
        f" p50 {number(pressed.percentile(50), 0)} ms, p99 {number(pressed.percentile(99), 0)} ms);"
        f" errors: {', '.join(signers.errors) or 0}"
    )
    report.line(
        f"  {len(acknowledged - stored)} lost, {len(stored - acknowledged)} invented; the count"
        f" has grown by {shown} {TALLY_SECONDS + CACHE_SECONDS} s after the storm"
    )
    report.line()


def _shown_count(site: BenchSite) -> int:
    with urlopen(f"{site.base_url}{COUNT_PATH}", timeout=10) as answer:  # noqa: S310
        return int(json.load(answer)["count"] or 0)


@contextlib.contextmanager
def _tallying(site: BenchSite) -> Iterator[None]:
    """What beat and its worker do about counting, and nothing else of theirs."""
    tally = Popen(
        [sys.executable, "-m", "tests.benchmarks.tallying", str(TALLY_SECONDS)],
        cwd=ROOT,
        env=site.environment,
        stdout=DEVNULL,
    )
    try:
        yield
    finally:
        tally.terminate()
        tally.wait()


if __name__ == "__main__":
    main()
