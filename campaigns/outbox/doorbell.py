"""Rings the worker. A doorbell that nobody hears costs a minute: the sweeper comes by anyway."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 30
# A burst is one ring: whoever hears it looks for everything that waits.
PAUSE_SECONDS = 0.05


class Doorbell:
    """Publishes from a thread of its own, so that nobody's request waits for a broker.

    After a failure it stays silent for a while: a broker that is down is asked twice a minute by
    each process, however many people sign.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="doorbell")
        self._silent_until = 0.0
        self._about_to_ring = Lock()

    def ring(self, message_id: UUID) -> None:
        """Ask a worker to deliver this message now."""
        # Whoever hears a ring that is still to come will find this message, too.
        if time.monotonic() >= self._silent_until and self._about_to_ring.acquire(blocking=False):
            self._thread.submit(self._publish, message_id)

    def _publish(self, message_id: UUID) -> None:
        # From here on: what is committed while it rings needs a ring of its own.
        self._about_to_ring.release()
        if time.monotonic() < self._silent_until:
            return
        try:
            current_app.send_task(
                "campaigns.outbox.tasks.deliver",
                kwargs={"message_id": str(message_id)},
                retry=False,
            )
        except (OperationalError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            logger.warning("The broker does not answer (%s); the sweeper will deliver.", error)
        except Exception:  # Nobody reads this thread's results but the log.
            logger.exception("The doorbell is broken; the sweeper will deliver.")
        time.sleep(PAUSE_SECONDS)


@cache
def _doorbell() -> Doorbell:
    # Made on the first ring, so that every forked process has a thread of its own.
    return Doorbell()


def ring(message_id: UUID) -> None:
    """Ask a worker to deliver this message now, without waiting for an answer."""
    _doorbell().ring(message_id)
