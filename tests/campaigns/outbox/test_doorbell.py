"""The broker is a doorbell: it carries an id, and its silence costs a visitor nothing."""

import logging
import uuid
from threading import Event

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from campaigns.outbox import doorbell
from campaigns.outbox.doorbell import Doorbell
from campaigns.outbox.models import OutgoingMessage
from campaigns.outbox.services import queue_message

RING = {"kind": "petitions/confirm_signature", "language": "fr", "arguments": {}}


class Broker:
    """Stands where Celery sends: notes what arrives, or does not answer."""

    def __init__(self) -> None:
        self.rings: list[dict] = []
        self.is_down = False
        self.answers = Event()
        self.answers.set()

    def send_task(self, name: str, **options) -> None:
        self.answers.wait(timeout=30)
        self.rings.append({"name": name, **options})
        if self.is_down:
            raise OperationalError("connection refused")


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    monkeypatch.setattr(current_app, "send_task", broker.send_task)
    doorbell._doorbell.cache_clear()
    yield broker
    doorbell._doorbell.cache_clear()


def settle(bell: Doorbell | None = None) -> None:
    """Wait until the bell's thread has done what it was asked."""
    (bell or doorbell._doorbell())._thread.submit(lambda: None).result(timeout=30)


@pytest.mark.django_db
def test_the_bell_rings_after_the_commit_and_carries_an_id_alone(
    broker, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        queue_message(**RING, dedupe_key="one", now=now)
        settle()
        assert broker.rings == []
    settle()
    [ring] = broker.rings
    assert ring["name"] == "campaigns.outbox.tasks.deliver"
    assert ring["kwargs"] == {"message_id": str(OutgoingMessage.objects.get().pk)}


@pytest.mark.django_db
def test_a_silent_broker_loses_no_message(broker, now, django_capture_on_commit_callbacks):
    broker.is_down = True
    with django_capture_on_commit_callbacks(execute=True):
        queue_message(**RING, dedupe_key="one", now=now)
    settle()
    assert len(broker.rings) == 1
    assert OutgoingMessage.objects.get().state == OutgoingMessage.State.DUE


def test_nobody_waits_for_a_broker_that_hangs(broker):
    broker.answers.clear()
    for _press in range(20):
        doorbell.ring(uuid.uuid4())
    assert broker.rings == []  # All rung, none answered yet.
    broker.answers.set()
    settle()
    # One that was on its way, and one for all that came after it.
    assert len(broker.rings) == 2


def test_a_silent_broker_is_not_asked_again_for_a_while(broker, caplog):
    broker.is_down = True
    bell = Doorbell()
    with caplog.at_level(logging.WARNING):
        for _press in range(500):
            bell.ring(uuid.uuid4())
        settle(bell)
    assert len(broker.rings) == 1
    assert len(caplog.records) == 1
    bell._silent_until = 0.0  # Half a minute later.
    broker.is_down = False
    bell.ring(uuid.uuid4())
    settle(bell)
    assert len(broker.rings) == 2


@pytest.fixture
def tasks():
    current_app.loader.import_default_modules()
    return current_app.tasks


@pytest.mark.django_db
def test_the_name_on_the_bell_is_a_task_that_takes_what_is_sent(tasks):
    task = tasks["campaigns.outbox.tasks.deliver"]
    assert task(message_id=str(uuid.uuid4()), added_by_a_newer_release=1) is None


def test_everything_that_beat_asks_for_exists(tasks):
    asked = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert asked <= set(tasks)
    assert "campaigns.outbox.tasks.sweep" in asked
