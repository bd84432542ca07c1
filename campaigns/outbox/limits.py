"""How often something may be done within a window of time, counted over all processes.

In Redis where the cache is one, else in a table; in the table, too, while Redis is away.
"""

from datetime import UTC, datetime, timedelta

from django.core.cache import caches
from django.db import connection

from .models import RateCount

LONGEST_WINDOW = timedelta(days=1)


def allow(*, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one more of `key`, and say whether it is among the first `limit` of its window.

    Windows are cut from the clock: the n-th begins n × `window` after 1970, for everybody. `key`
    says what is counted, up to 120 characters, and names nobody. Raises ValueError for a window
    longer than LONGEST_WINDOW.
    """
    if window > LONGEST_WINDOW:
        raise ValueError("Counts are not kept for so long.")
    length = int(window.total_seconds())
    starts_at = datetime.fromtimestamp(now.timestamp() // length * length, tz=UTC)
    count = _count_in_cache(key, starts_at, length)
    if count is None:
        count = _count_in_table(key, starts_at)
    return count <= limit


def forget_counts(*, now: datetime) -> None:
    """Delete the counts of windows that are over."""
    RateCount.objects.filter(window_starts_at__lt=now - LONGEST_WINDOW).delete()


def _count_in_cache(key: str, starts_at: datetime, seconds: int) -> int | None:
    """The count with this one; None where no cache counts for all processes, or it is away."""
    # Only a cache that all processes share can count for them (`config.shared_cache`).
    count = getattr(caches["default"], "count", None)
    name = f"limit:{key}:{int(starts_at.timestamp())}"
    return count(name, seconds=2 * seconds) if count else None


def _count_in_table(key: str, starts_at: datetime) -> int:
    """The count with this one, in one statement: two at once are two."""
    table = connection.ops.quote_name(RateCount._meta.db_table)
    statement = (
        f"INSERT INTO {table} (key, window_starts_at, count) VALUES (%s, %s, 1)"  # noqa: S608
        f" ON CONFLICT (key, window_starts_at) DO UPDATE SET count = {table}.count + 1"
        " RETURNING count"
    )
    moment = connection.ops.adapt_datetimefield_value(starts_at)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, moment])
        return int(cursor.fetchone()[0])
