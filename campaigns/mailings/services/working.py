"""What the workers of the bulk lane do, any number of them, on any number of machines."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from campaigns.outbox.bulk import open_carrier
from campaigns.outbox.models import DeliveryEvent

from ..models import Chunk, Delivery, Mailing
from ..sending_site import refuses_here
from .delivering import deliver_next, free_lost_claims, has_worn_out, is_all_handed_over
from .life import pause_for, send_back_stale
from .preparing import adds_up, begin_preparing, begin_sending, prepare_page
from .reconciling import reconcile
from .stopping import (
    cancel_what_came_back,
    reasons_to_stop,
    stop_for,
    stop_what_has_ended,
)

logger = logging.getLogger(__name__)

State = Mailing.State
Problem = Mailing.Problem
# What mailbox providers take for a bad sender (Gmail: 0.3 % complaints), and what a dead list has.
MOST_COMPLAINTS = 0.003
MOST_BOUNCES = 0.05
MOST_REFUSED = 0.5
# Below so many mails a share says nothing.
ENOUGH_FOR_BOUNCES = 200
ENOUGH_FOR_COMPLAINTS = 1000
FEWEST_COMPLAINTS = 3
HELPS_FROM = 2
# Between two looks at how a mailing fares: each look counts all of its rows.
LOOKS_EVERY = timedelta(seconds=5)


def work(
    *,
    until: datetime,
    is_wanted: Callable[[], bool] = lambda: True,
    help_wanted: Callable[[], None] = lambda: None,
) -> int:
    """Do what is due until that moment, or until nothing is. Returns how many chunks it handed
    over. `is_wanted` is asked between two chunks; `help_wanted` is called once where other
    workers would find something to do, too."""
    now = timezone.now()
    look_after(now=now)
    if refuses_here():
        return 0
    prepare_what_is_due(until=until, is_wanted=is_wanted)
    if not _waits(now=timezone.now()):
        finish_what_is_done(now=timezone.now())
        return 0
    if Chunk.objects.filter(_waiting(timezone.now()))[:HELPS_FROM].count() >= HELPS_FROM:
        help_wanted()
    handed_over = 0
    looks_again_at = timezone.now() + LOOKS_EVERY
    with open_carrier() as carrier:
        while is_wanted() and (moment := timezone.now()) < until:
            if not deliver_next(carrier=carrier, now=moment):
                break
            handed_over += 1
            if moment >= looks_again_at:
                break_off_what_goes_wrong(now=moment)
                looks_again_at = moment + LOOKS_EVERY
    finish_what_is_done(now=timezone.now())
    return handed_over


def look_after(*, now: datetime) -> None:
    """What has to be seen to whether or not anything can leave."""
    send_back_stale(now=now)
    stop_what_has_ended(now=now)
    free_lost_claims(now=now)
    reconcile(now=now)
    cancel_what_came_back(now=now)
    break_off_what_goes_wrong(now=now)


def break_off_what_goes_wrong(*, now: datetime) -> None:
    """Look at the fates of all that is being sent."""
    for mailing in Mailing.objects.filter(state=State.SENDING):
        break_off_where_needed(mailing, now=now)


def prepare_what_is_due(*, until: datetime, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Schedules whose time has come, preparations under way, undo windows that are over."""
    now = timezone.now()
    for mailing in Mailing.objects.filter(state=State.SCHEDULED, send_at__lte=now).select_related(
        "audience__formula", "audience__theme", "audience__case"
    ):
        reasons = reasons_to_stop(mailing, now=now)
        if reasons:
            stop_for(mailing=mailing, note=" ".join(reasons), now=now)
        else:
            begin_preparing(mailing=mailing, now=now)
    for mailing in Mailing.objects.filter(state=State.PREPARING):
        while is_wanted() and timezone.now() < until:
            if not prepare_page(mailing_id=mailing.pk, now=timezone.now()):
                break
    for mailing in Mailing.objects.filter(state=State.PREPARED, leaves_at__lte=now):
        begin_sending(mailing=mailing, now=now)


def finish_what_is_done(*, now: datetime) -> None:
    """A mailing has been sent when nothing of it waits and every candidate has a row."""
    for mailing in Mailing.objects.filter(state=State.SENDING):
        if not is_all_handed_over(mailing):
            continue
        if not adds_up(mailing):
            pause_for(mailing=mailing, problem=Problem.MISCOUNTED, note="", now=now)
            continue
        Mailing.objects.filter(pk=mailing.pk, state=State.SENDING).update(
            state=State.SENT, ended_at=now, moved_at=now
        )


def break_off_where_needed(mailing: Mailing, *, now: datetime) -> None:
    """Pause what would ruin the sender's name, or what the provider refuses altogether."""
    if has_worn_out(mailing):
        pause_for(mailing=mailing, problem=Problem.ERRORS, note="no attempt succeeded", now=now)
        return
    fates = Delivery.objects.filter(mailing=mailing.pk).aggregate(
        accepted=Count("pk", filter=Q(state=Delivery.State.ACCEPTED)),
        rejected=Count("pk", filter=Q(state=Delivery.State.REJECTED)),
    )
    accepted, rejected = fates["accepted"], fates["rejected"]
    tried = accepted + rejected
    if tried >= ENOUGH_FOR_BOUNCES and rejected > tried * MOST_REFUSED:
        note = f"{rejected} of {tried}"
        pause_for(mailing=mailing, problem=Problem.ERRORS, note=note, now=now)
    told = reports(mailing)
    if accepted >= ENOUGH_FOR_BOUNCES and told["bounced"] > accepted * MOST_BOUNCES:
        note = f"{told['bounced']} of {accepted}"
        pause_for(mailing=mailing, problem=Problem.BOUNCES, note=note, now=now)
    if (
        accepted >= ENOUGH_FOR_COMPLAINTS
        and told["complained"] >= FEWEST_COMPLAINTS
        and told["complained"] > accepted * MOST_COMPLAINTS
    ):
        note = f"{told['complained']} of {accepted}"
        pause_for(mailing=mailing, problem=Problem.COMPLAINTS, note=note, now=now)


def reports(mailing: Mailing) -> dict[str, int]:
    """How many mails of it the provider reported as come back, and how many as complained of."""
    rows = Delivery.objects.filter(mailing=mailing.pk).values("pk")
    counted: dict[str, int] = DeliveryEvent.objects.filter(delivery_id__in=rows).aggregate(
        bounced=Count("delivery_id", filter=Q(event_type="bounced"), distinct=True),
        complained=Count("delivery_id", filter=Q(event_type="complained"), distinct=True),
    )
    return counted


def _waiting(now: datetime) -> Q:
    return Q(state=Chunk.State.OPEN, mailing__state=State.SENDING) & (
        Q(not_before=None) | Q(not_before__lte=now)
    )


def _waits(*, now: datetime) -> bool:
    return Chunk.objects.filter(_waiting(now)).exists()


def audit(*, now: datetime) -> list[Mailing]:
    """Every night: mailings of the last month whose rows do not add up any more."""
    recent = Mailing.objects.filter(prepared_at__gt=now - timedelta(days=31)).exclude(
        state=State.PREPARING
    )
    wrong = [mailing for mailing in recent if not adds_up(mailing)]
    for mailing in wrong:
        logger.error("Mailing %s does not add up any more", mailing.pk)
    return wrong
