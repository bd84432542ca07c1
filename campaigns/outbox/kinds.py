"""The kinds of mail that exist. Apps above register theirs; the outbox knows none by name.

A kind's name is its template folder: `email/<app>/<verb_noun>/{subject.txt,body.txt,body.mjml}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .models import OutgoingMessage
from .rendering import RenderedMail


class MessageObsolete(Exception):
    """Raised by `prepare` when there is nothing left to say: the row is cancelled."""


@dataclass(frozen=True)
class Letterhead:
    """Who a mail goes to and what its templates need, read at the moment of sending."""

    address: str
    context: Mapping[str, Any]
    # The absolute address of the one-click unsubscription (RFC 8058); "" for mail that
    # answers a person's own act, such as a confirmation.
    unsubscribe_url: str = ""
    # Already rendered, where the words do not come from templates of the kind.
    mail: RenderedMail | None = None


class Lane(Enum):
    """What makes a mail go out."""

    ANSWER = "answer"
    """Its reader, or whoever typed the reader's address, has just asked for it."""
    SUBSCRIBED = "subscribed"
    """Its reader subscribed to it; it stops when the reader wants it to."""


@dataclass(frozen=True)
class MailKind:
    """One kind of mail.

    `prepare(message)` reads what is needed and raises MessageObsolete when the occasion has
    passed. `samples()` gives one Letterhead per variant, for the render tests and previews.
    """

    name: str
    prepare: Callable[[OutgoingMessage], Letterhead]
    samples: Callable[[], Mapping[str, Letterhead]]
    lane: Lane = Lane.ANSWER
    # Anybody can cause it by typing an address, so that it counts towards the mailbox's cap.
    is_capped: bool = False


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> None:
    """Make `kind` known; called from an app's `ready()`."""
    _kinds[kind.name] = kind


def get(name: str) -> MailKind:
    """The kind of that name. Raises KeyError for a name nobody registered."""
    return _kinds[name]


def every_kind() -> list[MailKind]:
    """All registered kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
