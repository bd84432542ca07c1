"""What people asked for, applied again to a database that came back from a backup."""

from django.db.models import Q

from campaigns.outbox import suppression_ledger
from campaigns.outbox.suppression_ledger import Line

from ..models import Subscription, Supporter
from .erasure import forget_supporter, tell_after_commit
from .subscriptions import end_subscription


def register_handlers() -> None:
    """Called when the app is ready."""
    suppression_ledger.register("erased", erase_again)
    suppression_ledger.register("stopped", stop_again)


def erase_again(line: Line) -> None:
    """Forget whoever was erased; not who signed up again afterwards."""
    for supporter in Supporter.objects.filter(_whoever(line), created_at__lte=line.at):
        forget_supporter(supporter=supporter, now=line.at)
        tell_after_commit(now=line.at)


def stop_again(line: Line) -> None:
    """End what was stopped; not what was confirmed again afterwards."""
    stopped = Subscription.objects.filter(
        supporter__in=Supporter.objects.filter(_whoever(line), created_at__lte=line.at),
        formula__code=str(line.details["about"]).removeprefix("formula:"),
        requested_at__lte=line.at,
    ).exclude(confirmed_at__gt=line.at)
    for subscription in stopped:
        end_subscription(
            subscription=subscription,
            now=line.at,
            reason=Subscription.EndReason(line.details["reason"]),
        )


def _whoever(line: Line) -> Q:
    """By number as well: the old copy may know them by an address that they changed since."""
    return Q(mailbox=line.mailbox) | Q(pk=line.details["supporter"])
