"""A Redis broker whose worker outlives it.

Works around what https://github.com/celery/kombu/issues/582 reports and kombu 5.7 still does: when
the broker goes away while a task is under way, kombu closes its connection, then wants to give
the task back over it, and fails with an AttributeError that nobody expects: the worker ends for
good. A connection error is what it is, and what Celery gets over.
`tests/config/test_redis_broker.py` fails when kombu says so itself; then this module goes.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """Kombu's channel, which says that its connection is closed when it is."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise ConnectionError("The connection to the broker is closed.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):
    """Kombu's transport over that channel."""

    Channel = Channel


def use_patient_redis_broker() -> None:
    """Let the schemes `redis://` and `rediss://` mean this transport."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
