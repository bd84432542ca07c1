"""Brokers that can be stopped and started: a Redis of our own, or the machine's RabbitMQ."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Protocol

import pytest

from tests.running_site import free_port


class Broker(Protocol):
    url: str

    def stop(self) -> None: ...

    def start(self) -> None: ...


class OwnRedis:
    """A redis-server process that keeps nothing: stopping it loses every message in it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        time.sleep(0.5)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class LocalRabbitMQ:
    """The RabbitMQ of this machine, stopped and started by its own control command."""

    def __init__(self, url: str) -> None:
        self.url = url

    def start(self) -> None:
        subprocess.run(["rabbitmqctl", "start_app"], check=True, capture_output=True)
        subprocess.run(["rabbitmqctl", "await_startup"], check=True, capture_output=True)

    def stop(self) -> None:
        subprocess.run(["rabbitmqctl", "stop_app"], check=True, capture_output=True)


@contextlib.contextmanager
def broker_from(url: str) -> Iterator[Broker]:
    """The broker for a URL of the environment, running; running again when the tests are over."""
    if url.startswith("amqp"):
        if shutil.which("rabbitmqctl") is None:
            pytest.fail("rabbitmqctl is needed to stop and start RabbitMQ.")
        rabbit = LocalRabbitMQ(url)
        try:
            yield rabbit
        finally:
            rabbit.start()
        return
    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is needed to run a Redis that can be stopped.")
    redis = OwnRedis()
    redis.start()
    try:
        yield redis
    finally:
        redis.stop()
