"""The life of an urgent action's issues: review, opening, the deadline, the end.

Each service locks the action's row, so that one of two people doing the same is refused; each
leaves an entry in the log. Raises Refused with reasons in words.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.cases.models import Case, CaseConsent
from campaigns.transitions import Refused

from .models import DEADLINE_ZONE, Demand, IssueTarget, ModelLetter, UrgentAction, UrgentActionIssue
from .printing import why_not_printable

State = UrgentActionIssue.State
Kind = UrgentActionIssue.Kind

# Where each transition may begin (domain: life cycle of an action).
FROM: dict[str, frozenset[str]] = {
    "submit": frozenset({State.DRAFT}),
    "send_back": frozenset({State.IN_REVIEW, State.APPROVED, State.SCHEDULED}),
    "approve": frozenset({State.IN_REVIEW}),
    "schedule": frozenset({State.APPROVED}),
    "open": frozenset({State.APPROVED, State.SCHEDULED}),
    "cancel": frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SCHEDULED}),
}


def _locked(issue: UrgentActionIssue) -> UrgentActionIssue:
    """The issue as it is now; its whole chain waits for us."""
    UrgentAction.objects.select_for_update().get(pk=issue.urgent_action_id)
    return UrgentActionIssue.objects.select_related("urgent_action__case").get(pk=issue.pk)


def _require(issue: UrgentActionIssue, transition: str) -> None:
    if issue.state not in FROM[transition]:
        raise Refused(
            [
                _("The issue is %(state)s now; that cannot be done from there.")
                % {"state": issue.get_state_display()}
            ]
        )


def _log(issue: UrgentActionIssue, action: str, by: Any, **data: Any) -> None:
    log(
        instance=issue.urgent_action,
        action=f"letters.{action}",
        user=by,
        data={"issue": issue.ordinal, **data},
    )


def _move(issue: UrgentActionIssue, state: str, action: str, by: Any, **data: Any) -> None:
    issue.state = state
    issue.save()
    _log(issue, action, by, **data)


@transaction.atomic
def draft_issue(*, urgent_action: UrgentAction, by: Any, now: datetime) -> UrgentActionIssue:
    """A new issue at the end of the chain, with what the previous one asked for.

    Nothing changes for the public before it opens. Raises Refused.
    """
    UrgentAction.objects.select_for_update().get(pk=urgent_action.pk)
    issues = UrgentActionIssue.objects.filter(urgent_action=urgent_action)
    unfinished = issues.filter(state__in=UrgentActionIssue.UNISSUED).first()
    if unfinished is not None:
        raise Refused(
            [
                _("Issue %(ordinal)s is not out yet: change that one, or cancel it.")
                % {"ordinal": unfinished.ordinal}
            ]
        )
    last = issues.order_by("-ordinal").first()
    previous = issues.issued().order_by("-ordinal").first()
    issue = UrgentActionIssue.objects.create(
        urgent_action=urgent_action,
        kind=Kind.FURTHER_INFORMATION if previous else Kind.FIRST,
        ordinal=last.ordinal + 1 if last else 1,
        previous=previous,
        author=by,
    )
    source = issues.filter(kind__in=UrgentActionIssue.ACTABLE, ordinal__lt=issue.ordinal)
    _copy_content(source.order_by("-ordinal").first(), issue)
    _log(issue, "draft", by)
    return issue


def _copy_content(source: UrgentActionIssue | None, issue: UrgentActionIssue) -> None:
    if source is None:
        return
    issue.languages_wanted = source.languages_wanted
    issue.save()
    for row in (*source.targets.all(), *source.demands.all(), *source.letters.all()):
        row.pk = None
        row.issue = issue
        if isinstance(row, ModelLetter):
            row.approved_by = row.approved_at = None
        row.save()


@transaction.atomic
def change_author(*, issue: UrgentActionIssue, by: Any) -> None:
    """Whoever changed a draft last answers for it, and cannot review it."""
    UrgentActionIssue.objects.filter(pk=issue.pk, state=State.DRAFT).update(
        author=by, reviewer=None
    )


@transaction.atomic
def submit_issue(*, issue: UrgentActionIssue, by: Any, now: datetime) -> None:
    """Ask somebody else to read it. Its content cannot be changed from here on."""
    issue = _locked(issue)
    _require(issue, "submit")
    _move(issue, State.IN_REVIEW, "submit", by)


@transaction.atomic
def send_back_issue(*, issue: UrgentActionIssue, by: Any, now: datetime) -> None:
    """Back to draft; what was approved is approved no longer."""
    issue = _locked(issue)
    _require(issue, "send_back")
    issue.reviewer = None
    issue.opens_at = None
    ModelLetter.objects.filter(issue=issue).update(approved_by=None, approved_at=None)
    _move(issue, State.DRAFT, "send_back", by)


@transaction.atomic
def approve_issue(
    *, issue: UrgentActionIssue, languages: Collection[str], by: Any, now: datetime
) -> None:
    """Somebody else than the author has read it, and its letters in these languages."""
    issue = _locked(issue)
    _require(issue, "approve")
    if by is None or issue.author_id == by.pk:
        raise Refused([_("Somebody else than the author reviews an issue.")])
    letters = ModelLetter.objects.filter(issue=issue, language__in=languages)
    unprintable = [
        f"{letter.get_language_display()}: {words}"
        for letter in letters
        if (words := why_not_printable(letter, on=timezone.localdate(now)))
    ]
    if unprintable:
        raise Refused(unprintable)
    issue.reviewer = by
    letters.update(approved_by=by, approved_at=now)
    _move(issue, State.APPROVED, "approve", by, languages=sorted(languages))


def reasons_not_to_open(*, issue: UrgentActionIssue, now: datetime) -> list[str]:
    """What is missing before people may be asked to write; nothing when it can open."""
    case = issue.urgent_action.case
    today = timezone.localdate(now, timezone=DEADLINE_ZONE)
    reasons = []
    if not ModelLetter.objects.filter(
        issue=issue, target_kind=IssueTarget.Role.PRIMARY, approved_at__isnull=False
    ).exists():
        reasons.append(_("No approved letter in any language."))
    primaries = IssueTarget.objects.filter(
        issue=issue, role=IssueTarget.Role.PRIMARY
    ).select_related("office")
    if not any(target.office and target.office.is_usable for target in primaries):
        reasons.append(_("No addressee who can be reached."))
    if issue.act_before is None:
        reasons.append(_("No last day to act."))
    elif issue.act_before < today:
        reasons.append(_("The last day to act is past."))
    if issue.reviewer_id is None:
        reasons.append(_("Nobody but the author has read it."))
    if not case.permits(CaseConsent.Scope.WORK, on=timezone.localdate(now)):
        reasons.append(_("No valid consent to work on this case."))
    if case.state != Case.State.ACTIVE:
        reasons.append(_("The case is %(state)s.") % {"state": case.get_state_display()})
    elif not case.is_public(at=now):
        reasons.append(_("The case may not be shown yet."))
    newer = UrgentActionIssue.objects.issued().filter(
        urgent_action=issue.urgent_action_id, ordinal__gt=issue.ordinal
    )
    if newer.exists():
        reasons.append(_("A later issue of this action is out already."))
    return reasons


@transaction.atomic
def schedule_issue(*, issue: UrgentActionIssue, opens_at: datetime, by: Any, now: datetime) -> None:
    """Open it at that moment. What is missing then, or now, is said now."""
    issue = _locked(issue)
    _require(issue, "schedule")
    if opens_at <= now:
        raise Refused([_("This moment is past.")])
    reasons = reasons_not_to_open(issue=issue, now=opens_at)
    if reasons:
        raise Refused(reasons)
    issue.opens_at = opens_at
    _move(issue, State.SCHEDULED, "schedule", by, opens_at=opens_at.isoformat())


@transaction.atomic
def open_issue(*, issue: UrgentActionIssue, by: Any, now: datetime) -> None:
    """People are asked to write from now on; the issue before this one is superseded."""
    issue = _locked(issue)
    _require(issue, "open")
    Case.objects.select_for_update().get(pk=issue.urgent_action.case_id)
    issue = UrgentActionIssue.objects.select_related("urgent_action__case").get(pk=issue.pk)
    reasons = reasons_not_to_open(issue=issue, now=now)
    if reasons:
        raise Refused(reasons)
    today = timezone.localdate(now, timezone=DEADLINE_ZONE)
    before = UrgentActionIssue.objects.filter(
        urgent_action=issue.urgent_action, state=State.OPEN
    ).first()
    if before is not None:
        before.ended_on = today
        _move(before, State.SUPERSEDED, "supersede", by)
    issue.issued_on = today
    issue.opens_at = None
    _move(issue, State.OPEN, "open", by)


@transaction.atomic
def cancel_issue(*, issue: UrgentActionIssue, by: Any, now: datetime) -> None:
    """It is never sent out: the situation changed while it was being prepared."""
    issue = _locked(issue)
    _require(issue, "cancel")
    _move(issue, State.CANCELLED, "cancel", by)


@transaction.atomic
def stop_urgent_action(
    *,
    urgent_action: UrgentAction,
    reason: str,
    words: dict[str, str],
    by: Any,
    now: datetime,
) -> UrgentActionIssue:
    """End acting at once: a stop action goes out. Needs no second person; nobody may wait.

    Raises Refused where nothing is open.
    """
    if reason not in UrgentActionIssue.StopReason.values:
        raise Refused([_("Say why the action stops.")])
    return _end(urgent_action, Kind.STOP, State.STOPPED, reason, words, by=by, now=now)


@transaction.atomic
def record_outcome(
    *, urgent_action: UrgentAction, words: dict[str, str], by: Any, now: datetime
) -> UrgentActionIssue:
    """What was asked for has happened: acting ends, and the chain says how it ended.

    Also for an action that ended before, by its deadline or by a stop. Raises Refused.
    """
    if not any(part.strip() for part in words.values()):
        raise Refused([_("Write what became of it.")])
    return _end(urgent_action, Kind.OUTCOME, State.SUCCEEDED, "", words, by=by, now=now)


def _end(
    urgent_action: UrgentAction,
    kind: str,
    state: str,
    reason: str,
    words: dict[str, str],
    *,
    by: Any,
    now: datetime,
) -> UrgentActionIssue:
    UrgentAction.objects.select_for_update().get(pk=urgent_action.pk)
    issues = UrgentActionIssue.objects.filter(urgent_action=urgent_action)
    last = issues.issued().order_by("-ordinal").first()
    if last is None or last.state == State.SUCCEEDED:
        raise Refused([_("There is nothing to end: the action is not out, or has its outcome.")])
    if kind == Kind.STOP and last.state != State.OPEN:
        raise Refused([_("The action is %(state)s already.") % {"state": last.get_state_display()}])
    today = timezone.localdate(now, timezone=DEADLINE_ZONE)
    if last.state == State.OPEN:
        last.ended_on = today
        _move(last, state, "end", by)
    ended_on = last.ended_on or today
    for unfinished in issues.filter(state__in=UrgentActionIssue.UNISSUED):
        _move(unfinished, State.CANCELLED, "cancel", by)
    newest = issues.order_by("-ordinal").first() or last
    ending = UrgentActionIssue.objects.create(
        urgent_action=urgent_action,
        kind=kind,
        ordinal=newest.ordinal + 1,
        previous=last,
        state=state,
        issued_on=today,
        # Acting may have ended long before its outcome is known.
        ended_on=ended_on,
        stop_reason=reason,
        words=words,
        author=by,
    )
    _log(ending, "stop" if kind == Kind.STOP else "outcome", by, reason=reason)
    return ending


def expire_issues(*, now: datetime) -> int:
    """Close what is past its last day in Brussels. Beat calls it; pages do not wait for it."""
    today = timezone.localdate(now, timezone=DEADLINE_ZONE)
    expired = 0
    for due in UrgentActionIssue.objects.filter(state=State.OPEN, act_before__lt=today):
        with transaction.atomic():
            issue = _locked(due)
            if issue.state == State.OPEN and issue.is_past(at=now):
                issue.ended_on = issue.act_before
                _move(issue, State.EXPIRED, "expire", None)
                expired += 1
    return expired


def open_scheduled_issues(*, now: datetime) -> None:
    """Open what is due. What is refused goes back to approved, with the reasons in the log."""
    for due in UrgentActionIssue.objects.filter(state=State.SCHEDULED, opens_at__lte=now):
        try:
            open_issue(issue=due, by=None, now=now)
        except Refused as refused:
            with transaction.atomic():
                issue = _locked(due)
                if issue.state == State.SCHEDULED:
                    issue.opens_at = None
                    _move(issue, State.APPROVED, "not_opened", None, reasons=list(refused.messages))


def end_actions_of_case(*, case: Case, was_hidden: bool, by: Any, now: datetime) -> None:
    """Nobody should act for this case any more: open issues stop, scheduled ones do not open.

    Of a case that was taken down, everything that could still be acted on is withdrawn.
    """
    for action in UrgentAction.objects.filter(case=case):
        issues = UrgentActionIssue.objects.filter(urgent_action=action)
        if was_hidden:
            for issue in issues.filter(state__in={*UrgentActionIssue.UNISSUED, State.OPEN}):
                _move(_locked(issue), State.WITHDRAWN, "withdraw", by)
            continue
        for issue in issues.filter(state=State.SCHEDULED):
            issue.opens_at = None
            _move(issue, State.APPROVED, "not_opened", by)
        if issues.filter(state=State.OPEN).exists():
            # The case says why; nothing else has to.
            _end(action, Kind.STOP, State.STOPPED, "", {}, by=by, now=now)


@transaction.atomic
def forget_words_of_case(*, case: Case) -> None:
    """Of a case that was removed for ever: letters, demands and every word about it."""
    issues = UrgentActionIssue.objects.filter(urgent_action__case=case)
    ModelLetter.objects.filter(issue__in=issues).delete()
    Demand.objects.filter(issue__in=issues).delete()
    issues.update(what_changed={}, words={})


@transaction.atomic
def set_deadline(*, issue: UrgentActionIssue, act_before: date, by: Any, now: datetime) -> None:
    """Another last day for an issue that is not out yet. Raises Refused."""
    issue = _locked(issue)
    if issue.state not in UrgentActionIssue.UNISSUED:
        raise Refused([_("This issue is out: a new deadline needs a new issue.")])
    if act_before < timezone.localdate(now, timezone=DEADLINE_ZONE):
        raise Refused([_("The last day to act is past.")])
    issue.act_before = act_before
    _move(issue, issue.state, "set_deadline", by, act_before=act_before.isoformat())
