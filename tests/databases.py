"""Databases for tests: tables that are laid out once, and copies for whoever needs one alone.

Running two hundred migrations takes longer than most of the tests. What they leave behind depends
on nothing but their code, so the first run keeps it and later ones begin with a copy, until a
migration changes: a file on SQLite, a database used as a template on PostgreSQL.

A test that runs threads, or that needs the whole demonstration site, works on a copy, too: a file
on SQLite (an in-memory database cannot be shared between threads without locking whole tables), a
database made from a template on PostgreSQL. The original stays as the other tests expect it.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[1]
TABLES = "obstinate_test_tables"


def state_of_migrations(vendor: str) -> str:
    """A digest of all that decides what the migrations leave behind."""
    digest = sha256(vendor.encode())
    folders = sorted(Path(app.path) / "migrations" for app in apps.get_app_configs())
    ours = [*ROOT.glob("campaigns/*.py"), *ROOT.glob("site/config/settings/*.py")]
    found = [path for folder in folders for path in folder.glob("*.py")]
    for path in (ROOT / "requirements.txt", *sorted(ours), *sorted(found)):
        digest.update(str(path.relative_to(path.parents[2])).encode() + path.read_bytes())
    return digest.hexdigest()


def kept_tables() -> Path:
    """Where empty tables are kept on SQLite; the file may not exist yet."""
    folder = settings.VAR / "test-tables"
    folder.mkdir(exist_ok=True)
    return folder / f"{state_of_migrations('sqlite')}.sqlite3"


def template_of(cursor, state: str) -> str | None:
    """The PostgreSQL database with empty tables, unless migrations have changed since."""
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [TABLES],
    )
    return TABLES if cursor.fetchone() == (state,) else None


@contextmanager
def tables_laid_out_once() -> Iterator[None]:
    """Make a test database inside: it starts with the tables of an earlier run, or leaves its own.

    Several workers that start together take turns, so that only the first one migrates.
    """
    lay_out = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    with lay_out():
        yield


@contextmanager
def _on_sqlite() -> Iterator[None]:
    path = kept_tables()
    with path.with_name("turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if path.exists():
            name = connection.creation._get_test_db_name()
            # The database in memory lives as long as somebody is connected to it.
            with closing(sqlite3.connect(name, uri=True)) as target:
                with closing(sqlite3.connect(path)) as kept:
                    kept.backup(target)
                fcntl.flock(turn, fcntl.LOCK_UN)
                yield
            return
        yield
        for stale in path.parent.glob("*.sqlite3"):
            stale.unlink()
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            connection.connection.backup(target)
        unfinished.rename(path)


@contextmanager
def _on_postgresql() -> Iterator[None]:
    state = state_of_migrations("postgresql")
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TABLES])
        template = template_of(cursor, state)
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        yield
        if template is None:
            original = connection.settings_dict["NAME"]
            connection.close()  # A template may have no connections.
            cursor.execute(f'DROP DATABASE IF EXISTS "{TABLES}"')
            cursor.execute(f'CREATE DATABASE "{TABLES}" TEMPLATE "{original}"')
            cursor.execute(f"COMMENT ON DATABASE \"{TABLES}\" IS '{state}'")


def fill_sqlite_with_tables(target: Path) -> None:
    """Make that file a database with the kept tables, unless there are none or it exists."""
    path = kept_tables()
    with path.with_name("turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if path.exists() and not target.exists():
            shutil.copyfile(path, target)


def fill_postgresql_with_tables(url: str) -> None:
    """Make that database anew with the tables that are kept on its server, if it is empty."""
    with psycopg.connect(url) as database:
        if database.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchone():
            return
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    maintenance = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as server, server.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TABLES])
        if template_of(cursor, state_of_migrations("postgresql")):
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TABLES}"')


@contextmanager
def copy_of_database(name: str, folder: Path, *, of: str | None = None) -> Iterator[str]:
    """Copy the current database, or another one; yields the copy's name and drops it at the end."""
    original = of or connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        path = folder / f"{name}.sqlite3"
        if of:
            shutil.copyfile(of, path)
        else:
            connection.ensure_connection()
            with closing(sqlite3.connect(path)) as target:
                connection.connection.backup(target)
        # As every connection asks for. The first to get there needs the file for itself, which
        # threads that connect at the same moment would not give each other.
        with closing(sqlite3.connect(path)) as target:
            target.execute("PRAGMA journal_mode = WAL")
        yield str(path)
        path.unlink()
        return
    copy = f"{original}_{name}"
    if not of:
        connection.close()  # A template may have no connections.
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    yield copy
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Make `name` the default database, in this thread and in those that it starts."""
    former = connections["default"]
    settings = connections.settings["default"]
    former_name = settings["NAME"]
    settings["NAME"] = name
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = former_name
        connections["default"] = former
