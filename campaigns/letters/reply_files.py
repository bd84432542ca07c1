"""Files of authorities, as they were passed on: below RESTRICTED_ROOT, under random names.

Nothing serves this folder but a view of staff that asks who is there and writes down who looked.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def keep_file(content: bytes) -> str:
    """Store a file that only the site's own user can read; returns a name nobody can guess."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_urlsafe(24)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        # The row that names it is committed afterwards, and must not outlive a power cut alone.
        file.flush()
        os.fsync(descriptor)
    return name


def path_of_file(name: str) -> Path:
    """Where the file of that name is. Raises ValueError for what is no name of ours."""
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError("Not the name of a restricted file.")
    return _folder() / name


def delete_file(name: str) -> None:
    """Delete a file, if it is still there."""
    path_of_file(name).unlink(missing_ok=True)


def kept_files() -> Iterator[tuple[str, datetime]]:
    """The names of all files, and when each was written."""
    for path in _folder().glob("*"):
        with suppress(FileNotFoundError):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _folder() -> Path:
    return Path(settings.RESTRICTED_ROOT) / "replies"
