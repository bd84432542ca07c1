"""Copies of the test database, for tests that need one to themselves.

A test that runs threads, or that needs the whole demonstration site, works on a copy: a file on
SQLite (an in-memory database cannot be shared between threads without locking whole tables), a
database made from a template on PostgreSQL. The original stays as the other tests expect it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def copy_of_database(name: str, folder: Path) -> Iterator[str]:
    """Copy the current database; yields the copy's name and drops it at the end."""
    original = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        path = folder / f"{name}.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(path) as target:
            connection.connection.backup(target)
        target.close()
        yield str(path)
        path.unlink()
        return
    copy = f"{original}_{name}"
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
