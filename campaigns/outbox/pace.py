"""How fast mails may leave: one bucket for the account, over all workers and machines.

`MAIL_RATE` mails a second and `MAIL_WARM_UP` mails on the first day are settings of the account;
without them a provider's own answers set the pace. Mail that answers somebody's own act never
waits here, but what it takes is missing from the bucket for mailings.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from .inserts import insert_once
from .models import RateBucket

# So many seconds' worth may be saved up.
BURST_SECONDS = 10
# A new sender doubles its day until the settings no longer hold it back.
DOUBLES_EVERY = timedelta(days=1)
# After being told to slow down, the pace is halved; it recovers by a tenth a minute.
HALF = 0.5
RECOVERY_PER_MINUTE = 0.1
SLOWEST = 1 / 64
ACCOUNT = "account"


@dataclass(frozen=True)
class Grant:
    """How many mails may leave now; else how long to wait before asking again."""

    count: int
    wait: timedelta = timedelta(0)


@transaction.atomic
def take(wanted: int, *, now: datetime) -> Grant:
    """Take up to `wanted` mails' worth out of the bucket. One worker at a time."""
    bucket = _locked(now)
    if bucket.stopped_until is not None and bucket.stopped_until > now:
        return Grant(0, bucket.stopped_until - now)
    count = wanted
    wait = timedelta(0)
    rate = _rate(bucket, now)
    if rate is not None:
        filled = bucket.level + max((now - bucket.filled_at).total_seconds(), 0) * rate
        level = min(filled, rate * BURST_SECONDS)
        count = max(min(count, int(level)), 0)
        wait = timedelta(seconds=max(min(wanted, rate * BURST_SECONDS) - level, 1) / rate)
        bucket.level, bucket.filled_at = level, now
    most = _most_today(bucket, now)
    if most is not None:
        today = now.date()
        sent = bucket.sent_today if bucket.day == today else 0
        if sent >= most:
            return Grant(0, _until_tomorrow(now))
        count = min(count, most - sent)
    if bucket.day != now.date():
        bucket.day, bucket.sent_today = now.date(), 0
    bucket.sent_today += count
    if rate is not None:
        bucket.level -= count
    bucket.save()
    return Grant(count, wait if count == 0 else timedelta(0))


def give_back(count: int) -> None:
    """What was taken and did not leave."""
    if count:
        RateBucket.objects.filter(account=ACCOUNT).update(
            level=F("level") + count, sent_today=F("sent_today") - Least(F("sent_today"), count)
        )


def spend(count: int) -> None:
    """What leaves without asking: answers to people's own acts."""
    if settings.MAIL_RATE:
        RateBucket.objects.filter(account=ACCOUNT).update(level=F("level") - count)


@transaction.atomic
def slow_down(*, wait: timedelta, now: datetime) -> None:
    """The provider said so: nothing of a mailing leaves for `wait` (and up to a tenth more, so
    that the workers do not come back together), and then at half the pace."""
    bucket = _locked(now)
    share = _pace(bucket, now)
    spread = 1 + secrets.randbelow(100) / 1000
    bucket.stopped_until = max(filter(None, [bucket.stopped_until, now + wait * spread]))
    bucket.pace, bucket.pace_at = max(share * HALF, SLOWEST), now
    bucket.save()


def _locked(now: datetime) -> RateBucket:
    bucket = RateBucket.objects.select_for_update().filter(account=ACCOUNT).first()
    if bucket is None:
        insert_once(RateBucket(account=ACCOUNT, filled_at=now, pace_at=now, since=now), "account")
        bucket = RateBucket.objects.select_for_update().get(account=ACCOUNT)
    return bucket


def _pace(bucket: RateBucket, now: datetime) -> float:
    """The share of the full rate that is used now."""
    minutes = max((now - bucket.pace_at).total_seconds(), 0) / 60
    return min(bucket.pace + minutes * RECOVERY_PER_MINUTE, 1.0)


def _rate(bucket: RateBucket, now: datetime) -> float | None:
    """Mails a second; None: as fast as the provider takes them."""
    return settings.MAIL_RATE * _pace(bucket, now) if settings.MAIL_RATE else None


def _most_today(bucket: RateBucket, now: datetime) -> int | None:
    """How many mails of mailings a sender that is still new may send today."""
    if not settings.MAIL_WARM_UP:
        return None
    days = (now.date() - bucket.since.date()).days
    return int(settings.MAIL_WARM_UP * 2 ** min(days, 30))


def _until_tomorrow(now: datetime) -> timedelta:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - now
