"""What is done to a mailing while it is being sent. Each gives the ledger at its end."""

import contextlib
import http.client
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.apps import apps

from tests.databases import TABLES, state_of_migrations, template_of
from tests.providers.running import RunningProvider, running
from tests.running_site import ROOT, RunningSite, wait_until
from tests.services.clusters import OwnPostgres, own_postgres

from .ledger import Ledger, ledger_of, states_now
from .workers import Workers

# Short, so that a run sees many of them end; a call is given up before.
LEASE_SECONDS = 6
CALL_SECONDS = 3
ENDED = ("SENT", "PAUSED", "CANCELLED")
# Longer than several leases, one after the other, and a worker's start on a busy machine.
QUIET_SECONDS = 120
# Readers a second, at the least, on a busy machine with workers that keep dying.
SLOWEST = 30


@dataclass
class Stage:
    """One mailing that is about to be sent, on a site of its own database."""

    site: RunningSite
    provider: RunningProvider
    mailing: str
    reference: str
    # By address.
    deliveries: dict[str, int]
    # By delivery: the path to which a mail program posts when somebody presses "unsubscribe".
    ways_out: dict[int, str]

    def ledger(self) -> Ledger:
        return ledger_of(self.site, self.mailing, self.provider)

    def state(self) -> str:
        return str(states_now(self.site, self.mailing)[0])

    def has_ended(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            return self.state() in ENDED
        return False  # The database is on its way up.

    def wait_no_longer(self) -> None:
        """Chunks have waited for their next attempt: the test is about what comes then."""
        database = self.site.environment["DATABASE_URL"]
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(database, autocommit=True) as server,
        ):
            server.execute(
                "UPDATE mailings_chunk SET not_before = NULL WHERE mailing_id = %s"
                " AND state = 'OPEN' AND not_before > now() + interval '3 seconds'",
                [self.mailing],
            )

    def done(self) -> int:
        """How many of its mails the provider has."""
        return len(self.provider.accepted().keys() & set(self.deliveries.values()))


@dataclass
class Disturbance:
    """Something that is done once, when so many of the mails have left (0 to 1)."""

    when: float
    act: Callable[[], None]
    is_done: bool = field(default=False)


@contextlib.contextmanager
def own_site(
    folder: Path, broker_url: str, *, tables_on: str = ""
) -> Iterator[tuple[RunningSite, OwnPostgres]]:
    """A site with empty tables on a PostgreSQL that may be stopped.

    `tables_on` is a server where an earlier run may have left such tables.
    """
    with own_postgres() as server:
        site = RunningSite(
            folder,
            {
                "DATABASE_URL": server.url,
                "CELERY_BROKER_URL": broker_url,
                "MAILING_LEASE_SECONDS": str(LEASE_SECONDS),
                "ANYMAIL_REQUESTS_TIMEOUT": str(CALL_SECONDS),
            },
        )
        _copy_tables(tables_on, server.url)
        site.manage("migrate", "--verbosity", "0")
        site.manage("set_up")
        try:
            yield site, server
        finally:
            site.stop()


def _copy_tables(origin: str, target: str) -> None:
    """What is kept for other tests, where it is there and up to date: migrating takes longer."""
    if not (origin.startswith("postgres") and apps.ready and shutil.which("pg_dump")):
        return
    source = urlunsplit(urlsplit(origin)._replace(path=f"/{TABLES}"))
    with psycopg.connect(origin, autocommit=True) as server, server.cursor() as cursor:
        if template_of(cursor, state_of_migrations("postgresql")) is None:
            return
    dump = ["pg_dump", "--format=custom", "--compress=0", source]
    restore = ["pg_restore", "--no-owner", "--no-privileges", f"--dbname={target}"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, check=True, stdin=dumping.stdout)


@contextlib.contextmanager
def through(site: RunningSite, folder: Path, provider: str) -> Iterator[RunningProvider]:
    """The site sends through a provider of that name, as long as the block takes."""
    place = folder / f"{provider}-{time.monotonic_ns()}"
    place.mkdir()
    with running("http_api", place) as api:
        site.environment.update(api.environment(provider))
        yield api


def stage(
    site: RunningSite, provider: RunningProvider, *, readers: int, chunk: int, **behaviour: Any
) -> Stage:
    """A mailing in SENDING, and how the provider behaves from now on."""
    provider.behave(**behaviour)
    finished = subprocess.run(
        [sys.executable, "-m", "tests.torture.stage", str(readers), "--chunk", str(chunk)],
        cwd=ROOT,
        env=site.environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    made = json.loads(finished.stdout)
    ways_out = {int(number): path for number, path in made["ways_out"].items()}
    return Stage(site, provider, made["id"], made["reference"], made["deliveries"], ways_out)


def send_under_fire(
    stage: Stage,
    *,
    kills: int,
    seconds_between: float = 2.0,
    disturbances: Sequence[Disturbance] = (),
    has_lane: bool = True,
) -> Ledger:
    """Kill a worker every two seconds until the kills are used up or all has been handed over."""
    with Workers(stage.site, has_lane=has_lane).at_work() as workers:
        wait_until(lambda: stage.done() > 0, seconds=150, what="the first mail")
        used = 0
        due = time.monotonic()
        patience = kills * seconds_between + len(stage.deliveries) / SLOWEST + QUIET_SECONDS
        deadline = time.monotonic() + patience
        while not (stage.has_ended() and all(each.is_done for each in disturbances)):
            assert time.monotonic() < deadline, f"It never ends: {stage.ledger()}"
            share = stage.done() / len(stage.deliveries)
            for each in disturbances:
                if not each.is_done and share >= each.when:
                    each.act()
                    each.is_done = True
            if used < kills and time.monotonic() >= due and not stage.has_ended():
                workers.kill_next()
                used += 1
                due = time.monotonic() + seconds_between
            workers.keep_alive()
            stage.wait_no_longer()
            time.sleep(0.2)
    ledger = stage.ledger()
    ledger.notes.append(f"{used} kills ({', '.join(dict.fromkeys(workers.kills))})")
    return ledger


def stop_mails_of(stage: Stage, number: int, stopped: dict[int, float]) -> Callable[[], None]:
    """So many who have not got theirs press "unsubscribe" in their mail program (RFC 8058)."""

    def act() -> None:
        waiting = sorted(stage.ways_out.keys() - stage.provider.accepted().keys())[-number:]
        connection = http.client.HTTPConnection("127.0.0.1", stage.site.port, timeout=30)
        for delivery in waiting:
            connection.request(
                "POST",
                stage.ways_out[delivery],
                "List-Unsubscribe=One-Click",
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Host": urlsplit(stage.site.base_url).netloc,
                },
            )
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            stopped[delivery] = time.time()
        connection.close()

    return act


def stop_for(server: OwnPostgres, seconds: float) -> Callable[[], None]:
    """The database's machine loses its power, and has it again some seconds later."""

    def act() -> None:
        server.stop_at_once()
        time.sleep(seconds)
        server.start()

    return act


__all__ = [
    "CALL_SECONDS",
    "LEASE_SECONDS",
    "Disturbance",
    "Ledger",
    "Stage",
    "own_site",
    "send_under_fire",
    "stage",
    "stop_for",
    "stop_mails_of",
    "through",
]
