"""A mail is a row first. Then it is claimed, rendered, handed to Anymail and accounted for."""

import logging
import smtplib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, QuerySet

from campaigns.mailboxes import mailbox_key

from .. import doorbell, kinds, pace
from ..inserts import insert_once
from ..models import OutgoingMessage
from ..rendering import render_mail
from ..selectors import is_suppressed
from .caps import take_turn

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
# A provider may be down, unpaid or misconfigured for days; the links in the mail live longer.
GIVE_UP_AFTER = timedelta(days=7)
# A message that took its worker down, or whose fate is unknown, is not tried for ever.
MOST_LOST = 5
MOST_UNCERTAIN = 3
# Two presses of one button within this time are one press, and owe one mail.
SAME_PRESS = timedelta(seconds=3)
SWEEP_BATCH = 100
NO_WAIT = timedelta(0)

State = OutgoingMessage.State


class TryLater(Exception):
    """The provider could not take the message now; the message says why."""


class RefusedForGood(Exception):
    """The recipient's side will never take this message; the message says why."""


class PutOff(Exception):
    """The mailbox has been sent enough for now; the message waits for its turn."""


class Uncertain(Exception):
    """Handed over, but the answer never came or made no sense: it may have left."""


def queue_message(
    *,
    kind: str,
    language: str,
    arguments: Mapping[str, int | str],
    dedupe_key: str,
    now: datetime,
    person_id: int | None = None,
    waits: timedelta = NO_WAIT,
) -> None:
    """Owe somebody a mail. Call it inside the transaction that causes the mail.

    A second call with the same `dedupe_key` does nothing. `arguments` are ids for the kind's
    `prepare`, never addresses or words. `person_id` is the supporter's key, where there is one.
    `waits` is how long the mail stays due before it is delivered.
    """
    message = OutgoingMessage(
        kind=kind,
        language=language,
        arguments=dict(arguments),
        dedupe_key=dedupe_key,
        not_before=now + waits,
        created_at=now,
        person_id=person_id,
    )
    insert_once(message, "dedupe_key")
    transaction.on_commit(partial(doorbell.ring, message.pk), robust=True)


def press_key(*, occasion: str, now: datetime) -> str:
    """A deduplication key under which presses within SAME_PRESS are one.

    Time is cut into slices of that length; a press just after a cut finds the one just before it
    when it is delivered (`_is_same_press`).
    """
    return f"{occasion}:{_slice(now)}"


