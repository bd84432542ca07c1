"""Signing while very many do: unknown and recognised people, an empty and a full table, SQLite.

`PYTHONPATH=site:. python -m tests.benchmarks.crowds`, a part of `make bench`. PostgreSQL is a
server of our own, with `pg_stat_statements`, so that what signing writes can be shown.
"""

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.running_site import ROOT
from tests.services.clusters import own_postgres

from .databases import PostgresDatabase, SqliteDatabase, postgres
from .load import NUMBER, Outcome, Request, added_up, in_turns
from .people import FIRST_SUPPORTER, HEADER, PEOPLE
from .server import BenchSite, own_keys
from .signing import Presses, signing_form
from .table import LOAD_COLUMNS, Report, load_row, number

RESULTS = ROOT / "var" / "bench-crowds-results.txt"
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/6")
FULL = int(os.environ.get("BENCH_SIGNATURES", "1000000"))
CONCURRENCIES = (8, 32)
ROUNDS = 4
ROUND_SECONDS = 2.0
WARM_UP_SECONDS = 1.5
KNOWN_PEOPLE = 60_000
SQLITE_SECONDS = 10
SQLITE_PROCESSES = 8
BARE = "bare Django view, one INSERT"

# As the site's own rows are: indexes and foreign keys have to be kept for all of them.
ROWS = (
    """
    INSERT INTO supporters_supporter (
        id, email, email_canonical, mailbox, given_name, family_name, language, country,
        is_minor, created_at
    )
    SELECT {first} + n, 'crowd-' || n || '@example.org', 'crowd-' || n || '@example.org',
        md5(n::text) || md5((-n)::text), 'Mila', 'Van Hasel', 'fr', '', false, now()
    FROM generate_series({begin}, {end}) AS n
    """,
    """
    INSERT INTO petitions_signature (
        id, petition_id, supporter_id, given_name, family_name, country, language, source, network,
        signed_at, confirmed_at, is_minor, passes_on_name, counted_as
    )
    SELECT gen_random_uuid(), (SELECT id FROM petitions_petition WHERE reference = 'ana-drovik'),
        {first} + n, 'Mila', 'Van Hasel', 'BE', 'fr', '', substr(md5((n / 50)::text), 1, 16),
        now() - n * interval '1 second', CASE WHEN n % 3 > 0 THEN now() END, false, true,
        CASE WHEN n % 3 > 0 THEN 'C' ELSE 'R' END
    FROM generate_series({begin}, {end}) AS n
    """,
    """
    INSERT INTO supporters_consent (
        supporter_id, purpose, channel, method, action, about, wording_id, language, block_id,
        proof, recorded_at, dedupe_key
    )
    SELECT {first} + n, 'SIGNATURE', 'NONE', 'FORM', 'GIVEN', 'petition:ana-drovik',
        (SELECT min(id) FROM supporters_consentwording), 'fr', '', '', now(), 'crowd:' || n
    FROM generate_series({begin}, {end}) AS n
    """,
    """
    INSERT INTO outbox_outgoingmessage (
        id, kind, language, arguments, dedupe_key, state, not_before, attempts, doubts, created_at,
        sent_at, provider_message_id, error, person_id, mailbox
    )
    SELECT gen_random_uuid(), 'petitions/confirm_signature', 'fr', '{{}}', 'crowd:' || n, 'SENT',
        now(), 1, 0, now(), now(), '', '', {first} + n, md5(n::text) || md5((-n)::text)
    FROM generate_series({begin}, {end}) AS n
    """,
)
WRITES = """
    SELECT calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 96) FROM pg_stat_statements
    WHERE query ~* '^ *(insert|update|delete|select .* for (no key )?update)'
    ORDER BY calls DESC LIMIT 12
"""
SHARED = """
    SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
    WHERE query ~* '^ *update "?(petitions_(petition|tally|tallypart|edition)|cases_|wagtail|home_)'
"""
SIGNED = """
    SELECT count(*) FROM petitions_signature
    WHERE supporter_id >= {begin} AND supporter_id < {end} AND confirmed_at IS NOT NULL
"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def main() -> None:
    report = Report(RESULTS)
    report.line(f"Signing by crowds, load {os.getloadavg()[0]:.1f} before the run")
    folder = Path(tempfile.mkdtemp(prefix="bench-crowds-", dir=RESULTS.parent))
    with contextlib.ExitStack() as stack:
        redis_url = stack.enter_context(own_keys(REDIS_URL))
        server = stack.enter_context(own_postgres(shared_preload_libraries="pg_stat_statements"))
        database = stack.enter_context(postgres(server.url))
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        var = folder / "postgresql"
        var.mkdir()
        site = BenchSite(var, database_url=database.url, redis_url=redis_url)
        site.prepare()
        paths = site.run_module("content")
        _know(database, 0, KNOWN_PEOPLE)
        with site.running():
            before = _measure(site, database, paths, report, 0)
        started = time.perf_counter()
        _fill(database)
        report.line(f"{FULL} signatures more, in {time.perf_counter() - started:.0f} s")
        with site.running():
            after = _measure(site, database, paths, report, 1)
        for name, former in before.items():
            report.line(
                f"  {name}: {number(after[name] / former, 3)} of its ratio in the empty table"
            )
        report.line()
    _on_sqlite(folder, report)


def _know(database: PostgresDatabase, begin: int, end: int) -> None:
    """People whose devices know them."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(PEOPLE.format(first=FIRST_SUPPORTER, begin=begin, end=end))


