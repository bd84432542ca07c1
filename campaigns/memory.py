"""What a process may remember for a second, so that a thousand presses cost one look."""

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar

from django.conf import settings

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
MOST_REMEMBERED = 512


def remembered(find: Callable[[Key], Found]) -> Callable[[Key], Found]:
    """Keeps what `find` found for settings.MEMORY_SECONDS, in this process.

    For facts that staff change, where a second later is soon enough and moments in time are
    compared anew each time. What raises is not kept; neither is None or anything else that is
    false. Threads share what is kept: it is only to be read.
    """
    kept: dict[Key, tuple[float, Found]] = {}

    @wraps(find)
    def look(key: Key) -> Found:
        now = time.monotonic()
        until, known = kept.get(key, (0.0, None))
        if known is not None and now < until:
            return known
        found = find(key)
        if found and settings.MEMORY_SECONDS:
            if len(kept) >= MOST_REMEMBERED:
                kept.clear()
            kept[key] = (now + settings.MEMORY_SECONDS, found)
        return found

    return look
