"""One reminder, and never a second, to whoever has not confirmed a sign-up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.outbox.models import Suppression
from campaigns.outbox.services import queue_message

from ..models import SignUp, Subscription, Supporter
from ..selectors.sign_ups import pending_wishes

# By then the mail has been overlooked; later nobody remembers having asked.
REMIND_AFTER = timedelta(days=3)
REMIND_UNTIL = timedelta(days=20)


def remind_unconfirmed(*, now: datetime) -> int:
    """Owe one reminder to each supporter who has asked for something and not confirmed it.

    Each in a transaction of its own, so that a run that is cut off has reminded some and owes
    nobody a second one. Returns how many mails are owed.
    """
    waiting = Subscription.objects.filter(
        supporter=OuterRef("supporter"), state=Subscription.State.REQUESTED, reminded_at=None
    )
    suppressed = Suppression.objects.filter(
        mailbox=OuterRef("supporter__mailbox"), lifted_at=None
    ).exclude(scope=Suppression.Scope.IMPORT)
    due = (
        SignUp.objects.filter(
            Exists(waiting),
            ~Exists(suppressed),
            confirmed_at=None,
            requested_at__lte=now - REMIND_AFTER,
            requested_at__gt=now - REMIND_UNTIL,
        )
        .order_by("supporter")
        .values_list("supporter", flat=True)
        .distinct()
    )
    return sum(_remind(supporter_id, now=now) for supporter_id in list(due))


@transaction.atomic
def _remind(supporter_id: int, *, now: datetime) -> bool:
    # Whoever else reminds or erases this supporter waits here.
    supporter = Supporter.objects.select_for_update().filter(pk=supporter_id).first()
    if supporter is None:
        return False
    old_enough = [
        wish
        for wish in pending_wishes(supporter_id=supporter_id, now=now)
        if now - REMIND_UNTIL < wish.sign_up.requested_at <= now - REMIND_AFTER
    ]
    asked = {row.pk for wish in old_enough for row in wish.subscriptions}
    reminded = Subscription.objects.filter(
        pk__in=asked, state=Subscription.State.REQUESTED, reminded_at=None
    ).update(reminded_at=now)
    if not reminded:
        return False
    newest = old_enough[-1].sign_up
    queue_message(
        kind="supporters/remind_subscription",
        language=newest.language,
        person_id=supporter_id,
        arguments={"supporter": supporter_id},
        dedupe_key=f"remind-subscription:{newest.pk}",
        now=now,
    )
    return True
