"""The two databases of a run: made empty, asked with plain SQL, removed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "obstinate_bench"


class PostgresDatabase:
    """A database of its own on the given server."""

    def __init__(self, server_url: str) -> None:
        self.url = urlunsplit(urlsplit(server_url)._replace(path=f"/{NAME}"))
        with psycopg.connect(server_url, connect_timeout=5) as server:
            version = server.info.server_version
        self.title = f"PostgreSQL {version // 10_000}.{version % 10_000}"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()


class SqliteDatabase:
    """A file in the folder of the run."""

    def __init__(self, var: Path) -> None:
        self.path = var / "obstinate.sqlite3"
        self.url = f"sqlite:///{self.path}"
        self.title = f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL)"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=20)) as connection:
            return connection.execute(statement).fetchall()


Database = PostgresDatabase | SqliteDatabase


@contextlib.contextmanager
def postgres(server_url: str) -> Iterator[PostgresDatabase]:
    """A fresh PostgreSQL database, dropped afterwards. Raises psycopg.OperationalError."""
    database = PostgresDatabase(server_url)
    _drop(server_url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {NAME}")
    try:
        yield database
    finally:
        _drop(server_url)


def _drop(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
