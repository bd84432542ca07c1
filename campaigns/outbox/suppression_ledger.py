"""Who was erased or asked for silence, written down outside the database.

A backup that is put back knows nothing of what people asked for since. So each such wish is one
line of JSON in a file of SUPPRESSION_LEDGER_DIR, on disk before its transaction commits, and the
database remembers which lines it has seen (`LedgerEntry`). On start, before anything is served
or sent, the lines it has not seen are applied (`replay`).

There is one file per machine. A line holds the keyed hash of a mailbox, numbers and codes. A line
whose transaction was rolled back is applied on the next start: the person did ask for it.
"""

import json
import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error, connection, transaction

from .models import LedgerEntry

logger = logging.getLogger(__name__)

# A line begins so, with an id of 36 characters, and is parsed further only if it is new.
OPENING = '{"id": "'
ID_LENGTH = 36


class LedgerLost(Exception):
    """The files are not where the database has seen them; the message says what to do."""


@dataclass(frozen=True)
class Line:
    """One wish. `details` are numbers and codes, as the kind's handler wrote them."""

    id: UUID
    kind: str
    mailbox: str
    at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Replayed:
    """What a replay did: lines applied by kind; how many were cut off; kinds nobody handles."""

    applied: Mapping[str, int]
    unreadable: int = 0
    unknown: frozenset[str] = frozenset()


Handler = Callable[[Line], None]

_handlers: dict[str, Handler] = {}
_is_replaying: ContextVar[bool] = ContextVar("is_replaying", default=False)


def register(kind: str, handler: Handler) -> None:
    """Say how a line of that kind is applied to an older database. Called from `ready()`.

    The handler leaves alone what came after `line.at`, and a second call changes nothing.
    """
    _handlers[kind] = handler


def note(kind: str, mailbox: str, *, now: datetime, **details: int | str | list[str]) -> None:
    """Write one wish down, on disk and in the database. Call it inside its transaction.

    Raises OSError when it cannot be written: then the wish is not fulfilled either, and whoever
    asked is told so, instead of being promised what a restored backup would undo.
    """
    if _is_replaying.get():
        return
    line_id = uuid4()
    words = {
        "id": str(line_id), "kind": kind, "mailbox": mailbox, "at": now.isoformat(), **details
    }  # fmt: skip
    _append(json.dumps(words))
    LedgerEntry.objects.create(pk=line_id)


def begin() -> Path:
    """Begin this machine's file, where it has none yet; return its path."""
    path = _path()
    if not path.exists():
        _append("")
    return path


def replay() -> Replayed:
    """Apply all lines that this database has not seen, oldest first.

    Processes that start together do not harm each other: each line is applied by whoever inserts
    its id, and the others wait for that. Raises LedgerLost.
    """
    lines, unreadable = _unseen_lines()
    applied: dict[str, int] = {}
    unknown = set()
    replaying = _is_replaying.set(True)
    try:
        for line in sorted(lines, key=lambda line: line.at):
            if line.kind not in _handlers:
                # Written by a newer release: it stays unseen until that one is back.
                unknown.add(line.kind)
            elif _apply(line):
                applied[line.kind] = applied.get(line.kind, 0) + 1
    finally:
        _is_replaying.reset(replaying)
    for count, words in ((unreadable, "cut off"), (len(unknown), "of unknown kinds")):
        if count:
            logger.warning("Suppression ledger: %s lines %s were passed over.", count, words)
    if applied:
        logger.warning("Suppression ledger: applied again %s.", applied)
    return Replayed(applied=applied, unreadable=unreadable, unknown=frozenset(unknown))


def replay_on_start() -> None:
    """Replay, or end the process with one line that says why nothing may be served or sent."""
    try:
        if LedgerEntry._meta.db_table not in connection.introspection.table_names():
            raise LedgerLost("the database has no tables yet: run manage.py migrate first")
        replay()
    except LedgerLost as error:
        raise SystemExit(f"obstinate: {error}") from error
    except (Error, OSError) as error:
        raise SystemExit(
            f"obstinate: the suppression ledger could not be replayed: {error}"
        ) from error
    finally:
        connection.close()  # The threads and children that follow open their own.


@transaction.atomic
def _apply(line: Line) -> bool:
    """Apply a line unless somebody else just did."""
    _entry, is_new = LedgerEntry.objects.get_or_create(pk=line.id)
    if is_new:
        _handlers[line.kind](line)
    return is_new


def _path() -> Path:
    return Path(settings.SUPPRESSION_LEDGER_DIR) / f"{socket.gethostname()}.jsonl"


def _append(words: str) -> None:
    path = _path()
    is_new_file = not path.exists()
    # One write, so that lines of several processes do not mix. It begins with a line break, in
    # case a crash has cut off the line before.
    data = f"\n{words}\n".encode()
    file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        if os.write(file, data) != len(data):
            raise OSError("the disk of the suppression ledger is full")
        os.fsync(file)
    finally:
        os.close(file)
    if is_new_file:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unseen_lines() -> tuple[list[Line], int]:
    """The lines this database has not seen, and how many cannot be read. Raises LedgerLost."""
    folder = Path(settings.SUPPRESSION_LEDGER_DIR)
    paths = sorted(folder.glob("*.jsonl"))
    seen = {str(key) for key in LedgerEntry.objects.values_list("pk", flat=True).iterator()}
    if seen and not paths:
        raise LedgerLost(
            f"SUPPRESSION_LEDGER_DIR ({folder}) is empty, but this database has seen {len(seen)}"
            " lines of it: put the files back, or, on a machine that is new, run"
            " manage.py replay_suppressions --begin"
        )
    lines, unreadable = [], 0
    for path in paths:
        for words in _new_words(path, seen):
            try:
                lines.append(_line(json.loads(words)))
            except (ValueError, KeyError, TypeError):
                unreadable += 1
    return lines, unreadable


def _new_words(path: Path, seen: set[str]) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for words in file:
                start = len(OPENING)
                if words != "\n" and words[start : start + ID_LENGTH] not in seen:
                    yield words
    except OSError as error:
        raise LedgerLost(
            f"SUPPRESSION_LEDGER_DIR cannot be read ({error}): give this process the right to"
            " read it and to add to it"
        ) from error


def _line(words: dict[str, Any]) -> Line:
    return Line(
        id=UUID(words.pop("id")),
        kind=words.pop("kind"),
        mailbox=words.pop("mailbox"),
        at=datetime.fromisoformat(words.pop("at")),
        details=words,
    )
