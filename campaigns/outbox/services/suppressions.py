"""Which mailboxes get no mail any more, or none of some kind."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from .. import suppression_ledger
from ..models import Suppression


@transaction.atomic
def suppress(
    *, mailbox: str, scope: Suppression.Scope, reason: Suppression.Reason, now: datetime
) -> None:
    """Send this mailbox (a keyed hash) nothing of `scope` any more. A second call changes nothing.

    `reason` says who may lift it: a person who comes back, or staff.
    """
    open_one = Suppression.objects.filter(
        mailbox=mailbox, scope=scope, reason=reason, lifted_at=None
    )
    if open_one.exists():
        return
    try:
        with transaction.atomic():
            Suppression.objects.create(mailbox=mailbox, scope=scope, reason=reason, since=now)
    except IntegrityError:  # Somebody else was faster, and has noted it.
        return
    suppression_ledger.note("suppressed", mailbox, now=now, scope=str(scope), reason=str(reason))


@transaction.atomic
def lift_suppressions(
    *,
    mailbox: str,
    now: datetime,
    reasons: Collection[Suppression.Reason] = tuple(Suppression.Reason),
) -> None:
    """Let mail go to this mailbox again, where it was stopped for one of `reasons`.

    What providers report of earlier days does not suppress it again.
    """
    lifted = Suppression.objects.filter(mailbox=mailbox, reason__in=reasons, lifted_at=None)
    if lifted.update(lifted_at=now):
        suppression_ledger.note(
            "lifted", mailbox, now=now, reasons=[str(reason) for reason in reasons]
        )


def suppress_again(line: suppression_ledger.Line) -> None:
    """Apply a line of the ledger to a database that is older than it."""
    details = line.details
    known = Suppression.objects.filter(
        mailbox=line.mailbox, scope=details["scope"], reason=details["reason"]
    )
    if known.filter(Q(lifted_at=None) | Q(lifted_at__gt=line.at)).exists():
        return
    suppress(
        mailbox=line.mailbox,
        scope=Suppression.Scope(details["scope"]),
        reason=Suppression.Reason(details["reason"]),
        now=line.at,
    )


def lift_again(line: suppression_ledger.Line) -> None:
    """Apply a line of the ledger to a database that is older than it."""
    Suppression.objects.filter(
        mailbox=line.mailbox,
        reason__in=line.details["reasons"],
        lifted_at=None,
        since__lte=line.at,
    ).update(lifted_at=line.at)
