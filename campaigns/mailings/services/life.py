"""The life of a mailing: words frozen, approved by a second person, scheduled, sent, ended.

Each transition is a conditional update: of two people who press at once one is refused.
Raises Refused with reasons in words.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.localized import language_name
from campaigns.transitions import Refused

from .. import words
from ..audience_rows import count_audience
from ..freezing import Frozen, freeze
from ..models import Chunk, Delivery, Mailing
from ..occasions import occasion_of
from ..selectors import to_send_again
from ..sending_site import refuses_here
from .stopping import end, reasons_to_stop

State = Mailing.State
Problem = Mailing.Problem
Reason = Delivery.Reason
# A schedule that nobody could keep for so long is a question, not an order.
STALE_AFTER = timedelta(hours=2)


def _require(mailing: Mailing, *states: str) -> Mailing:
    """The mailing as it is now, ours until the transaction ends."""
    now_is = (
        Mailing.objects.select_for_update(of=("self",))
        .select_related("audience__formula", "audience__theme", "audience__case", "page")
        .get(pk=mailing.pk)
    )
    if now_is.state not in states:
        raise Refused(
            [
                _("The mailing is “%(state)s” now; that cannot be done from there.")
                % {"state": now_is.get_state_display()}
            ]
        )
    return now_is


def _log(mailing: Mailing, action: str, by: Any, **data: Any) -> None:
    log(instance=mailing, action=f"mailings.{action}", user=by, data=data)


def look_through(mailing: Mailing) -> list[Frozen]:
    """The words of every language as they are now, with what stands against sending them."""
    if mailing.page is None:
        return []
    page = mailing.page.specific
    source = words.source()
    pages = source.pages(str(page.translation_key))
    return [freeze(source.words(each), source=mailing.code) for each in pages.values()]


def reasons_not_to_submit(
    mailing: Mailing, frozen: Iterable[Frozen], *, now: datetime
) -> list[str]:
    """What is missing or broken; nothing when it can be submitted."""
    frozen = list(frozen)
    if mailing.page is None:
        return [_("The page is gone.")]
    if not frozen:
        return [_("No translation of the page is published, or its case may not be shown.")]
    reasons = [
        f"{language_name(each.content.language, each.content.language)}: {problem}"
        for each in frozen
        for problem in each.problems
    ]
    reasons += reasons_to_stop(mailing, now=now)
    return reasons


@transaction.atomic
def submit_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Freeze the words, and ask somebody else to read them. What they read is what is sent."""
    mailing = _require(mailing, State.DRAFT)
    if mailing.page is not None:
        facts = words.source().facts(mailing.page.specific)
        mailing.kind = facts.kind
        mailing.case_id, mailing.urgent_action_id = facts.case_id, facts.urgent_action_id
        mailing.issue_id, mailing.petition_id = facts.issue_id, facts.petition_id
        mailing.edition_id, mailing.asks_to_act = facts.edition_id, facts.asks_to_act
        mailing.is_stop = facts.is_stop
        mailing.translation_key = mailing.page.translation_key
    frozen = look_through(mailing)
    reasons = reasons_not_to_submit(mailing, frozen, now=now)
    if reasons:
        raise Refused(reasons)
    mailing.contents.all().delete()
    for each in frozen:
        each.content.mailing, each.content.frozen_at = mailing, now
        each.content.save()
    mailing.author = by
    mailing.approver = None
    mailing.state, mailing.problem, mailing.problem_note = State.SUBMITTED, "", ""
    mailing.save()
    if not count_audience(mailing.audience, occasion_of(mailing), now=now).recipients:
        raise Refused([_("The audience is nobody: count it, and see who is left out and why.")])
    _log(mailing, "submit", by, languages=[each.content.language for each in frozen])


