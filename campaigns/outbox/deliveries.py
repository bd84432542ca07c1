"""Mails of mailings: the outbox knows their numbers alone, and the app above whose they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class DeliverySource:
    """`mailbox_of(number)` is the keyed hash of the mailbox, or None where the reader is gone;
    `numbers_of(mailbox)` the deliveries that went there."""

    mailbox_of: Callable[[int], str | None]
    numbers_of: Callable[[str], QuerySet[Any, Any]]


_sources: list[DeliverySource] = []


def register(source: DeliverySource) -> None:
    """Called once, when the app above is ready."""
    _sources[:] = [source]


def mailbox_of(number: int) -> str | None:
    """Whose mailbox a delivery went to."""
    return next((source.mailbox_of(number) for source in _sources), None)


def numbers_of(mailbox: str) -> list[int]:
    """The deliveries that went to a mailbox."""
    return [number for source in _sources for number in source.numbers_of(mailbox)]
