"""Rings the worker. A doorbell that nobody hears costs a minute: the sweeper comes by anyway."""

import logging
import time
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 30
_silent_until = 0.0


def ring(message_id: UUID) -> None:
    """Ask a worker to deliver this message now.

    A broker that is down costs the caller one failed connection per half minute at the most:
    after a failure this process does not try again for a while.
    """
    global _silent_until  # noqa: PLW0603  (one switch per process is the point)
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(
            "campaigns.outbox.tasks.deliver", kwargs={"message_id": str(message_id)}, retry=False
        )
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE_SECONDS
        logger.warning("The broker does not answer (%s); the sweeper will deliver.", error)
