"""Messages of solidarity: written, confirmed from the mailbox, read by staff, passed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.outbox import suppression_ledger
from campaigns.outbox.inserts import insert_or_follow
from campaigns.outbox.services import NO_WAIT
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.names import initials_of
from campaigns.supporters.services import (
    Person,
    confirm_address,
    record_consent,
    register_supporter,
)
from campaigns.supporters.wordings import Wording
from campaigns.transitions import Refused

from ..models import SolidarityMessage
from ..solidarity import Recipient, may_write_to
from .signing import owe_marathon_mail

State = SolidarityMessage.State


class MessagesClosed(Exception):
    """Nobody may write to this person at the moment."""


@dataclass(frozen=True)
class MessageWords:
    """What somebody typed, already cleaned: the message, and the name to stand below it."""

    text: str
    signed_as: str


def write_message(
    *,
    recipient: Recipient,
    person: Person,
    words: MessageWords,
    language: str,
    wording: Wording,
    now: datetime,
    page_id: int | None = None,
    mail_waits: timedelta = NO_WAIT,
) -> None:
    """Take one person's message to one person in danger, once, however often they press.

    As in `sign_petition`, known and unknown addresses cost the same statements. Until the mailbox
    confirms it, the last press counts; from then on nothing changes it. Raises MessagesClosed.
    """
    _refuse_when_closed(recipient, now)
    with transaction.atomic(savepoint=False):
        supporter_id = register_supporter(
            person=person, language=language, now=now, names_follow=False
        )
        is_minor = person.is_minor
        message = _new(recipient, supporter_id, words, language, now, is_minor=is_minor)
        _insert(message)
        record_consent(
            supporter_id=supporter_id,
            purpose=Consent.Purpose.MESSAGE,
            channel=Consent.Channel.NONE,
            method=Consent.Method.FORM,
            action=Consent.Action.GIVEN,
            about=_about(recipient.edition.year, recipient.case.reference),
            wording=wording,
            language=language,
            page_id=page_id,
            now=now,
        )
        owe_marathon_mail(recipient.edition, supporter_id, language, mail_waits, now)


def write_message_as_known(
    *,
    recipient: Recipient,
    supporter: Supporter,
    words: MessageWords,
    method: Consent.Method,
    language: str,
    wording: Wording,
    now: datetime,
    page_id: int | None = None,
) -> None:
    """Take the message of somebody whose mailbox has answered, by a device that knows them.

    Confirmed at once; it takes the place of one that was not. Once there is a confirmed one,
    nothing changes. Raises MessagesClosed.
    """
    _refuse_when_closed(recipient, now)
    with transaction.atomic(savepoint=False):
        message = _new(recipient, supporter.pk, words, language, now, is_minor=supporter.is_minor)
        message.confirmed_at = now
        _insert(message)
        record_consent(
            supporter_id=supporter.pk,
            purpose=Consent.Purpose.MESSAGE,
            channel=Consent.Channel.NONE,
            method=method,
            action=Consent.Action.CONFIRMED,
            about=_about(recipient.edition.year, recipient.case.reference),
            wording=wording,
            language=language,
            page_id=page_id,
            # The same message is agreed to once, however often the button is pressed.
            occasion=f"message:{message.pk}",
            now=now,
        )


@transaction.atomic
def confirm_messages(*, messages: Sequence[SolidarityMessage], now: datetime) -> None:
    """The mailbox said of each of these: yes, I wrote that. A second call changes nothing.

    What somebody else has typed in the meantime, under the same address, is not confirmed with it:
    the messages are those that were read, of `solidarity.messages_waiting`.
    """
    for message in messages:
        confirmed = SolidarityMessage.objects.filter(
            pk=message.pk, confirmed_at=None, written_at=message.written_at
        ).update(confirmed_at=now)
        if not confirmed:
            continue
        confirm_address(supporter_id=message.supporter_id, now=now)
        record_consent(
            supporter_id=message.supporter_id,
            purpose=Consent.Purpose.MESSAGE,
            channel=Consent.Channel.NONE,
            method=Consent.Method.MAILED_LINK,
            action=Consent.Action.CONFIRMED,
            about=_about(message.edition.year, message.case.reference),
            language=message.language,
            now=now,
        )


@transaction.atomic
def withdraw_message(*, supporter_id: int, key: str, now: datetime) -> None:
    """Delete one message of the supporter, wherever it stands. The consent ledger says so."""
    own = SolidarityMessage.objects.select_related("edition", "case").filter(supporter=supporter_id)
    message = next((found for found in own if str(found.pk) == key), None)
    if message is None:
        return
    record_consent(
        supporter_id=supporter_id,
        purpose=Consent.Purpose.MESSAGE,
        channel=Consent.Channel.NONE,
        method=Consent.Method.SELF_SERVICE,
        action=Consent.Action.WITHDRAWN,
        about=_about(message.edition.year, message.case.reference),
        language=message.language,
        now=now,
    )
    suppression_ledger.note(
        "withdrawn_message",
        Supporter.objects.get(pk=supporter_id).mailbox,
        now=now,
        supporter=supporter_id,
        edition=message.edition_id,
        case=message.case_id,
    )
    message.delete()


def approve_message(*, message: SolidarityMessage, now: datetime, by: Any = None) -> None:
    """Somebody has read it, and it may be passed on. Raises Refused."""
    _decide(message, State.APPROVED, reason="", action="petitions.approve_message", by=by, now=now)


def refuse_message(
    *, message: SolidarityMessage, reason: str, now: datetime, by: Any = None
) -> None:
    """Somebody has read it, and it is not passed on, for a reason that its writer may read.

    Also of one that had been approved. Raises Refused.
    """
    _decide(
        message, State.REFUSED, reason=reason, action="petitions.refuse_message", by=by, now=now
    )


@transaction.atomic
def _decide(
    message: SolidarityMessage, state: State, *, reason: str, action: str, by: Any, now: datetime
) -> None:
    row = (
        SolidarityMessage.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(pk=message.pk)
        .first()
    )
    reasons = _reasons_not_to_decide(row, state)
    if reasons or row is None:
        raise Refused(reasons)
    row.state, row.reason, row.decided_at = state, reason, now
    row.save(update_fields=["state", "reason", "decided_at"])
    # Who decided and when; what it says and who wrote it stand in no log.
    log(instance=row, action=action, user=by, timestamp=now)


def _reasons_not_to_decide(row: SolidarityMessage | None, state: State) -> list[str]:
    if row is None:
        return [_("Its writer has taken the message back.")]
    reasons = []
    if row.confirmed_at is None:
        reasons.append(_("Its writer has not confirmed it yet."))
    if row.state == state == State.APPROVED:
        reasons.append(_("The message has been approved already."))
    if row.state == state == State.REFUSED:
        reasons.append(_("The message has been refused already."))
    if state == State.APPROVED and not may_write_to(row.case):
        reasons.append(_("The rules of this case allow no messages to the person or the family."))
    return reasons


def _refuse_when_closed(recipient: Recipient, now: datetime) -> None:
    if not recipient.takes_messages(at=now):
        raise MessagesClosed(f"{recipient.edition}: {recipient.petition}")


def _new(
    recipient: Recipient,
    supporter_id: int,
    words: MessageWords,
    language: str,
    now: datetime,
    *,
    is_minor: bool,
) -> SolidarityMessage:
    # Where names are dangerous, and of whoever is not of age, there is nothing but initials.
    is_short = is_minor or recipient.wants_initials
    return SolidarityMessage(
        edition=recipient.edition,
        case=recipient.case,
        supporter_id=supporter_id,
        text=words.text,
        signed_as=initials_of(words.signed_as) if is_short else words.signed_as,
        language=language,
        written_at=now,
    )


def _insert(message: SolidarityMessage) -> None:
    insert_or_follow(
        message,
        *("edition", "case", "supporter"),
        follow=("text", "signed_as", "language", "written_at"),
        until="confirmed_at",
    )


def _about(year: int, reference: str) -> str:
    """What the lines of the consent ledger are about."""
    return f"message:{year}/{reference}"
