"""What the supporter service does for somebody who asked. Each act is logged, without data."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from campaigns.outbox.models import Suppression
from campaigns.outbox.services import lift_suppressions
from campaigns.transitions import Refused

from ..models import Consent, Subscription, Supporter
from ..selectors import VIEWED
from .access import request_access_again
from .erasure import erase_supporter
from .notes import write_note
from .subscriptions import end_subscription


class ErasureReason(models.TextChoices):
    """How somebody asked to be erased."""

    BY_MAIL = "BY_MAIL", gettext_lazy("asked by e-mail, from this address")
    IN_WRITING = "IN_WRITING", gettext_lazy("asked in a signed letter")
    IN_PERSON = "IN_PERSON", gettext_lazy("asked in person or by phone, and was recognised")
    RELATIVES = "RELATIVES", gettext_lazy("has died; the family asked")
    MINOR = "MINOR", gettext_lazy("is under 13, or a parent asked")


def note_viewing(*, supporter: Supporter, by: Any) -> None:
    """Log who looked at whom, and nothing of what was seen: so that misuse can be found."""
    log(instance=supporter, action=VIEWED, user=by)


@transaction.atomic
def correct_details(
    *,
    supporter: Supporter,
    given_name: str,
    family_name: str,
    language: str,
    by: Any,
    now: datetime,
) -> None:
    """Write a name as its owner writes it, and the language they read.

    Signatures keep the name they were given with: they have been, or will be, handed over.
    """
    Supporter.objects.filter(pk=supporter.pk).update(
        given_name=given_name, family_name=family_name, language=language
    )
    log(instance=supporter, action="supporters.correct", user=by)


@transaction.atomic
def end_on_request(
    *, supporter: Supporter, subscription: Subscription, by: Any, now: datetime
) -> None:
    """Stop the mails of one formula, because they told us. A second call changes nothing."""
    end_subscription(
        subscription=subscription,
        reason=Subscription.EndReason.STAFF,
        method=Consent.Method.STAFF,
        now=now,
    )
    log(instance=supporter, action="supporters.end_subscription", user=by)


@transaction.atomic
def lift_suppression(
    *, supporter: Supporter, suppression: Suppression, why: str, by: Any, now: datetime
) -> None:
    """Let mail go to this mailbox again; `why` becomes a note.

    Raises Refused for somebody who asked to be erased: only they can come back, by a form.
    """
    if suppression.reason == Suppression.Reason.ERASURE:
        raise Refused([_("This mailbox asked to be erased. Only signing up again ends that.")])
    lift_suppressions(
        mailbox=supporter.mailbox, reasons=[Suppression.Reason(suppression.reason)], now=now
    )
    write_note(supporter=supporter, text=why, by=by, now=now)
    log(instance=supporter, action="supporters.lift_suppression", user=by)


@transaction.atomic
def send_access_link(*, supporter: Supporter, by: Any, now: datetime) -> None:
    """Send the person the link to their own page, as if they had asked for it there."""
    request_access_again(supporter=supporter, language=supporter.language, now=now)
    log(instance=supporter, action="supporters.send_access_link", user=by)


@transaction.atomic
def erase_on_request(
    *, supporter: Supporter, reason: ErasureReason, by: Any, now: datetime
) -> None:
    """Erase everything about a person who asked for it. The log keeps who did it, and why."""
    log(instance=supporter, action="supporters.erase", user=by, data={"reason": str(reason)})
    erase_supporter(supporter=supporter, now=now)
