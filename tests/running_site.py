"""The whole site as real processes: web server, workers and beat, in a folder of its own."""

import contextlib
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

from tests.kept_sites import SQLITE_NAME, SiteToPrepare

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
START_SECONDS = 40
COMMANDS = {
    name: shlex.split(command)
    for name, _colon, command in (
        line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines()
    )
}


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait for `condition`; return the seconds it took. Fails naming `what`."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"Waited {seconds} s in vain for {what}.")
        time.sleep(0.2)
    return time.monotonic() - started


@contextlib.contextmanager
def own_database(server_url: str | None, name: str) -> Iterator[str | None]:
    """A fresh PostgreSQL database on that server, dropped afterwards; None stays SQLite."""
    if not server_url or not server_url.startswith("postgres"):
        yield None
        return
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class RunningSite:
    """One installation. `environment` overrides the embedded defaults (DESIGN: what runs where)."""

    def __init__(self, var: Path, environment: dict[str, str]) -> None:
        self.var = var
        self.port = free_port()
        self.base_url = f"http://localhost:{self.port}"
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_BACKEND"}
            },
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "VAR_DIR": str(var),
            "BASE_URL": self.base_url,
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator["RunningSite"]:
        """Prepared, and with all its processes at work; stopped afterwards, come what may."""
        self.prepare()
        try:
            self.start_web()
            for name in COMMANDS.keys() - {"web"}:
                self.start(name)
            yield self
        finally:
            self.stop()

    def prepare(self) -> None:
        """Tables, static files and demo content: copied where an earlier site left them."""
        site = SiteToPrepare(self.var, self.environment)
        with site.turn():
            if not site.begin_with_copy():
                self.manage("migrate", "--verbosity", "0")
                self.manage("collectstatic", "--noinput", "--verbosity", "0")
                self.manage("demo")
                site.keep()
                return
        # The copy knows the address of the site that it was made of.
        self.query(
            "from django.core.management import call_command;"
            "call_command('migrate', verbosity=0); call_command('set_up');"
            "call_command('send_from_here')"
        )

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        finished = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def query(self, expression: str) -> str:
        """What a Python expression over the models prints, in the site's own database."""
        return self.manage("shell", "--no-imports", "--command", expression).strip()

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What SQL finds there now, `%s` for each parameter.

        `query` starts Python and Django, which takes seconds: too slow for asking again and again.
        """
        database = self.environment.get("DATABASE_URL")
        if database and database.startswith("postgres"):
            with psycopg.connect(database, autocommit=True) as server:
                return server.execute(statement, parameters).fetchall()
        path = self.var / SQLITE_NAME
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as file:
            return file.execute(statement.replace("%s", "?"), parameters).fetchall()

    def start_web(self) -> None:
        self.start("web")
        wait_until(self.is_up, seconds=START_SECONDS, what="the web server")

    def start(self, name: str) -> None:
        """Start one of the processes that `make run` starts, with the command written there."""
        command = [
            word.replace("$HOST", "127.0.0.1").replace("$PORT", str(self.port))
            for word in COMMANDS[name]
        ]
        log = (self.var / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the process and all its children, and wait for its end."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=START_SECONDS)

    def stop(self) -> None:
        """Stop everything."""
        for name in list(self.processes):
            self.kill(name)

    def is_up(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/healthz", timeout=2) as response:  # noqa: S310
                return response.status == 200
        except (URLError, OSError):
            return False

    def log(self, name: str) -> str:
        """What a process has printed so far."""
        return (self.var / f"{name}.log").read_text(errors="replace")
