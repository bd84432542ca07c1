"""Private files: below PRIVATE_ROOT, readable by the site's own user alone, with random names.

Nothing serves this folder; what leaves it goes through a view that asks who is there.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings


def new_private_file() -> tuple[str, IO[bytes]]:
    """A name that nobody can guess, and the empty file of that name, open for writing."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_urlsafe(24)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return name, os.fdopen(descriptor, "wb")


def private_path(name: str) -> Path:
    """Where the file of that name is. Raises ValueError for what is no name of ours."""
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError("Not the name of a private file.")
    return _folder() / name


def delete_private_file(name: str) -> None:
    """Delete the file, if it is still there."""
    if name:
        private_path(name).unlink(missing_ok=True)


def private_files() -> Iterator[tuple[Path, datetime]]:
    """All private files, and when each was written last."""
    for path in _folder().glob("*"):
        with suppress(FileNotFoundError):
            yield path, datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _folder() -> Path:
    return Path(settings.PRIVATE_ROOT) / "transfers"
