"""Kinds of mail that exist for tests alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from campaigns.outbox import kinds
from campaigns.outbox.kinds import Letterhead, MailKind
from campaigns.outbox.models import OutgoingMessage

CONTEXT = {
    "formula": "Letters",
    "description": "",
    "is_active": False,
    "link": "https://example.org/",
}
RENDERS_WELL = "supporters/confirm_subscription"


@contextmanager
def registered(
    name: str, prepare: Callable[[OutgoingMessage], Letterhead], **options: Any
) -> Iterator[None]:
    """A mail kind that exists while the block runs; in place of the real one of that name."""
    former = kinds._kinds.get(name)
    kinds.register(MailKind(name, prepare, dict, **options))
    try:
        yield
    finally:
        if former:
            kinds.register(former)
        else:
            del kinds._kinds[name]


def to(address: str) -> Callable[[OutgoingMessage], Letterhead]:
    """Prepares a letterhead to one address."""
    return lambda _message: Letterhead(address, CONTEXT)
