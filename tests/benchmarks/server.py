"""The web server as the Procfile starts it, and what it costs the machine."""

import contextlib
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import redis

from tests.running_site import BIN, ROOT, START_SECONDS, RunningSite, wait_until

from . import NAMESPACE
from .load import Outcome, Request, run_load

SITE = "config.wsgi:application"
TRIVIAL = "tests.benchmarks.trivial:application"
# A worker that spends next to nothing for this long has nothing left to do.
IDLE_SECONDS = 0.1
LONGEST_AFTERMATH_SECONDS = 2.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Resident memory of one process in MiB: now, and at its highest."""

    now: float
    peak: float


class BenchSite(RunningSite):
    """One installation, with the bare views beside the site. Redis, where given, is its broker."""

    def __init__(self, var: Path, *, database_url: str, redis_url: str | None) -> None:
        services = {"CELERY_BROKER_URL": redis_url, "CACHE_URL": redis_url} if redis_url else {}
        super().__init__(
            var,
            {
                "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
                "DATABASE_URL": database_url,
                **services,
            },
        )
        self.environment.pop("DEBUG", None)
        self.has_erred = False

    @contextlib.contextmanager
    def running(self, application: str = SITE, *, workers: int | None = None) -> Iterator[None]:
        """The web server of the Procfile, serving `application`; killed afterwards.

        `workers` in place of the Procfile's number of processes.
        """
        program, *options, _application = procfile_command("web", port=self.port)
        if workers:
            options[options.index("--workers") + 1] = str(workers)
        try:
            with (self.var / "web.log").open("ab") as log:
                self.processes["web"] = subprocess.Popen(
                    [str(BIN / program), *options, application],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            wait_until(self.is_up, seconds=START_SECONDS, what="the web server")
            yield
        finally:
            self.stop()

    def run_module(self, name: str, *arguments: str) -> Any:
        """What `python -m tests.benchmarks.<name>` prints as JSON, run inside this site."""
        finished = subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if finished.returncode:
            raise RuntimeError(finished.stderr)
        return json.loads(finished.stdout)

    def load(
        self, request: Request, *, connections: int, seconds: float, first: int = 0
    ) -> Outcome:
        """One load on this server, with the processor time that the web workers spent on it.

        What they do after the answer, such as ringing the doorbell, counts, and is over before
        the next load begins.
        """
        before = self.cpu_seconds()
        outcome = run_load(
            request, port=self.port, connections=connections, seconds=seconds, first=first
        )
        self._wait_until_idle()
        outcome.cpu_seconds = self.cpu_seconds() - before
        self.has_erred |= bool(outcome.errors)
        return outcome

    def _wait_until_idle(self) -> None:
        spent = self.cpu_seconds()
        for _turn in range(int(LONGEST_AFTERMATH_SECONDS / IDLE_SECONDS)):
            time.sleep(IDLE_SECONDS)
            before, spent = spent, self.cpu_seconds()
            if spent - before <= 1 / TICKS_PER_SECOND:
                return

    def workers(self) -> list[int]:
        """The process ids of the web workers."""
        web = self.processes["web"].pid
        return [int(pid) for pid in Path(f"/proc/{web}/task/{web}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """Processor time of all web workers since they started."""
        ticks = 0
        for pid in self.workers():
            # The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def memory(self) -> list[Memory]:
        """Resident memory of each web worker."""
        return [
            Memory(now=_status(pid, "VmRSS") / 1024, peak=_status(pid, "VmHWM") / 1024)
            for pid in self.workers()
        ]

    def last_error(self) -> str:
        """The last line that the server logged."""
        lines = self.log("web").strip().splitlines()
        return lines[-1] if lines else ""


def procfile_command(process: str, *, port: int) -> list[str]:
    """How the Procfile starts that process, on a port of our own."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, _colon, command = line.partition(":")
        if name == process:
            return shlex.split(Template(command).substitute(HOST="127.0.0.1", PORT=port))
    raise LookupError(f"The Procfile has no {process}.")


@contextlib.contextmanager
def own_keys(redis_url: str) -> Iterator[str | None]:
    """The address when Redis answers there, else None; removes what the run left in it."""
    client = redis.Redis.from_url(redis_url, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        yield None
        return
    try:
        yield redis_url
    finally:
        for key in client.scan_iter(f"{NAMESPACE}:*"):
            client.delete(key)


def _status(pid: int, name: str) -> int:
    """A field of /proc/<pid>/status, in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)
