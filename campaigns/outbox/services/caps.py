"""How much mail strangers can cause to one mailbox by typing its address."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from .. import kinds
from ..inserts import insert_once
from ..models import Mailbox, OutgoingMessage

# At most so many mails within so long, of those that nobody has answered.
CAPS = ((1, timedelta(minutes=10)), (3, timedelta(hours=24)))
# So many in all to a mailbox in which nobody has ever used a link of ours.
MOST_UNANSWERED = 5
MEMORY = max(window for _most, window in CAPS)

State = OutgoingMessage.State


def mailbox_answered(*, mailbox: str, now: datetime) -> None:
    """Note that a link in a mail to this mailbox was used: somebody reads there, and acts.

    What it was sent before was no flood, so that it no longer counts: whoever signs, confirms and
    then signs up waits for no mail.
    """
    insert_once(Mailbox(key=mailbox, changed_at=now), "key")
    Mailbox.objects.filter(key=mailbox).update(answered_at=now, asked_at=[], changed_at=now)


def lock_mailbox(mailbox: str, *, now: datetime) -> Mailbox:
    """The row of a mailbox, locked until the transaction ends."""
    insert_once(Mailbox(key=mailbox, changed_at=now), "key")
    return Mailbox.objects.select_for_update().get(key=mailbox)


@transaction.atomic
def take_turn(*, message: OutgoingMessage, mailbox: str, latest: datetime, now: datetime) -> bool:
    """Whether a claimed message may be sent now; if not, it has been put off to its next turn.

    A message has one turn, however often its delivery is tried; a further attempt moves it, so
    that what waited for a provider does not arrive all at once. Of several messages of one kind
    that wait for one mailbox the newest speaks for all. Raises MessageObsolete where it is not
    this one, where the next turn comes after `latest`, and where the mailbox has been asked
    MOST_UNANSWERED times and nobody has answered.
    """
    row = lock_mailbox(mailbox, now=now)
    mine = OutgoingMessage.objects.filter(pk=message.pk, state=State.CLAIMED, claim=message.claim)
    if not mine.exists():
        raise kinds.MessageObsolete("Another worker has taken it over.")
    asked = _still_counting(row, without=message.allowed_at, now=now)
    if row.answered_at is None and len(asked) >= MOST_UNANSWERED:
        raise kinds.MessageObsolete("This mailbox has been asked often enough and never answered.")
    waiting = OutgoingMessage.objects.filter(
        kind=message.kind, mailbox=mailbox, state=State.DUE, allowed_at=None
    ).exclude(pk=message.pk)
    if waiting.filter(created_at__gt=message.created_at).exists():
        raise kinds.MessageObsolete("A newer mail of this kind waits for this mailbox.")
    turn = _next_turn(asked, now=now)
    if turn > max(now, latest):
        raise kinds.MessageObsolete("This mailbox has been sent too much for this mail to wait.")
    waiting.update(state=State.CANCELLED, error="A newer mail of this kind speaks for this one.")
    if turn > now:
        mine.update(
            state=State.DUE,
            claim=None,
            claimed_until=None,
            not_before=turn,
            allowed_at=None,
            attempts=F("attempts") - 1,  # Waiting for a turn is no attempt.
            error="Waits its turn: this mailbox has just been sent a mail.",
        )
    else:
        asked.append(now)
        mine.update(allowed_at=now)
    row.asked_at = [moment.isoformat() for moment in asked]
    row.changed_at = now
    row.save(update_fields=["asked_at", "changed_at"])
    return turn <= now


def _still_counting(row: Mailbox, *, without: datetime | None, now: datetime) -> list[datetime]:
    """When the mailbox was asked, oldest first: each time until it answers, then of late."""
    asked = sorted(datetime.fromisoformat(moment) for moment in row.asked_at)
    if without in asked:
        asked.remove(without)
    if row.answered_at is None:
        return asked
    return [moment for moment in asked if moment > now - MEMORY]


def _next_turn(asked: Sequence[datetime], *, now: datetime) -> datetime:
    """The first moment from `now` on at which another mail is within all CAPS."""
    turns = [asked[-most] + window for most, window in CAPS if len(asked) >= most]
    return max([now, *turns])
