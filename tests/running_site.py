"""The whole site as real processes: web server, worker and beat, in a folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
START_SECONDS = 40


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
        """Prepared, and with all three processes at work; stopped afterwards, come what may."""
        self.prepare()
        try:
            self.start_web()
            self.start_worker()
            self.start_beat()
            yield self
        finally:
            self.stop()

    def prepare(self) -> None:
        """Tables, static files and demo content."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.manage("demo")

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

    def start_web(self) -> None:
        self._start(
            "web",
            *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            "config.wsgi:application",
        )
        wait_until(self.is_up, seconds=START_SECONDS, what="the web server")

    def start_worker(self) -> None:
        self._start(
            "worker",
            *("celery", "--app", "config", "worker", "--queues", "transactional,maintenance"),
            *("--concurrency", "2", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        )

    def start_beat(self) -> None:
        self._start(
            "beat", *("celery", "--app", "config", "beat"), "--loglevel", "WARNING", "--pidfile="
        )

    def _start(self, name: str, *command: str) -> None:
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