@transaction.atomic
def send_back_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Back to draft; what was approved is approved no longer."""
    mailing = _require(mailing, State.SUBMITTED, State.APPROVED, State.SCHEDULED)
    mailing.approver, mailing.send_at = None, None
    mailing.state = State.DRAFT
    mailing.save()
    # A draft has the words of its page, also in a test mail.
    mailing.contents.all().delete()
    _log(mailing, "send_back", by)


@transaction.atomic
def approve_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Somebody else than the author has read the frozen words in all their languages."""
    mailing = _require(mailing, State.SUBMITTED)
    if by is None or mailing.author_id == by.pk:
        raise Refused([_("Somebody else than the author approves a mailing.")])
    mailing.approver, mailing.state = by, State.APPROVED
    mailing.save()
    _log(mailing, "approve", by)


@transaction.atomic
def schedule_mailing(*, mailing: Mailing, send_at: datetime, by: Any, now: datetime) -> None:
    """Prepare and send it from that moment on. What stands against it then, or now, is said now."""
    mailing = _require(mailing, State.APPROVED, State.SCHEDULED)
    if send_at < now - timedelta(minutes=1):
        raise Refused([_("This moment is past.")])
    reasons = [*refuses_here(), *reasons_to_stop(mailing, now=max(send_at, now))]
    if not count_audience(mailing.audience, occasion_of(mailing), now=now).recipients:
        reasons.append(_("The audience is nobody: count it, and see who is left out and why."))
    if reasons:
        raise Refused(reasons)
    mailing.send_at, mailing.state = send_at, State.SCHEDULED
    mailing.problem, mailing.problem_note = "", ""
    mailing.save()
    _log(mailing, "schedule", by, send_at=send_at.isoformat())


def send_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """As soon as it is prepared and the time to undo is over."""
    schedule_mailing(mailing=mailing, send_at=now, by=by, now=now)


@transaction.atomic
def unschedule_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Not at that time; it stays approved."""
    mailing = _require(mailing, State.SCHEDULED)
    mailing.send_at, mailing.state = None, State.APPROVED
    mailing.save()
    _log(mailing, "unschedule", by)


@transaction.atomic
def pause_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Nothing more leaves until somebody resumes it. Chunks in hand are finished."""
    mailing = _require(mailing, State.PREPARED, State.SENDING)
    mailing.state, mailing.problem, mailing.moved_at = State.PAUSED, Problem.STAFF, now
    mailing.save()
    _log(mailing, "pause", by)


def pause_for(*, mailing: Mailing, problem: str, note: str, now: datetime) -> bool:
    """The same, by what the provider said. False where it is not being sent."""
    paused = Mailing.objects.filter(
        pk=mailing.pk, state__in=[State.PREPARED, State.SENDING]
    ).update(state=State.PAUSED, problem=problem, problem_note=note[:400], moved_at=now)
    if paused:
        _log(mailing, "pause", None, problem=str(problem), note=note)
    return bool(paused)


@transaction.atomic
def resume_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """Go on where it was paused."""
    mailing = _require(mailing, State.PAUSED)
    reasons = [*refuses_here(), *reasons_to_stop(mailing, now=now)]
    if mailing.problem == Problem.MISCOUNTED:
        reasons.append(_("Its rows do not add up. Cancel it, and send a new one."))
    if reasons:
        raise Refused(reasons)
    mailing.state, mailing.moved_at = State.SENDING, now
    mailing.started_at = mailing.started_at or now
    mailing.problem = mailing.problem_note = ""
    mailing.save()
    Chunk.objects.filter(mailing=mailing, state=Chunk.State.OPEN).update(attempts=0)
    _log(mailing, "resume", by)


@transaction.atomic
def cancel_mailing(*, mailing: Mailing, by: Any, now: datetime) -> None:
    """For good: what has not left stays here."""
    mailing = _require(mailing, *Mailing.UNSENT, *Mailing.UNDER_WAY)
    end(mailing=mailing, reason=Reason.BY_STAFF, problem=Problem.STAFF, by=by, now=now)


