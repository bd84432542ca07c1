"""A PostgreSQL server of our own, which may be stopped in the hardest way."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.missing import do_without
from tests.running_site import free_port

PROGRAMS = Path("/usr/lib/postgresql")


class OwnPostgres:
    """An empty server in a folder of its own. It refuses to run as root, as PostgreSQL does."""

    def __init__(self, programs: Path, folder: Path, settings: Mapping[str, str]) -> None:
        self._programs = programs
        self._folder = folder
        self._settings = settings
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers, recovered from whatever happened to it."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            **self._settings,
        }
        options = f"-p {self.port}" + "".join(
            f" -c {name}={value}" for name, value in settings.items()
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", "--log", log, "--options", options)

    def stop_at_once(self) -> None:
        """As if its machine had lost power: nobody is waited for, nothing is written any more."""
        self._run("pg_ctl", "stop", "--mode", "immediate")

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._programs / program), "--pgdata", str(self._folder / "data"), *options]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder)


@contextmanager
def own_postgres(**settings: str) -> Iterator[OwnPostgres]:
    """A running server with these settings, gone afterwards.

    Without PostgreSQL's own programs there is nothing to test.
    """
    found = sorted(PROGRAMS.glob("*/bin/initdb"))
    if not found:
        do_without(f"PostgreSQL's server programs are not below {PROGRAMS}")
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    server = OwnPostgres(found[-1].parent, folder, settings)
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop_at_once()
        shutil.rmtree(folder)
