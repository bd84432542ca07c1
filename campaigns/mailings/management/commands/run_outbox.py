"""`manage.py run_outbox`: all that the workers do for mail, in one process, without a broker."""

import signal
import time
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from campaigns.mailings import services as mailings
from campaigns.outbox import services as outbox

ROUND = timedelta(seconds=10)
PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Deliver all mail without a broker: start as many of these as you want workers."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--once", action="store_true", help="Do what is due now, and stop. For cron."
        )

    def handle(self, *_arguments: Any, once: bool, **_options: Any) -> None:
        self._is_wanted = True
        # A call in hand is finished: its answer is worth more than a second.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while self._is_wanted:
            try:
                done = self._round()
            except (OperationalError, InterfaceError) as error:
                # The database has gone; it comes back, and nothing was lost with it.
                if once:
                    raise
                self.stderr.write(f"No database: {type(error).__name__}")
                done = 0
            if once and not done:
                return
            if not done:
                time.sleep(PAUSE_SECONDS)
            close_old_connections()

    def _round(self) -> int:
        """Answers to people first; then mailings, as long as a round takes."""
        now = timezone.now()
        done = outbox.sweep(now=now, until=now + ROUND)
        outbox.apply_delivery_events(now=timezone.now(), until=timezone.now() + ROUND)
        return done + mailings.work(until=timezone.now() + ROUND, is_wanted=lambda: self._is_wanted)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_wanted = False
