"""A `filesystem://` broker whose messages appear whole or not at all.

Works around https://github.com/celery/kombu/issues/1551: kombu creates the message's file under its
final name and writes afterwards, so a worker that looks in between reads an empty message and dies
of it. Here the file is written under another name first. `tests/config/test_filesystem_broker.py`
fails when kombu does so itself; then this module goes.
"""

import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel, with an atomic `_put`."""

    # Kombu's own classes disagree on the names of these arguments.
    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        # Readers take names that end in .msg.
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(unfinished, folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {folder}") from error


class Transport(filesystem.Transport):
    """Kombu's transport over that channel."""

    Channel = Channel


def use_atomic_filesystem_broker() -> None:
    """Let the scheme `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
