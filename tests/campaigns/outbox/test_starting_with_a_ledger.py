"""Several processes start at once, and each follows the ledger before it serves or sends."""

from threading import Thread

from django.db import connection
from django.utils import timezone

from campaigns.outbox import suppression_ledger
from campaigns.outbox.models import LedgerEntry
from campaigns.outbox.suppression_ledger import note, replay


def test_each_line_is_applied_once_by_whoever_comes_first(own_database, monkeypatch):
    applied: list[suppression_ledger.Line] = []
    monkeypatch.setattr(suppression_ledger, "_handlers", {"tested": applied.append})
    for _number in range(30):
        note("tested", "a" * 64, now=timezone.now())
    LedgerEntry.objects.all().delete()

    def start() -> None:
        try:
            replay()
        finally:
            connection.close()

    threads = [Thread(target=start) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(applied) == 30
    assert len({line.id for line in applied}) == 30
    assert LedgerEntry.objects.count() == 30
