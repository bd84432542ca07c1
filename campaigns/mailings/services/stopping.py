"""When a mail must not leave any more: the action is over, or the case may not be shown."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.cases.models import Case
from campaigns.cases.names import pattern_of
from campaigns.cases.selectors import hidden_names
from campaigns.letters.models import UrgentActionIssue

from ..models import Chunk, Delivery, Mailing

State = Mailing.State
Reason = Delivery.Reason


def reasons_to_stop(mailing: Mailing, *, now: datetime) -> list[str]:
    """Why its mails must not leave, as things are now; nothing while they may. Two queries."""
    reasons = []
    if mailing.case_id is not None:
        case = Case.objects.with_exposure().filter(pk=mailing.case_id).first()
        if case is None or not case.is_public(at=now):
            reasons.append(_("The case may not be shown."))
        elif mailing.asks_to_act and not case.takes_acts(at=now):
            reasons.append(_("Nobody should act for this case any more."))
        elif _names_somebody_hidden(mailing, case, now=now):
            reasons.append(_("It holds a name that may not be shown any more."))
    if mailing.asks_to_act and mailing.issue_id is not None:
        issue = UrgentActionIssue.objects.filter(pk=mailing.issue_id).first()
        is_open = issue is not None and issue.state == UrgentActionIssue.State.OPEN
        if issue is None or not is_open or issue.is_past(at=now):
            reasons.append(_("The action is over."))
    return reasons


def _names_somebody_hidden(mailing: Mailing, case: Case, *, now: datetime) -> bool:
    """Whether the frozen words hold a name whose consent has ended since."""
    names = tuple(name for name in hidden_names(case, now=now) if name.strip())
    if not names:
        return False
    pattern = pattern_of(names)
    contents = mailing.contents.values_list("subject", "preheader", "text")
    return any(pattern.search(" ".join(content)) for content in contents)


def stop_for(*, mailing: Mailing, note: str, now: datetime) -> None:
    """End it because of what has happened: nothing that still waits leaves."""
    end(
        mailing=mailing,
        reason=Reason.ACTION_ENDED,
        problem=Mailing.Problem.ACTION_ENDED,
        note=note,
        by=None,
        now=now,
    )


@transaction.atomic
def end(
    *, mailing: Mailing, reason: str, problem: str, note: str = "", by: Any, now: datetime
) -> bool:
    """Cancel what has not left. What is being handed over at this moment is accounted for by
    whoever does it. False where it had ended already."""
    changed = (
        Mailing.objects.filter(pk=mailing.pk)
        .exclude(state__in=[State.SENT, State.CANCELLED])
        .update(
            state=State.CANCELLED,
            problem=problem,
            problem_note=note[:400],
            ended_at=now,
            moved_at=now,
        )
    )
    if not changed:
        return False
    cancel_waiting(mailing=mailing, reason=reason, now=now)
    log(instance=mailing, action="mailings.cancel", user=by, data={"problem": problem})
    return True


def cancel_waiting(*, mailing: Mailing, reason: str, now: datetime) -> None:
    """Chunks that nobody has begun to hand over, and the readers in them."""
    waiting = Chunk.objects.filter(
        mailing=mailing, state__in=[Chunk.State.OPEN, Chunk.State.CLAIMED]
    )
    numbers = list(waiting.select_for_update().values_list("number", flat=True))
    # Whoever has claimed one finds out before calling: the claim is gone.
    waiting.filter(number__in=numbers).update(
        state=Chunk.State.CANCELLED, claim=None, claimed_until=None, ended_at=now
    )
    Delivery.objects.filter(
        mailing=mailing, chunk_number__in=numbers, state=Delivery.State.PENDING
    ).update(state=Delivery.State.CANCELLED, reason=reason)


def stop_what_has_ended(*, now: datetime) -> int:
    """Look at every mailing under way, and at those that are still to leave."""
    stopped = 0
    under_way = Mailing.objects.filter(
        state__in=[State.SCHEDULED, *Mailing.UNDER_WAY], case_id__isnull=False
    )
    for mailing in under_way:
        reasons = reasons_to_stop(mailing, now=now)
        if reasons:
            stop_for(mailing=mailing, note=" ".join(reasons), now=now)
            stopped += 1
    return stopped


def cancel_what_came_back(*, now: datetime) -> None:
    """Chunks that were being handed over when their mailing was cancelled, and were not taken."""
    for mailing in Mailing.objects.filter(
        state=State.CANCELLED, chunks__state=Chunk.State.OPEN
    ).distinct():
        by_staff = mailing.problem == Mailing.Problem.STAFF
        reason = Reason.BY_STAFF if by_staff else Reason.ACTION_ENDED
        with transaction.atomic():
            cancel_waiting(mailing=mailing, reason=reason, now=now)