def _fill(database: PostgresDatabase) -> None:
    """As if FULL people had signed, and the statistics that the server keeps of such tables."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        for statement in ROWS:
            connection.execute(
                statement.format(first=FIRST_SUPPORTER + 10_000_000, begin=1, end=FULL)
            )
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _measure(
    site: BenchSite,
    database: PostgresDatabase,
    paths: dict[str, str | int],
    report: Report,
    part: int,
) -> dict[str, float]:
    """The three in turns at each concurrency; returns each one's ratio to the bare view."""
    form = signing_form(f"press-{part}-{NUMBER}@example.org", int(paths["page"]))
    known = Request(
        "POST",
        str(paths["sign"]).replace("/sign/", "/press/"),
        303,
        "page=",
        headers=[f"{HEADER}: {NUMBER}"],
    )
    presses = {
        BARE: Presses(site, Request("POST", "/bare/insert/", 303, form)),
        "somebody unknown": Presses(site, Request("POST", str(paths["sign"]), 303, form)),
        "a device that knows somebody": Presses(site, known),
    }
    presses["a device that knows somebody"].next_number = part * KNOWN_PEOPLE // 2
    for each in presses.values():
        each.load(max(CONCURRENCIES), WARM_UP_SECONDS)
    database.rows("SELECT pg_stat_statements_reset()")
    ratios, rows = {}, []
    with _looking_for_waits(database) as waits:
        for connections in CONCURRENCIES:
            rounds = in_turns(
                {
                    name: lambda each=each, c=connections: each.load(c, ROUND_SECONDS)
                    for name, each in presses.items()
                },
                ROUNDS,
            )
            totals: dict[str, Outcome] = {
                name: added_up(outcomes) for name, outcomes in rounds.items()
            }
            for name in presses:
                rows.append(load_row(name, connections, totals[name], rounds[name], totals[BARE]))
                bare = totals[BARE].per_second
                ratios[f"{name}, c = {connections}"] = totals[name].per_second / bare
    report.table(LOAD_COLUMNS, rows)
    report.line("What was written meanwhile (pg_stat_statements):")
    for calls, words in database.rows(WRITES):
        report.line(f"  {calls:>7}  {words}")
    signers = presses["a device that knows somebody"].acknowledged
    begin = FIRST_SUPPORTER + part * KNOWN_PEOPLE // 2
    [(signed,)] = database.rows(SIGNED.format(begin=begin, end=begin + KNOWN_PEOPLE // 2))
    report.line(f"{len(signers)} recognised people were thanked, {signed} of them have signed")
    [(shared,)] = database.rows(SHARED)
    report.line(
        f"UPDATEs of petitions, tallies, cases, pages: {shared};"
        f" {sum(waits)} waits for a lock in {len(waits)} looks"
    )
    report.line()
    return ratios


@contextlib.contextmanager
def _looking_for_waits(database: PostgresDatabase) -> Iterator[list[int]]:
    """How many connections wait for a lock, looked at ten times a second."""
    found: list[int] = []
    is_over = threading.Event()

    def look() -> None:
        with psycopg.connect(database.url, autocommit=True) as connection:
            while not is_over.wait(0.1):
                [(count,)] = connection.execute(WAITING).fetchall()
                found.append(count)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def _on_sqlite(folder: Path, report: Report) -> None:
    """Eight processes that all write to one file."""
    var = folder / "sqlite"
    var.mkdir()
    database = SqliteDatabase(var)
    site = BenchSite(var, database_url=database.url, redis_url=None)
    site.prepare()
    paths = site.run_module("content")
    form = signing_form(f"press-{NUMBER}@example.org", int(paths["page"]))
    with site.running(workers=SQLITE_PROCESSES):
        presses = Presses(site, Request("POST", str(paths["sign"]), 303, form))
        presses.load(SQLITE_PROCESSES, WARM_UP_SECONDS)
        outcome = presses.load(SQLITE_PROCESSES, SQLITE_SECONDS)
        locked = site.log("web").count("database is locked")
    report.line(
        f"{database.title}, {SQLITE_PROCESSES} writing processes: {outcome.per_second:.0f}"
        f" signatures/s, p99 {outcome.percentile(99):.0f} ms, errors {outcome.errors or 0},"
        f" “database is locked” {locked} times"
    )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
