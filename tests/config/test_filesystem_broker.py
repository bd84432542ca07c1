"""The broker over files: a message is there whole, or not there."""

from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import filesystem

from config import filesystem_broker


def empty_messages_seen_while_writing(
    transport: type[filesystem.Transport], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """What a worker that looks into the folder during a publish would take for a message."""
    queue = folder / "queue"
    for name in ("queue", "control"):
        (folder / name).mkdir()
    seen: list[str] = []

    def look() -> None:
        seen.extend(path.name for path in queue.glob("*.msg") if path.stat().st_size == 0)

    write, write_bytes = filesystem.str_to_bytes, filesystem_broker.str_to_bytes
    # Both serialise the payload after opening their file and before filling it.
    monkeypatch.setattr(filesystem, "str_to_bytes", lambda text: (look(), write(text))[1])
    monkeypatch.setattr(
        filesystem_broker, "str_to_bytes", lambda text: (look(), write_bytes(text))[1]
    )
    options = {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(folder / "control"),
    }
    with Connection(transport=transport, transport_options=options) as connection:
        connection.default_channel._put("bells", {"body": "x"})
        assert connection.default_channel._get("bells") == {"body": "x"}
    return seen


def test_a_worker_never_meets_a_message_that_is_still_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = filesystem_broker.Transport
    assert empty_messages_seen_while_writing(transport, tmp_path, monkeypatch) == []


def test_kombu_still_shows_unfinished_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, kombu has fixed it: delete `config.filesystem_broker` and this file."""
    assert empty_messages_seen_while_writing(filesystem.Transport, tmp_path, monkeypatch)


def test_the_scheme_names_our_transport() -> None:
    assert Connection("filesystem://").get_transport_cls() is filesystem_broker.Transport
