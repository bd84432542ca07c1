"""Mailings on a supporter's page for staff, and when two entries become one."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.outbox.models import DeliveryEvent
from campaigns.supporters.selectors import moment
from campaigns.supporters.staff import MergePart, TimelineEntry, TimelineSource

from .labels import STATE_MARKS
from .models import Delivery

State = Delivery.State
BAD = {"bounced", "complained", "rejected"}


def delivery_entries(supporter_id: int) -> list[TimelineEntry]:
    """Every mailing for which somebody was a candidate, and what became of it."""
    rows = list(Delivery.objects.filter(supporter=supporter_id).select_related("mailing"))
    told: dict[Any, list[DeliveryEvent]] = defaultdict(list)
    for event in DeliveryEvent.objects.filter(delivery_id__in=[row.pk for row in rows]):
        told[event.delivery_id].append(event)
    entries = []
    for row in rows:
        details = [row.get_state_display()]
        if row.reason:
            details.append(row.get_reason_display())
        events = sorted(told[row.pk], key=lambda event: event.moment)
        details += [f"{event.event_type}: {moment(event.moment)}" for event in events]
        is_bad = any(event.event_type in BAD for event in events)
        entries.append(
            TimelineEntry(
                row.mailing.started_at or row.mailing.prepared_at or row.mailing.created_at,
                _("Mailing"),
                row.mailing.title,
                details,
                "bad" if is_bad else STATE_MARKS.get(State(row.state), ""),
            )
        )
    return entries


def preview_deliveries(*, kept_id: int, merged_id: int) -> list[str]:
    """How many mails move over."""
    moving = Delivery.objects.filter(supporter=merged_id).count()
    if not moving:
        return []
    return [
        ngettext(
            "%(count)s mail of a mailing moves over.",
            "%(count)s mails of mailings move over.",
            moving,
        )
        % {"count": moving}
    ]


def move_deliveries(*, kept_id: int, merged_id: int, now: datetime) -> None:
    """Give the mails to the entry that stays. Where both got a mailing, one row is nobody's: it
    stays in the account of that mailing. One that still waits is held back."""
    kept = list(Delivery.objects.filter(supporter=kept_id).values_list("mailing", flat=True))
    doubled = Delivery.objects.filter(supporter=merged_id, mailing__in=kept)
    doubled.filter(state=State.PENDING).update(
        state=State.SUPPRESSED, reason=Delivery.Reason.ERASED
    )
    doubled.update(supporter=None)
    Delivery.objects.filter(supporter=merged_id).update(supporter=kept_id)


TIMELINE = TimelineSource("mailings", delivery_entries)
MERGE = MergePart("mailings", preview_deliveries, move_deliveries)