def _slice(moment: datetime) -> int:
    return int(moment.timestamp() // SAME_PRESS.total_seconds())


def _is_same_press(message: OutgoingMessage) -> bool:
    """Whether the same occasion owed a mail a moment before, in the slice before this one."""
    occasion, _colon, number = message.dedupe_key.rpartition(":")
    if not number.isdecimal() or int(number) != _slice(message.created_at):
        return False
    return OutgoingMessage.objects.filter(
        dedupe_key=f"{occasion}:{int(number) - 1}",
        created_at__gt=message.created_at - SAME_PRESS,
    ).exists()


def deliver_message(*, message_id: uuid.UUID, now: datetime) -> bool:
    """Deliver one message if it is due and nobody else has claimed it. True if claimed."""
    claim = uuid.uuid4()
    claimed = OutgoingMessage.objects.filter(
        pk=message_id, state=State.DUE, not_before__lte=now
    ).update(
        # The attempt counts from here on, so that a message that kills its worker runs out.
        state=State.CLAIMED,
        claim=claim,
        claimed_until=now + LEASE,
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return False
    message = OutgoingMessage.objects.get(pk=message_id)
    mine = OutgoingMessage.objects.filter(pk=message_id, state=State.CLAIMED, claim=claim)
    try:
        provider_id = _send(message, now=now)
    except PutOff:
        pass  # It is due again already.
    except kinds.MessageObsolete as reason:
        mine.update(state=State.CANCELLED, error=str(reason)[:200])
    except RefusedForGood as reason:
        mine.update(state=State.FAILED, error=str(reason)[:200])
        logger.error("Message %s was refused: %s", message_id, reason)
    except TryLater as reason:
        _retry(mine, message, now=now, reason=str(reason))
    except Uncertain as reason:
        logger.warning("Message %s may have left: %s", message_id, reason)
        _retry(mine, message, now=now, reason=str(reason), most_doubts=MOST_UNCERTAIN)
    except Exception as error:  # A bug must not take the other messages along.
        logger.exception("Message %s could not be built", message_id)
        _retry(mine, message, now=now, reason=f"{type(error).__name__}")
    else:
        mine.update(state=State.SENT, sent_at=now, provider_message_id=provider_id[:255], error="")
        pace.spend(1)
    return True


def sweep(*, now: datetime, until: datetime) -> int:
    """Deliver everything that is due and whose doorbell was missed. Returns how many.

    First frees the messages of workers that died: their lease is over. Stops starting new
    messages when `until` is reached; the next sweep goes on.
    """
    _free_lost_claims(now=now)
    delivered = 0
    started = datetime.now(tz=now.tzinfo)
    while True:
        due = OutgoingMessage.objects.filter(state=State.DUE, not_before__lte=now)
        batch = list(due.order_by("not_before").values_list("pk", flat=True)[:SWEEP_BATCH])
        if not batch:
            return delivered
        for message_id in batch:
            # A sweep takes a while; mails to one mailbox keep their distance in real time.
            moment = now + (datetime.now(tz=now.tzinfo) - started)
            if moment >= until:
                return delivered
            delivered += deliver_message(message_id=message_id, now=moment)


def _free_lost_claims(*, now: datetime) -> None:
    """Messages whose worker died become due again, each time later, and not for ever."""
    lost = OutgoingMessage.objects.filter(state=State.CLAIMED, claimed_until__lt=now)
    for message in lost:
        mine = lost.filter(pk=message.pk, claim=message.claim)
        _retry(mine, message, now=now, reason="worker lost", most_doubts=MOST_LOST)


def _send(message: OutgoingMessage, *, now: datetime) -> str:
    """Hand the message to the mail backend; return the provider's id, or "".

    Raises MessageObsolete, PutOff, RefusedForGood, TryLater, Uncertain.
    """
    if _is_same_press(message):
        raise kinds.MessageObsolete("The same press owes a mail already.")
    kind = kinds.get(message.kind)
    letterhead = kind.prepare(message)
    _address(message, kind, mailbox=mailbox_key(letterhead.address), now=now)
    email = _build(message, letterhead)
    try:
        email.send()
    except AnymailRecipientsRefused as error:
        raise RefusedForGood("recipient refused") from error
    except AnymailAPIError as error:
        status = error.status_code
        if isinstance(error, requests.ReadTimeout) or (status is not None and status < 300):
            raise Uncertain(f"provider answered {status or 'nothing in time'}") from error
        # Also what looks final, such as 402 or 404: it is about our account, not this person.
        raise TryLater(f"provider answered {status or 'nothing'}") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _words in error.recipients.values()}
        if codes and all(code >= 500 for code in codes):
            raise RefusedForGood(f"recipient refused with {max(codes)}") from error
        raise TryLater("recipient deferred") from error
    except (AnymailError, ImproperlyConfigured, smtplib.SMTPException, OSError) as error:
        raise TryLater(type(error).__name__) from error
    except Exception as error:
        # The call was made; what broke is our reading of the answer.
        raise Uncertain(type(error).__name__) from error
    status = getattr(email, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")


def _address(
    message: OutgoingMessage, kind: kinds.MailKind, *, mailbox: str, now: datetime
) -> None:
    """Write down whose message it is, and see whether that mailbox is to get it now.

    Raises MessageObsolete, PutOff.
    """
    if message.mailbox != mailbox:
        OutgoingMessage.objects.filter(pk=message.pk).update(mailbox=mailbox)
    suppression = is_suppressed(mailbox, kind.lane)
    if suppression is not None:
        raise kinds.MessageObsolete(f"Suppressed: {suppression.scope}, {suppression.reason}.")
    if kind.is_capped and not take_turn(
        message=message, mailbox=mailbox, latest=message.created_at + GIVE_UP_AFTER, now=now
    ):
        raise PutOff


def _build(message: OutgoingMessage, letterhead: kinds.Letterhead) -> AnymailMessage:
    """The mail itself."""
    context = {**letterhead.context, "unsubscribe_url": letterhead.unsubscribe_url}
    mail = letterhead.mail or render_mail(
        kind=message.kind, language=message.language, context=context
    )
    headers = {
        # Stable over retries, so that a mailbox can tell a repeated hand-over from a new mail.
        "Message-ID": f"<{message.pk}@{_mail_domain()}>",
        "Auto-Submitted": "auto-generated",
    }
    if letterhead.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letterhead.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email = AnymailMessage(
        subject=mail.subject, body=mail.text, to=[letterhead.address], headers=headers
    )
    email.attach_alternative(mail.html, "text/html")
    # Anymail reads these; other backends pass them by. Opens and clicks are nobody's business.
    email.metadata = {"message": str(message.pk)}
    email.tags = [message.kind]
    email.track_opens = email.track_clicks = False
    return email


def _retry(
    mine: QuerySet[OutgoingMessage],
    message: OutgoingMessage,
    *,
    now: datetime,
    reason: str,
    most_doubts: int | None = None,
) -> None:
    """Make the message due again later, or give it up when it is too old or too doubtful.

    Attempts that the provider plainly did not take are no doubts, however many there were.
    """
    doubts = message.doubts + (most_doubts is not None)
    if (
        most_doubts is not None and doubts >= most_doubts
    ) or now - message.created_at > GIVE_UP_AFTER:
        mine.update(state=State.FAILED, error=reason[:200])
        logger.error("Message %s is given up after %s attempts", message.pk, message.attempts)
        return
    # The exponent is bounded so that a message of many attempts does not overflow.
    wait = min(FIRST_RETRY * 2 ** min(message.attempts - 1, 10), LONGEST_RETRY)
    mine.update(
        state=State.DUE,
        claim=None,
        claimed_until=None,
        not_before=now + wait,
        doubts=doubts,
        error=reason[:200],
    )


def _mail_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
