"""Nobody is lost and nobody gets it twice, whatever is killed, stopped, emptied or refused.

The short form: some two thousand readers. `make torture` runs it with ten thousand, and more.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.providers.running import RunningProvider
from tests.running_site import RunningSite, wait_until
from tests.torture.scenarios import (
    Disturbance,
    Ledger,
    own_site,
    send_under_fire,
    stage,
    stop_for,
    stop_mails_of,
    through,
)
from tests.torture.workers import Workers

from .brokers import OwnRedis
from .clusters import OwnPostgres

pytestmark = pytest.mark.services

READERS = int(os.environ.get("MAILING_READERS", "2000"))
KILLS = int(os.environ.get("MAILING_KILLS", "6"))
STOPPING = int(os.environ.get("MAILING_STOPPING", "40"))
# A call takes so long that a run lasts as long as its kills.
CALL_SECONDS = 0.4
CHUNK = 20
ALONE_SECONDS = 5


@pytest.fixture(scope="module")
def redis() -> Iterator[OwnRedis]:
    redis = OwnRedis()
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture(scope="module")
def site_and_database(
    services: dict[str, str], redis: OwnRedis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningSite, OwnPostgres]]:
    folder = tmp_path_factory.mktemp("mailings")
    with own_site(folder, redis.url, tables_on=services["DATABASE_URL"]) as made:
        yield made


@pytest.fixture
def site(site_and_database: tuple[RunningSite, OwnPostgres]) -> RunningSite:
    return site_and_database[0]


@pytest.fixture
def mailgun(site: RunningSite, tmp_path: Path) -> Iterator[RunningProvider]:
    """A provider that takes a thousand at once and no key."""
    with through(site, tmp_path, "mailgun") as provider:
        yield provider


@pytest.fixture
def resend(site: RunningSite, tmp_path: Path) -> Iterator[RunningProvider]:
    """A provider that answers a key that it knows as before, and sends nothing twice."""
    with through(site, tmp_path, "resend") as provider:
        yield provider


def show(what: str, ledger: Ledger) -> None:
    print(f"\n{what}: {ledger}")  # noqa: T201  (the figures that the issue asks to see)


def expect_all_accounted_for(ledger: Ledger) -> None:
    assert ledger.adds_up
    assert not ledger.lost
    assert not ledger.twice
    assert not ledger.unsaid


def test_killed_workers_leave_what_may_have_left_to_a_person(
    site: RunningSite, mailgun: RunningProvider
) -> None:
    mailing = stage(site, mailgun, readers=READERS, chunk=CHUNK, latency=CALL_SECONDS)
    ledger = send_under_fire(mailing, kills=KILLS)
    show("Killed, without a key", ledger)
    expect_all_accounted_for(ledger)
    assert ledger.state == "SENT"
    # One call in hand for each kill, and a lane of two calls dies together.
    assert len(ledger.uncertain) <= 2 * KILLS * CHUNK
    assert set(ledger.by_state) <= {"ACCEPTED", "UNCERTAIN"}


def test_the_same_key_again_leaves_nothing_uncertain(
    site_and_database: tuple[RunningSite, OwnPostgres], resend: RunningProvider, redis: OwnRedis
) -> None:
    site, database = site_and_database

    def empty_the_broker() -> None:
        redis.stop()
        redis.start()

    mailing = stage(
        site,
        resend,
        readers=READERS,
        chunk=CHUNK,
        latency=CALL_SECONDS,
        hung=0.05,
        reset=0.05,
    )
    ledger = send_under_fire(
        mailing,
        kills=KILLS,
        disturbances=[
            *(Disturbance(share, empty_the_broker) for share in (0.2, 0.45, 0.7)),
            *(Disturbance(share, stop_for(database, 2)) for share in (0.3, 0.6)),
        ],
    )
    ledger.notes.append("broker emptied 3 times, database stopped twice, 10 % of answers lost")
    show("Killed, with a key", ledger)
    expect_all_accounted_for(ledger)
    assert ledger.state == "SENT"
    assert ledger.by_state == {"ACCEPTED": READERS}


def test_whoever_stops_the_mails_gets_none_five_seconds_later(
    site: RunningSite, mailgun: RunningProvider
) -> None:
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    site.start_web()
    mailing = stage(site, mailgun, readers=READERS // 2, chunk=CHUNK, latency=CALL_SECONDS)
    stopped: dict[int, float] = {}
    try:
        ledger = send_under_fire(
            mailing,
            kills=0,
            disturbances=[Disturbance(0.2, stop_mails_of(mailing, STOPPING, stopped))],
        )
    finally:
        site.kill("web")
    left = mailgun.accepted_at()
    late = [
        left[each] - at for each, at in stopped.items() if left.get(each, 0) > at + ALONE_SECONDS
    ]
    ledger.notes.append(f"{len(stopped)} stopped the mails, {len(late)} got one later")
    show("Unsubscribed in mid-run", ledger)
    expect_all_accounted_for(ledger)
    assert len(stopped) == STOPPING
    assert late == []
    assert ledger.by_state["SUPPRESSED"] > 0


def test_a_provider_that_refuses_is_obeyed(site: RunningSite, mailgun: RunningProvider) -> None:
    """Told to wait, then that nobody knows us; the same workers go on."""
    wait = 3
    with Workers(site, has_lane=False).at_work():
        busy = stage(
            site, mailgun, readers=200, chunk=20, status=429, retry_after=str(wait),
            status_seconds=20,
        )  # fmt: skip
        wait_until(busy.has_ended, seconds=150, what="the busy provider")
        slow = busy.ledger()
        refusals = [line["at"] for line in mailgun.log() if line.get("status") == 429]
        calls = [line["at"] for line in mailgun.log()]
        slow.notes.append(f"{len(refusals)} × 429")
        show("429 with Retry-After", slow)

        unknown = stage(site, mailgun, readers=200, chunk=20, status=401)
        wait_until(unknown.has_ended, seconds=150, what="the pause")
        paused = unknown.ledger()
        show("401 for ever", paused)
        mailgun.behave()
        site.query(
            "from campaigns.mailings import services;"
            "from campaigns.mailings.models import Mailing;"
            "from django.utils import timezone;"
            f"services.resume_mailing(mailing=Mailing.objects.get(pk='{unknown.mailing}'),"
            " by=None, now=timezone.now())"
        )
        wait_until(lambda: unknown.state() == "SENT", seconds=150, what="the mended account")
        mended = unknown.ledger()
        show("401, mended", mended)

    expect_all_accounted_for(slow)
    assert slow.by_state == {"ACCEPTED": 200}
    # Nobody calls while the provider wants quiet, whichever worker was told.
    for refused_at in refusals:
        early = [at for at in calls if refused_at + 1 < at < refused_at + wait - 1]
        assert not early, [at - refused_at for at in early]
    assert paused.adds_up
    assert (paused.state, paused.problem) == ("PAUSED", "ACCOUNT")
    assert paused.by_state == {"PENDING": 200}
    expect_all_accounted_for(mended)
    assert mended.by_state == {"ACCEPTED": 200}


def test_one_bad_address_is_found_and_the_others_get_their_mail(
    site: RunningSite, mailgun: RunningProvider
) -> None:
    mailing = stage(site, mailgun, readers=400, chunk=100, status=429, retry_after="1")
    bad = min(mailing.deliveries)
    mailgun.behave(bad=[bad])
    started = time.monotonic()
    with Workers(site, has_lane=False).at_work():
        wait_until(mailing.has_ended, seconds=150, what="the bisection")
    ledger = mailing.ledger()
    refused = sum(line.get("status") == 400 for line in mailgun.log())
    ledger.notes.append(f"{refused} calls refused, {time.monotonic() - started:.0f} s")
    show("One bad address among a hundred", ledger)
    expect_all_accounted_for(ledger)
    assert ledger.by_state == {"ACCEPTED": 399, "REJECTED": 1}
