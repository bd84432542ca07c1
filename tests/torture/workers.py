"""Four workers of the bulk lane, kept alive by somebody who also kills them."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from tests.running_site import ROOT, RunningSite

ALONE = ("first", "second")
LANE = "bulk"


class Workers:
    """Two `run_outbox`, and the bulk lane of the Procfile, which is two more, with its beat."""

    def __init__(self, site: RunningSite, *, has_lane: bool = True) -> None:
        self._site = site
        self._names = [*ALONE, *([LANE, "beat"] if has_lane else ["third", "fourth"])]
        self._turns = cycle(
            [
                self._kill_group("first"),
                self._kill_child,
                self._kill_group("second"),
                self._kill_parent,
                self._kill_group(LANE),
            ]
            if has_lane
            else [self._kill_group(name) for name in self._names]
        )
        self.kills: list[str] = []

    @contextlib.contextmanager
    def at_work(self) -> Iterator["Workers"]:
        self.keep_alive()
        try:
            yield self
        finally:
            for name in self._names:
                if name in self._site.processes:
                    self._site.kill(name)

    def kill_next(self) -> None:
        """SIGKILL in the middle of whatever it does: a child, a parent alone, a whole group."""
        next(self._turns)()
        self.keep_alive()

    def keep_alive(self) -> None:
        """Start whatever has ended, as every machine's supervisor does."""
        for name in self._names:
            process = self._site.processes.get(name)
            if process is not None and process.poll() is None:
                continue
            if process is not None:
                self._site.kill(name)
            if name in {LANE, "beat"}:
                self._site.start(name)
            else:
                self._start_alone(name)

    def has_ended(self) -> list[str]:
        """Workers that ended by themselves."""
        return [
            name
            for name in self._names
            if name in self._site.processes and self._site.processes[name].poll() is not None
        ]

    def _start_alone(self, name: str) -> None:
        with (self._site.var / f"{name}.log").open("ab") as log:
            self._site.processes[name] = subprocess.Popen(
                [sys.executable, "manage.py", "run_outbox"],
                cwd=ROOT,
                env=self._site.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _kill_group(self, name: str) -> Callable[[], None]:
        def kill() -> None:
            self.kills.append("group")
            self._site.kill(name)

        return kill

    def _kill_child(self) -> None:
        self.kills.append("child")
        for child in self._children()[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _kill_parent(self) -> None:
        """Its children stay behind, and end when they notice."""
        self.kills.append("parent")
        with contextlib.suppress(ProcessLookupError):
            self._site.processes[LANE].kill()
        self._site.processes[LANE].wait()
        del self._site.processes[LANE]

    def _children(self) -> list[int]:
        parent = self._site.processes[LANE].pid
        found = Path(f"/proc/{parent}/task/{parent}/children")
        return [int(pid) for pid in found.read_text().split()] if found.exists() else []
