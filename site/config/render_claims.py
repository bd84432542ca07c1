"""Who renders a page: one thread of one process, while all others do without or wait.

A claim is taken in this process first, so that its threads ask nobody else about each other, and
then among all processes. Whatever happens to whoever holds it, it ends by itself.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.filebased import FileBasedCache

# How long a renderer that was killed keeps the others from rendering.
CLAIM_SECONDS = 5
LOCK_POSITIONS = 2**31


class SharedClaims(Protocol):
    """Claims among processes. `take` says whether the claim is ours."""

    def take(self, name: str) -> bool: ...

    def give_back(self, name: str) -> None: ...


class CacheClaims:
    """In a cache whose `add` is atomic, such as Redis; while it is away, all get their claims."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def take(self, name: str) -> bool:
        key = f"render:{name}"
        taken = cache.add(key, 1, timeout=CLAIM_SECONDS)
        # A cache that is away keeps nothing and refuses everything.
        if not taken and cache.get(key) is not None:
            return False
        self._until[name] = time.monotonic() + CLAIM_SECONDS
        return True

    def give_back(self, name: str) -> None:
        # After that time it may be somebody else's.
        if time.monotonic() < self._until.pop(name):
            cache.delete(f"render:{name}")


class FileClaims:
    """Among the processes of one machine: a lock on one byte of a file per page.

    Django's cache in files has no atomic `add`. The kernel gives back the locks of a process that
    ends, however it ends. Processes exclude each other so, but not the threads of one process;
    and the file is opened once and stays open, since closing it would give back all locks.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def take(self, name: str) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._position(name))
        except (BlockingIOError, PermissionError):  # What POSIX says of a lock that is held.
            return False
        return True

    def give_back(self, name: str) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._position(name))

    @staticmethod
    def _position(name: str) -> int:
        return int(name[:16], 16) % LOCK_POSITIONS


class RenderClaims:
    """Claims by name (a hexadecimal digest): in this process, then among all."""

    def __init__(self, shared: SharedClaims) -> None:
        self.shared = shared
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    @contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Whether it is ours to render, for as long as the block lasts."""
        with self._lock:
            is_first_here = name not in self._taken
            self._taken.add(name)
        if not is_first_here:
            yield False
            return
        try:
            is_ours = self.shared.take(name)
            try:
                yield is_ours
            finally:
                if is_ours:
                    self.shared.give_back(name)
        finally:
            with self._lock:
                self._taken.discard(name)


def claims_beside(shared: BaseCache, folder: Path) -> RenderClaims:
    """The claims that fit this cache; `folder` is shared by the processes of this machine."""
    if isinstance(shared, FileBasedCache):
        return RenderClaims(FileClaims(folder / "page-renders.lock"))
    return RenderClaims(CacheClaims())