@transaction.atomic
def resend_to_failed(*, mailing: Mailing, by: Any, now: datetime) -> int:
    """Once more to those whom the provider refused or did not take, and to nobody else."""
    mailing = _require(mailing, State.SENT, State.PAUSED)
    return _send_again(mailing, to_send_again(mailing), "resend", by=by, now=now)


@transaction.atomic
def resend_to_uncertain(*, mailing: Mailing, by: Any, now: datetime) -> int:
    """Somebody has looked, and says that those whose fate is uncertain got nothing."""
    mailing = _require(mailing, State.SENT, State.PAUSED, State.SENDING)
    waiting = Delivery.objects.filter(mailing=mailing, state=Delivery.State.UNCERTAIN)
    return _send_again(mailing, waiting, "resend_uncertain", by=by, now=now)


@transaction.atomic
def leave_uncertain(*, mailing: Mailing, by: Any, now: datetime) -> int:
    """Somebody has looked, and says that those whose fate is uncertain have it, or need it not."""
    mailing = _require(mailing, State.SENT, State.PAUSED, State.SENDING)
    left = Delivery.objects.filter(mailing=mailing, state=Delivery.State.UNCERTAIN).update(
        state=Delivery.State.FAILED
    )
    Chunk.objects.filter(mailing=mailing, state=Chunk.State.UNCERTAIN).update(
        state=Chunk.State.DONE, ended_at=now
    )
    _log(mailing, "leave_uncertain", by, people=left)
    return left


def _send_again(mailing: Mailing, rows: Any, action: str, *, by: Any, now: datetime) -> int:
    """New chunks with keys of their own for these readers."""
    reasons = [*refuses_here(), *reasons_to_stop(mailing, now=now)]
    if reasons:
        raise Refused(reasons)
    total = 0
    for language in list(rows.order_by().values_list("language", flat=True).distinct()):
        numbers = list(rows.filter(language=language).values_list("pk", flat=True))
        for at in range(0, len(numbers), mailing.chunk_size):
            part = numbers[at : at + mailing.chunk_size]
            Chunk.objects.create(
                mailing=mailing, number=mailing.next_chunk, language=language, size=len(part)
            )
            total += Delivery.objects.filter(pk__in=part).update(
                state=Delivery.State.PENDING, reason="", chunk_number=mailing.next_chunk
            )
            mailing.next_chunk += 1
    if not total:
        raise Refused([_("There is nobody to send it to again.")])
    Chunk.objects.filter(mailing=mailing, state=Chunk.State.UNCERTAIN).exclude(
        number__in=Delivery.objects.filter(mailing=mailing, state=Delivery.State.UNCERTAIN).values(
            "chunk_number"
        )
    ).update(state=Chunk.State.DONE, ended_at=now)
    if mailing.state == State.SENT:
        mailing.state, mailing.ended_at = State.SENDING, None
    mailing.moved_at = now
    mailing.save()
    _log(mailing, action, by, people=total)
    return total


def send_back_stale(*, now: datetime) -> int:
    """Schedules that were missed by hours are shown, and wait for somebody to say when."""
    stale = Mailing.objects.filter(state=State.SCHEDULED, send_at__lt=now - STALE_AFTER)
    sent_back = 0
    for mailing in stale:
        changed = stale.filter(pk=mailing.pk).update(
            state=State.APPROVED, problem=Problem.STALE, send_at=None
        )
        if changed:
            _log(mailing, "stale", None)
            sent_back += 1
    # The same for what had begun: whoever restores a database gets its past with it.
    asleep = Mailing.objects.filter(
        state__in=[State.PREPARING, State.PREPARED, State.SENDING],
        moved_at__lt=now - STALE_AFTER,
    )
    for mailing in asleep:
        changed = asleep.filter(pk=mailing.pk).update(
            state=State.PAUSED, problem=Problem.ASLEEP, moved_at=now
        )
        if changed:
            _log(mailing, "pause", None, problem=str(Problem.ASLEEP))
            sent_back += 1
    return sent_back
