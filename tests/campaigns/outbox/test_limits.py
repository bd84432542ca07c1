"""How often something may be done is counted over all processes, with or without Redis."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Thread

import pytest
from django.core.cache import cache
from django.db import connection

from campaigns.outbox.limits import LONGEST_WINDOW, allow, forget_counts
from campaigns.outbox.models import RateCount

WINDOW = timedelta(minutes=10)
BACKEND = "config.shared_cache.SharedCache"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def use_redis(settings, port: int) -> None:
    settings.CACHES = {
        "default": {"BACKEND": BACKEND, "LOCATION": f"redis://127.0.0.1:{port}/0"},
    }


@pytest.fixture
def no_redis(settings) -> None:
    """A cache that does not count for all processes."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def redis_port(tmp_path) -> Iterator[int]:
    """A Redis of our own, in memory alone."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _attempt in range(100):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def allowed(times: int, now, *, key: str = "sign:somebody", limit: int = 5) -> int:
    return sum(allow(key=key, limit=limit, window=WINDOW, now=now) for _time in range(times))


def at_the_start(now):
    """A moment just after a window has begun."""
    return now - timedelta(seconds=now.timestamp() % WINDOW.total_seconds())


@pytest.mark.django_db
def test_the_first_few_of_a_window_are_within_the_limit(now):
    now = at_the_start(now)
    assert [allow(key="a", limit=2, window=WINDOW, now=now) for _time in range(4)] == [
        *(True, True),
        *(False, False),
    ]
    later = now + WINDOW - timedelta(seconds=1)
    assert allow(key="a", limit=2, window=WINDOW, now=later) is False
    assert allow(key="a", limit=2, window=WINDOW, now=now + WINDOW) is True


@pytest.mark.django_db
def test_keys_are_counted_apart(now):
    assert allowed(9, now, key="sign:a") == allowed(9, now, key="sign:b") == 5


@pytest.mark.django_db
def test_counting_in_the_table_takes_one_statement(no_redis, now, django_assert_num_queries):
    for _time in range(2):
        with django_assert_num_queries(1):
            allow(key="a", limit=2, window=WINDOW, now=now)
    assert [(row.key, row.count) for row in RateCount.objects.all()] == [("a", 2)]


@pytest.mark.django_db
def test_counts_that_are_over_are_forgotten(no_redis, now):
    allowed(1, now - LONGEST_WINDOW - WINDOW)
    allowed(1, now)
    forget_counts(now=now)
    [row] = RateCount.objects.all()
    assert now - WINDOW < row.window_starts_at <= now


def test_no_window_is_longer_than_counts_are_kept(now):
    with pytest.raises(ValueError, match="so long"):
        allow(key="a", limit=1, window=LONGEST_WINDOW * 2, now=now)


def at_once(now, *, workers: int = 8, each: int = 25, limit: int = 50) -> int:
    def work(_number: int) -> int:
        try:
            return allowed(each, now, limit=limit)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(work, range(workers)))


def test_no_more_get_through_when_many_come_at_once(own_database, now):
    assert at_once(now) == 50


def test_no_more_get_through_redis_when_many_come_at_once(own_database, now, redis_port, settings):
    use_redis(settings, redis_port)
    assert at_once(now) == 50
    assert not RateCount.objects.exists()


def test_a_redis_that_dies_amid_it_lets_through_no_more_than_its_count_again(
    own_database, now, redis_port, settings
):
    """The table begins at nothing: what Redis had counted is lost with it."""
    use_redis(settings, redis_port)
    assert allowed(5, now, limit=50) == 5
    with closing(socket.create_connection(("127.0.0.1", redis_port))) as wire:
        wire.sendall(b"SHUTDOWN NOSAVE\r\n")
        wire.recv(1)
    assert at_once(now) == 50


@pytest.mark.django_db
def test_without_redis_the_limit_holds_and_nobody_waits(now, settings):
    use_redis(settings, free_port())
    began = time.monotonic()
    assert allowed(100, now) == 5
    assert time.monotonic() - began < 2
    assert RateCount.objects.get().count == 100


@pytest.mark.django_db
def test_a_redis_that_never_answers_is_waited_for_once(now, settings):
    """And not asked again for a while: each of these would cost half a second."""
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        asked = []

        def listen() -> None:
            while True:
                try:
                    asked.append(deaf.accept()[0])
                except OSError:
                    return

        Thread(target=listen, daemon=True).start()
        use_redis(settings, deaf.getsockname()[1])
        began = time.monotonic()
        assert allowed(20, now) == 5
        assert time.monotonic() - began < 2
        assert len(asked) == 1
        for wire in asked:
            wire.close()


@pytest.mark.django_db
def test_the_site_stays_up_without_its_cache(client, site, settings):
    use_redis(settings, free_port())
    began = time.monotonic()
    for _time in range(3):
        assert client.get("/fr/").status_code == 200
    assert time.monotonic() - began < 10


def test_a_cache_that_is_away_is_an_empty_one(settings):
    use_redis(settings, free_port())
    cache.set("a", 1)
    cache.set_many({"a": 1})
    assert (cache.get("a"), cache.get("a", 2), cache.get_many(["a"])) == (None, 2, {})
    assert (cache.add("a", 1), cache.touch("a"), cache.delete("a")) == (False, False, False)
    assert "a" not in cache
    cache.delete_many(["a"])
    with pytest.raises(ValueError, match="away"):
        cache.incr("a")


def test_a_cache_that_is_there_keeps_things(settings, redis_port):
    use_redis(settings, redis_port)
    cache.set("a", {"b": 1})
    assert cache.get("a") == {"b": 1}
    assert cache.add("a", 2) is False
    cache.set_many({"c": 1, "d": 2})
    assert cache.incr("c") == 2
    assert cache.get_many(["c", "d"]) == {"c": 2, "d": 2}
    cache.delete_many(["c", "d"])
    assert "c" not in cache
    cache.clear()
    assert cache.get("a") is None
