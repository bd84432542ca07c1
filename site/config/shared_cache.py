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
