"""What an authority answered: passed on by whoever got it, read and passed on by staff."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.cases.models import Office
from campaigns.transitions import Refused

from .cleaning import CleanFile
from .models import IssueTarget, Reply, UrgentAction, UrgentActionIssue
from .reply_files import delete_file, keep_file, kept_files

State = Reply.State
# A file is stored before the row that names it; by then that row is there, or never will be.
ORPHANED_AFTER = timedelta(hours=1)
# Which states a reply may be in before each of these.
FROM = {"read": frozenset({State.NEW}), "pass_on": frozenset({State.NEW, State.READ})}


@dataclass(frozen=True)
class Answer:
    """An answer as it was passed on, cleaned. `key` tells one press from another."""

    key: uuid.UUID
    office: Office | None
    answered_on: date | None
    text: str
    file: CleanFile | None
    contact: str


def offices_that_may_answer(action: UrgentAction) -> list[Office]:
    """Everybody whom the action has ever asked people to write to, by title."""
    targets = IssueTarget.objects.filter(
        issue__urgent_action=action,
        issue__state__in=UrgentActionIssue.ISSUED,
        office__isnull=False,
    )
    return list(Office.objects.filter(pk__in=targets.values("office")).select_related("country"))


def receive_reply(*, action: UrgentAction, answer: Answer, language: str, now: datetime) -> None:
    """Keep an answer, once, however often the button is pressed."""
    file = keep_file(answer.file.content) if answer.file else ""
    try:
        with transaction.atomic():
            Reply.objects.create(
                pk=answer.key,
                urgent_action=action,
                office=answer.office,
                text=answer.text,
                file=file,
                file_type=answer.file.type if answer.file else "",
                answered_on=answer.answered_on,
                contact=answer.contact,
                language=language,
                received_at=now,
            )
    except IntegrityError:
        # Another press was quicker, and has brought the same.
        if file:
            delete_file(file)


def new_replies(action: UrgentAction) -> int:
    """How many nobody has read yet."""
    return Reply.objects.filter(urgent_action=action, state=State.NEW).count()


# For lists: the same as `new_replies`, of each action.
NEW_REPLIES = Count("replies", filter=Q(replies__state=State.NEW), distinct=True)


def note_opening(*, reply: Reply, by: Any, what: str) -> None:
    """Write down who has looked at a reply, or taken its file; nothing of what it says."""
    log(instance=reply, action=f"letters.{what}", user=by)


def read_reply(*, reply: Reply, by: Any, now: datetime) -> None:
    """Somebody has read it. Raises Refused."""
    _move(reply, State.READ, "read", by, now)


def pass_on_reply(*, reply: Reply, by: Any, now: datetime) -> None:
    """Research has it now. Raises Refused."""
    _move(reply, State.PASSED_ON, "pass_on", by, now)


def annotate_reply(*, reply: Reply, note: str, by: Any, now: datetime) -> None:
    """Write down what it means, in place of what stood there."""
    Reply.objects.filter(pk=reply.pk).update(note=note)
    log(instance=reply, action="letters.annotate_reply", user=by)


@transaction.atomic
def _move(reply: Reply, state: str, transition: str, by: Any, now: datetime) -> None:
    moved = Reply.objects.filter(pk=reply.pk, state__in=FROM[transition]).update(
        state=state, handled_by=by, handled_at=now
    )
    if not moved:
        raise Refused([_("Somebody has done that meanwhile.")])
    log(instance=reply, action=f"letters.{transition}_reply", user=by)


def delete_orphaned_files(*, now: datetime) -> int:
    """Delete files that no reply names (any more); returns how many."""
    named = set(Reply.objects.exclude(file="").values_list("file", flat=True))
    orphans = [
        name
        for name, written_at in kept_files()
        if name not in named and written_at < now - ORPHANED_AFTER
    ]
    for name in orphans:
        delete_file(name)
    return len(orphans)
