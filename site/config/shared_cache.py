"""A Redis cache that may be away without taking the site with it."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 30
# A cache that answers later than this costs more than it saves.
PATIENCE_SECONDS = 0.5


# Until when each server is left in peace, by its address: for all threads of this process.
_silent_until: dict[str, float] = {}


class PatientClient(RedisCacheClient):
    """Behaves like an empty cache while the server cannot be reached.

    After a failure it is not asked again for SILENCE_SECONDS: a server that is down costs each
    process one short wait twice a minute, however many people come.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        waits = {
            "socket_connect_timeout": PATIENCE_SECONDS,
            "socket_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(servers, **{**waits, **options})
        self._address = ",".join(servers)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """One client for reading and one for writing: to make one costs more than to ask it."""
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]

    def count(self, key: str, seconds: int) -> int | None:
        """Add one to a number that is forgotten `seconds` after its last change.

        One way there and back. None while the server cannot be reached.
        """

        def ask() -> int:
            steps = self.get_client(key, write=True).pipeline(transaction=False)
            return int(steps.incr(key).expire(key, seconds).execute()[0])

        return self._ask(ask, (), otherwise=None)

    def add(self, *args: Any) -> Any:
        return self._ask(super().add, args, otherwise=False)

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(super().get, (key, default), otherwise=default)

    def set(self, *args: Any) -> None:
        self._ask(super().set, args, otherwise=None)

    def touch(self, *args: Any) -> Any:
        return self._ask(super().touch, args, otherwise=False)

    def delete(self, *args: Any) -> Any:
        return self._ask(super().delete, args, otherwise=False)

    def get_many(self, *args: Any) -> Any:
        return self._ask(super().get_many, args, otherwise={})

    def has_key(self, *args: Any) -> Any:
        return self._ask(super().has_key, args, otherwise=False)

    def incr(self, *args: Any) -> Any:
        """Raises ValueError where there is nothing to count on, as for a key that is missing."""
        count = self._ask(super().incr, args, otherwise=None)
        if count is None:
            raise ValueError("The cache is away.")
        return count

    def set_many(self, *args: Any) -> None:
        self._ask(super().set_many, args, otherwise=None)

    def delete_many(self, *args: Any) -> None:
        self._ask(super().delete_many, args, otherwise=None)

    def clear(self) -> Any:
        return self._ask(super().clear, (), otherwise=False)

    def _ask(self, call: Callable[..., Any], arguments: Sequence[Any], *, otherwise: Any) -> Any:
        if time.monotonic() < _silent_until.get(self._address, 0):
            return otherwise
        try:
            return call(*arguments)
        except (RedisError, OSError) as error:
            _silent_until[self._address] = time.monotonic() + SILENCE_SECONDS
            logger.warning(
                "The cache does not answer (%s); we go on without.", type(error).__name__
            )
            return otherwise


class SharedCache(RedisCache):
    """Django's cache in Redis, with the patience above."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient

    def count(self, key: str, *, seconds: int) -> int | None:
        """As PatientClient.count."""
        name = self.make_and_validate_key(key)
        return self._cache.count(name, seconds)  # type: ignore[attr-defined]
