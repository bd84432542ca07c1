"""What people asked for stays true when the database goes back in time."""

import json
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from campaigns.mailboxes import mailbox_key
from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import LedgerEntry
from campaigns.outbox.suppression_ledger import LedgerLost, note, replay, replay_on_start

pytestmark = pytest.mark.django_db
MAILBOX = mailbox_key("mila@example.org")


@pytest.fixture
def ledger(settings) -> Path:
    return Path(settings.SUPPRESSION_LEDGER_DIR)


@pytest.fixture
def applied(monkeypatch) -> list[suppression_ledger.Line]:
    """Lines of kind `tested`, as they are applied."""
    lines: list[suppression_ledger.Line] = []
    monkeypatch.setattr(suppression_ledger, "_handlers", {"tested": lines.append})
    return lines


def lines_in(folder: Path) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text().splitlines()
        if line
    ]


def write(path: Path, *, at, count: int = 1, kind: str = "tested") -> None:
    with path.open("a") as file:
        for _number in range(count):
            line = {"id": str(uuid4()), "kind": kind, "mailbox": MAILBOX, "at": at.isoformat()}
            file.write(f"\n{json.dumps(line)}\n")


def test_a_wish_is_a_line_of_json_and_a_row(ledger, now, applied):
    note("tested", MAILBOX, now=now, about="formula:weekly")
    [line] = lines_in(ledger)
    entry = LedgerEntry.objects.get()
    assert line == {
        "id": str(entry.pk),
        "kind": "tested",
        "mailbox": MAILBOX,
        "at": now.isoformat(),
        "about": "formula:weekly",
    }
    assert replay().applied == {}
    assert applied == []


def test_only_its_owner_may_read_the_file(ledger, now):
    note("tested", MAILBOX, now=now)
    [path] = ledger.iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_a_database_that_has_not_seen_a_line_follows_it_once(ledger, now, applied):
    note("tested", MAILBOX, now=now, about="formula:weekly")
    LedgerEntry.objects.all().delete()
    assert replay().applied == {"tested": 1}
    assert replay().applied == {}
    [line] = applied
    assert (line.mailbox, line.at, line.details) == (MAILBOX, now, {"about": "formula:weekly"})


def test_lines_of_all_machines_are_applied_oldest_first(ledger, now, applied):
    write(ledger / "a.jsonl", at=now)
    write(ledger / "b.jsonl", at=now - timedelta(days=1))
    write(ledger / "a.jsonl", at=now - timedelta(days=2))
    replay()
    assert [line.at for line in applied] == [now - timedelta(days=days) for days in (2, 1, 0)]


def test_a_wish_whose_transaction_was_rolled_back_is_fulfilled_on_the_next_start(now, applied):
    with transaction.atomic():
        note("tested", MAILBOX, now=now)
        transaction.set_rollback(True)
    assert replay().applied == {"tested": 1}


def test_what_a_handler_does_is_not_written_down_again(ledger, now, monkeypatch):
    monkeypatch.setattr(
        suppression_ledger,
        "_handlers",
        {"tested": lambda line: note("tested", line.mailbox, now=line.at)},
    )
    write(ledger / "a.jsonl", at=now)
    replay()
    assert len(lines_in(ledger)) == 1


def test_a_line_that_a_crash_cut_off_is_reported_and_loses_no_other(ledger, now, applied, caplog):
    note("tested", MAILBOX, now=now)
    [path] = ledger.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    note("tested", MAILBOX, now=now)
    LedgerEntry.objects.all().delete()
    replayed = replay()
    assert (replayed.applied, replayed.unreadable) == ({"tested": 2}, 1)
    assert "1 lines cut off" in caplog.text


def test_a_line_of_a_newer_release_waits_for_that_release(ledger, now, applied, monkeypatch):
    write(ledger / "a.jsonl", at=now, kind="invented_later")
    assert replay().unknown == {"invented_later"}
    monkeypatch.setitem(suppression_ledger._handlers, "invented_later", applied.append)
    assert replay().applied == {"invented_later": 1}


def test_a_handler_that_fails_leaves_its_line_for_the_next_start(ledger, now, monkeypatch):
    write(ledger / "a.jsonl", at=now)

    def fail(line):
        raise RuntimeError

    monkeypatch.setattr(suppression_ledger, "_handlers", {"tested": fail})
    with pytest.raises(RuntimeError):
        replay()
    assert not LedgerEntry.objects.exists()


def test_nobody_starts_without_the_files_that_the_database_has_seen(ledger, now, applied):
    note("tested", MAILBOX, now=now)
    for path in ledger.iterdir():
        path.unlink()
    with pytest.raises(LedgerLost, match="is empty, but this database has seen 1 lines"):
        replay()
    ledger.rmdir()
    with pytest.raises(CommandError, match="put the files back"):
        call_command("replay_suppressions")


def test_a_new_machine_begins_a_file_of_its_own(ledger, now, applied, capsys):
    note("tested", MAILBOX, now=now)
    for path in ledger.iterdir():
        path.unlink()
    call_command("replay_suppressions", "--begin")
    assert "knows the whole ledger" in capsys.readouterr().out
    assert replay().applied == {}


def test_a_file_that_may_not_be_read_stops_the_start_in_one_line(ledger, now, applied):
    (ledger / "a.jsonl").mkdir()
    with pytest.raises(LedgerLost, match="cannot be read"):
        replay()


def test_a_wish_that_cannot_be_written_down_is_not_fulfilled(ledger, now):
    ledger.rmdir()
    with pytest.raises(FileNotFoundError):
        note("tested", MAILBOX, now=now)
    assert not LedgerEntry.objects.exists()


def test_a_database_without_tables_is_told_to_be_migrated(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(SystemExit, match=r"run manage\.py migrate first"):
        replay_on_start()


def test_a_hundred_thousand_known_lines_delay_a_start_by_seconds_at_most(ledger, now, applied):
    write(ledger / "a.jsonl", at=now, count=100_000)
    LedgerEntry.objects.bulk_create(LedgerEntry(pk=line["id"]) for line in lines_in(ledger))
    started = time.monotonic()
    assert replay().applied == {}
    seconds = time.monotonic() - started
    assert seconds < 4
