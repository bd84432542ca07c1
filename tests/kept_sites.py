"""The demonstration site as it is once prepared: built once, copied for whoever starts a site.

Building it takes longer than most of what is tested on it. The first site on each kind of database
leaves a copy of its database and its files; later ones begin with that, until the code or the day
changes.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from django.apps import apps

from tests.databases import fill_postgresql_with_tables, fill_sqlite_with_tables

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "test-sites"
# All that decides what is in the database, among the pictures and among the static files.
SOURCES = ("campaigns", "home", "locale", "site", "templates", "tests/benchmarks/settings.py")
SUFFIXES_OF_RESULTS = {".pyc", ".mo"}
DECIDING_VARIABLES = ("DJANGO_SETTINGS_MODULE", "MAILBOX_KEY", "PERSONAL_DATA_KEYS")
# The demonstration's dates are as far away as they should be, where its people live.
TIME_ZONE = ZoneInfo("Europe/Brussels")
SQLITE_NAME = "obstinate.sqlite3"


class SiteToPrepare:
    """The database and the folder of a site that has not started yet, and the copy kept for it."""

    def __init__(self, var: Path, environment: Mapping[str, str]) -> None:
        self._var = var
        self._environment = environment
        database = environment.get("DATABASE_URL", "")
        self._postgres = database if database.startswith("postgres") else None
        self._kind = "postgresql" if self._postgres else "sqlite"
        self._name = self._name_of_copy()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Sites of a kind that are prepared together take turns: only the first one is built."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / f"{self._kind}.turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def begin_with_copy(self) -> bool:
        """Put everything in place, if a copy is kept. Without one: empty tables, if those are."""
        kept = FOLDER / self._name
        if kept.exists():
            shutil.copytree(kept / "var", self._var, dirs_exist_ok=True)
            if self._postgres:
                self._restore(kept / "database.dump")
            return True
        # A benchmark runs outside of Django, and knows nothing about migrations.
        if apps.ready:
            if self._postgres:
                fill_postgresql_with_tables(self._postgres)
            else:
                fill_sqlite_with_tables(self._var / SQLITE_NAME)
        return False

    def keep(self) -> None:
        """Leave a copy of the finished site, in place of what was left by other code."""
        for stale in FOLDER.glob(f"{self._kind}-*"):
            shutil.rmtree(stale)
        unfinished = FOLDER / f"{self._name}-unfinished"
        passing = shutil.ignore_patterns("broker", "cache", f"{SQLITE_NAME}*", "*.log")
        shutil.copytree(self._var, unfinished / "var", ignore=passing)
        if self._postgres:
            is_copied = self._dump(unfinished / "database.dump")
        else:
            is_copied = self._copy_file(unfinished / "var" / SQLITE_NAME)
        # Somebody may have changed the code while the site was built.
        if is_copied and self._name_of_copy() == self._name:
            unfinished.rename(FOLDER / self._name)
        else:
            shutil.rmtree(unfinished)

    def _copy_file(self, target: Path) -> bool:
        with (
            closing(sqlite3.connect(self._var / SQLITE_NAME)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
        return True

    def _dump(self, target: Path) -> bool:
        """False where PostgreSQL's programs are missing or too old: each site is then built."""
        if not (shutil.which("pg_dump") and shutil.which("pg_restore")):
            return False
        command = ["pg_dump", "--format=custom", "--compress=1", f"--file={target}"]
        return subprocess.run([*command, self._postgres], check=False).returncode == 0

    def _restore(self, dump: Path) -> None:
        subprocess.run(
            [
                *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2"),
                *(f"--dbname={self._postgres}", str(dump)),
            ],
            check=True,
        )

    def _name_of_copy(self) -> str:
        digest = sha256(str(datetime.now(TIME_ZONE).date()).encode())
        for name in DECIDING_VARIABLES:
            digest.update(f"{name}={self._environment.get(name)}".encode())
        found = [path for name in SOURCES for path in (ROOT / name, *(ROOT / name).rglob("*"))]
        for path in (ROOT / "requirements.txt", *sorted(found)):
            if path.is_file() and path.suffix not in SUFFIXES_OF_RESULTS:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
        return f"{self._kind}-{digest.hexdigest()}"
