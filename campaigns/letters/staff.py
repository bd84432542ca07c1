"""Declared letters on a supporter's page for staff, and when two entries become one."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.localized import label_in
from campaigns.supporters.staff import MergePart, TimelineEntry, TimelineSource

from .acting import press_of_supporter
from .models import LetterAct


def letter_entries(supporter_id: int) -> list[TimelineEntry]:
    """What somebody told us of. What their letters say, nobody here knows."""
    acts = LetterAct.objects.filter(supporter=supporter_id).select_related(
        "issue__urgent_action", "office__country"
    )
    return [
        TimelineEntry(
            act.declared_at,
            _("Declared letter"),
            act.issue.urgent_action.label,
            [
                *([label_in(act.office.title)] if act.office else []),
                act.get_channel_display(),
                act.get_via_display(),
                *([_("after the deadline")] if act.is_late else []),
                *([_("taken back")] if act.undone_at else []),
            ],
            "" if act.undone_at or act.is_late else "good",
        )
        for act in acts
    ]


def preview_move(*, kept_id: int, merged_id: int) -> list[str]:
    """How many letters move over, and how many were told of twice."""
    moving, doubled = _sort(kept_id, merged_id)
    told = []
    if moving:
        told.append(
            ngettext(
                "%(count)s declared letter moves over.",
                "%(count)s declared letters move over.",
                len(moving),
            )
            % {"count": len(moving)}
        )
    if doubled:
        told.append(
            ngettext(
                "%(count)s letter was declared by both on one day: it stays once.",
                "%(count)s letters were declared by both on one day: each stays once.",
                len(doubled),
            )
            % {"count": len(doubled)}
        )
    return told


def move_letters(*, kept_id: int, merged_id: int, now: datetime) -> None:
    """Give the letters to the entry that stays. Told of by both on one day, one counts."""
    moving, doubled = _sort(kept_id, merged_id)
    LetterAct.objects.filter(pk__in=[act.pk for act in doubled]).delete()
    for act in moving:
        LetterAct.objects.filter(pk=act.pk).update(
            supporter=kept_id, press=act.press if act.undone_at else _press(act, kept_id)
        )


def _press(act: LetterAct, supporter_id: int) -> str:
    """The press of such an act by that supporter: what it is now would let them press again."""
    return press_of_supporter(
        supporter_id=supporter_id,
        issue=act.issue,
        office_id=act.office_id,
        channel=act.channel,
        now=act.declared_at,
    )


def _sort(kept_id: int, merged_id: int) -> tuple[list[LetterAct], list[LetterAct]]:
    """The merged entry's acts: those that can move, and those that the other told of, too."""
    known = set(LetterAct.objects.filter(supporter=kept_id).values_list("press", flat=True))
    moving: list[LetterAct] = []
    doubled: list[LetterAct] = []
    for act in LetterAct.objects.filter(supporter=merged_id).select_related("issue"):
        is_double = act.undone_at is None and _press(act, kept_id) in known
        (doubled if is_double else moving).append(act)
    return moving, doubled


TIMELINE = TimelineSource("letters", letter_entries)
MERGE = MergePart("letters", preview_move, move_letters)
