"""One account, one pace: over all workers, on all machines."""

from datetime import timedelta

import pytest

from campaigns.outbox import pace
from campaigns.outbox.models import RateBucket

pytestmark = pytest.mark.django_db


def at(now, seconds):
    return now + timedelta(seconds=seconds)


def test_without_a_rate_mails_leave_as_fast_as_they_are_taken(now):
    assert pace.take(1000, now=now) == pace.Grant(1000)
    assert pace.take(1000, now=now) == pace.Grant(1000)


def test_no_more_leave_in_a_minute_than_the_account_may_send(settings, now):
    settings.MAIL_RATE = 10
    left = sum(pace.take(25, now=at(now, second)).count for second in range(60))
    # The bucket begins empty, and a mail that could be sent is never held back for long.
    assert 10 * 57 <= left <= 10 * 60


def test_two_workers_share_one_bucket(settings, now):
    settings.MAIL_RATE = 10
    pace.take(1, now=now)
    first = pace.take(100, now=at(now, 5))
    second = pace.take(100, now=at(now, 5))
    assert first.count + second.count == 50
    assert second.wait > timedelta(0)


def test_whoever_has_to_wait_is_told_how_long(settings, now):
    settings.MAIL_RATE = 10
    pace.take(1, now=now)
    grant = pace.take(50, now=now)
    assert grant.count == 0
    assert pace.take(50, now=now + grant.wait).count == 50


def test_what_is_saved_up_is_limited(settings, now):
    settings.MAIL_RATE = 10
    pace.take(1, now=now)
    assert pace.take(10_000, now=at(now, 3600)).count == 10 * pace.BURST_SECONDS


def test_what_did_not_leave_can_leave_later(settings, now):
    settings.MAIL_RATE = 10
    pace.take(1, now=now)
    assert pace.take(50, now=at(now, 5)).count == 50
    pace.give_back(20)
    assert pace.take(50, now=at(now, 5)).count == 20


def test_answers_to_people_never_wait_but_mailings_leave_them_room(settings, now):
    settings.MAIL_RATE = 10
    pace.take(1, now=now)
    pace.spend(30)
    assert pace.take(50, now=at(now, 5)).count == 20


def test_a_provider_that_wants_quiet_has_it_from_everybody(settings, now):
    pace.slow_down(wait=timedelta(seconds=60), now=now)
    grant = pace.take(10, now=at(now, 59))
    assert grant.count == 0
    assert grant.wait > timedelta(0)
    # Up to a tenth more, so that the workers do not come back at one moment.
    assert pace.take(10, now=at(now, 67)).count == 10


def test_a_second_refusal_does_not_shorten_the_first(now):
    pace.slow_down(wait=timedelta(seconds=600), now=now)
    pace.slow_down(wait=timedelta(seconds=1), now=at(now, 1))
    assert pace.take(10, now=at(now, 300)).count == 0


def test_after_a_refusal_it_goes_on_at_half_the_pace_and_recovers(settings, now):
    settings.MAIL_RATE = 100
    pace.take(1, now=now)
    pace.slow_down(wait=timedelta(seconds=0), now=now)
    first = pace.take(10_000, now=at(now, 1)).count
    assert 45 <= first <= 55
    later = at(now, 3600)
    pace.take(10_000, now=later)
    assert pace.take(10_000, now=at(later, 1)).count == 100


def test_a_new_sender_doubles_each_day(settings, now):
    settings.MAIL_WARM_UP = 50
    morning = now.replace(hour=1, minute=0, second=0, microsecond=0)
    assert pace.take(1000, now=morning).count == 50
    tired = pace.take(1000, now=morning)
    assert tired.count == 0
    assert morning + tired.wait == morning.replace(hour=0) + timedelta(days=1)
    assert pace.take(1000, now=morning + timedelta(days=1)).count == 100
    assert pace.take(1000, now=morning + timedelta(days=2)).count == 200


def test_what_the_day_holds_back_stays_in_the_bucket(settings, now):
    settings.MAIL_WARM_UP, settings.MAIL_RATE = 50, 100
    morning = now.replace(hour=1)
    pace.take(1, now=morning)
    assert pace.take(1000, now=at(morning, 5)).count == 50
    assert RateBucket.objects.get().level == 450
