"""What people asked for, applied again to a database that came back from a backup."""

from django.db.models import Q, QuerySet

from campaigns.outbox import suppression_ledger
from campaigns.outbox.suppression_ledger import Line

from ..models import Subscription, Supporter
from .erasure import forget_supporter, tell_after_commit
from .merging import merge_supporters
from .people import confirm_address
from .subscriptions import end_subscription


def register_handlers() -> None:
    """Called when the app is ready."""
    suppression_ledger.register("erased", erase_again)
    suppression_ledger.register("stopped", stop_again)
    suppression_ledger.register("merged", merge_again)


def erase_again(line: Line) -> None:
    """Forget whoever was erased; not who signed up again afterwards."""
    for supporter in meant_by(line):
        forget_supporter(supporter=supporter, now=line.at)
        tell_after_commit(now=line.at)


def stop_again(line: Line) -> None:
    """End what was stopped; not what was confirmed again afterwards."""
    stopped = Subscription.objects.filter(
        supporter__in=meant_by(line),
        formula__code=str(line.details["about"]).removeprefix("formula:"),
        requested_at__lte=line.at,
    ).exclude(confirmed_at__gt=line.at)
    for subscription in stopped:
        end_subscription(
            subscription=subscription,
            now=line.at,
            reason=Subscription.EndReason(line.details["reason"]),
        )


def merge_again(line: Line) -> None:
    """Join what was joined, so that a later erasure of the one finds the other."""
    kept = Supporter.objects.filter(pk=line.details["into"], created_at__lte=line.at).first()
    if kept is None:
        return
    confirm_address(supporter_id=kept.pk, now=line.at)  # It was, when they were joined.
    for merged in meant_by(line).exclude(pk=kept.pk):
        merge_supporters(kept=kept, merged=merged, now=line.at)


def meant_by(line: Line) -> QuerySet[Supporter]:
    """The supporter that a line is about, unless they came after it.

    By number as well: the old copy may know them by an address that they changed since.
    """
    return Supporter.objects.filter(
        Q(mailbox=line.mailbox) | Q(pk=line.details["supporter"]), created_at__lte=line.at
    )
