"""Signatures on a supporter's page for staff, and when two entries become one."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.supporters.selectors import moment
from campaigns.supporters.staff import MergePart, TimelineEntry, TimelineSource

from .models import Signature, SolidarityMessage
from .services import withdraw_signatures


def signature_entries(supporter_id: int) -> list[TimelineEntry]:
    """What somebody signed, and whether it counts."""
    entries = []
    for signature in Signature.objects.filter(supporter=supporter_id).select_related("petition"):
        if signature.invalidation_id:
            fate = _("found invalid together with others, and not counted")
        elif signature.confirmed_at:
            fate = _("confirmed %(moment)s") % {"moment": moment(signature.confirmed_at)}
        elif signature.held_at:
            fate = _("held, and not counted before it is confirmed or released")
        else:
            fate = _("not confirmed")
        name = f"{signature.given_name} {signature.family_name}".strip()
        signed_as = _("As %(name)s (%(country)s)") % {"name": name, "country": signature.country}
        entries.append(
            TimelineEntry(
                signature.signed_at,
                _("Signature"),
                signature.petition.reference,
                [signed_as, fate],
                "good" if signature.standing == Signature.Standing.CONFIRMED else "wait",
            )
        )
    return entries


def preview_move(*, kept_id: int, merged_id: int) -> list[str]:
    """How many signatures move over, and how many were given twice."""
    moving, doubled = _sort(kept_id, merged_id)
    told = []
    if moving:
        told.append(
            ngettext(
                "%(count)s signature moves over.",
                "%(count)s signatures move over.",
                len(moving),
            )
            % {"count": len(moving)}
        )
    if doubled:
        told.append(
            ngettext(
                "%(count)s petition was signed by both: one signature stays.",
                "%(count)s petitions were signed by both: one signature of each stays.",
                len(doubled),
            )
            % {"count": len(doubled)}
        )
    return told


def move_signatures(*, kept_id: int, merged_id: int, now: datetime) -> None:
    """Give the signatures to the entry that stays. Of two under one petition one stays, so that
    nobody counts twice: the valid one, then the confirmed one, else the earlier."""
    moving, doubled = _sort(kept_id, merged_id)
    for pair in doubled:
        stays, goes = sorted(pair, key=_worth)
        withdraw_signatures(Signature.objects.filter(pk=goes.pk), now=now)
        if stays.supporter_id == merged_id:
            moving.append(stays)
    Signature.objects.filter(pk__in=[signature.pk for signature in moving]).update(
        supporter=kept_id
    )


def _worth(signature: Signature) -> tuple[bool, bool, bool, datetime]:
    """Smallest for the one that stays."""
    return (
        signature.invalidation_id is not None,
        signature.confirmed_at is None,
        signature.held_at is not None,
        signature.signed_at,
    )


def _sort(kept_id: int, merged_id: int) -> tuple[list[Signature], list[list[Signature]]]:
    """The signatures that only the merged entry has, and the pairs under one petition."""
    by_petition: dict[int, list[Signature]] = {}
    for signature in Signature.objects.filter(supporter__in=[kept_id, merged_id]):
        by_petition.setdefault(signature.petition_id, []).append(signature)
    moving = [
        group[0]
        for group in by_petition.values()
        if len(group) == 1 and group[0].supporter_id == merged_id
    ]
    return moving, [group for group in by_petition.values() if len(group) == 2]


def preview_messages(*, kept_id: int, merged_id: int) -> list[str]:
    """How many messages of solidarity move over, and how many go."""
    moving, doubled = _sort_messages(kept_id, merged_id)
    told = []
    if moving:
        told.append(
            ngettext(
                "%(count)s message of solidarity moves over.",
                "%(count)s messages of solidarity move over.",
                len(moving),
            )
            % {"count": len(moving)}
        )
    if doubled:
        told.append(
            ngettext(
                "%(count)s message of solidarity goes: the other entry wrote to the same person.",
                "%(count)s messages of solidarity go: the other entry wrote to the same persons.",
                len(doubled),
            )
            % {"count": len(doubled)}
        )
    return told


def move_messages(*, kept_id: int, merged_id: int, now: datetime) -> None:
    """Give the messages to the entry that stays. Of two to one person the kept entry's stays."""
    moving, doubled = _sort_messages(kept_id, merged_id)
    SolidarityMessage.objects.filter(pk__in=doubled).delete()
    SolidarityMessage.objects.filter(pk__in=moving).update(supporter=kept_id)


def _sort_messages(kept_id: int, merged_id: int) -> tuple[list[UUID], list[UUID]]:
    """The merged entry's messages: those that can move, and those to whom the other wrote too."""
    messages = SolidarityMessage.objects.all()
    written = set(messages.filter(supporter=kept_id).values_list("edition", "case"))
    moving: list[UUID] = []
    doubled: list[UUID] = []
    for key, edition, case in messages.filter(supporter=merged_id).values_list(
        "pk", "edition", "case"
    ):
        (doubled if (edition, case) in written else moving).append(key)
    return moving, doubled


def message_entries(supporter_id: int) -> list[TimelineEntry]:
    """To whom somebody wrote, and what became of it. What it says is for those who moderate."""
    entries = []
    for message in SolidarityMessage.objects.filter(supporter=supporter_id).select_related(
        "edition", "case"
    ):
        fate = str(message.get_state_display()) if message.confirmed_at else _("not confirmed")
        entries.append(
            TimelineEntry(
                message.written_at,
                _("Message of solidarity"),
                f"{message.case} ({message.edition})",
                [fate, *([message.reason] if message.reason else [])],
                "good" if message.state == SolidarityMessage.State.APPROVED else "wait",
            )
        )
    return entries


TIMELINE = TimelineSource("petitions", signature_entries)
MESSAGES_TIMELINE = TimelineSource("solidarity messages", message_entries)
MERGE = MergePart("petitions", preview_move, move_signatures)
MERGE_MESSAGES = MergePart("solidarity messages", preview_messages, move_messages)
