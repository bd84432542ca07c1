"""A worker must outlive its broker, also when it has a task in its hands at that moment."""

from types import SimpleNamespace

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES, redis

from config import redis_broker


def closed(channel_class: type) -> object:
    """A channel as it is once its connection has been closed."""
    channel = channel_class.__new__(channel_class)
    channel.connection = SimpleNamespace(client=None)
    return channel


def test_a_closed_connection_is_a_connection_error():
    with pytest.raises(ConnectionError):
        closed(redis_broker.Channel)._connparams()


def test_kombu_itself_still_stumbles():
    """When this fails, `config.redis_broker` can go."""
    with pytest.raises(AttributeError):
        closed(redis.Channel)._connparams()


def test_both_schemes_mean_our_transport():
    redis_broker.use_patient_redis_broker()
    assert TRANSPORT_ALIASES["redis"] == TRANSPORT_ALIASES["rediss"]
    assert Connection("redis://localhost").transport_cls == "redis"
    assert Connection("redis://localhost").get_transport_cls() is redis_broker.Transport
