"""What happens to a case: events, consents, and the transitions of its state.

Each service locks the case's row, so that of two people closing it at once one is refused; each
leaves an entry in the log. Raises Refused with reasons in words.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from campaigns.transitions import Refused

from . import signals
from .models import Case, CaseConsent, CaseSubject, SituationEvent
from .selectors import hidden_names, is_named_in

State = Case.State
Scope = CaseConsent.Scope

# Where each transition may begin (domain: case life cycle).
FROM: dict[str, frozenset[str]] = {
    "accept": frozenset({State.CANDIDATE}),
    "activate": frozenset({State.CONSENTED, State.DORMANT}),
    "rest": frozenset({State.ACTIVE}),
    "close": frozenset({State.ACTIVE, State.DORMANT}),
    "reopen": frozenset({State.CLOSED}),
    "hide": frozenset(
        {State.CANDIDATE, State.CONSENTED, State.ACTIVE, State.DORMANT, State.CLOSED}
    ),
    "show": frozenset({State.HIDDEN}),
    "remove": frozenset({State.HIDDEN}),
}


@dataclass(frozen=True)
class EventFacts:
    """What is recorded of an event. Labels map language codes to words."""

    occurred_on: date
    situation: str = ""
    precision: str = SituationEvent.Precision.DAY
    title: dict[str, str] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    nuance: dict[str, str] = field(default_factory=dict)
    source: str = ""
    is_visible: bool = True


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update().get(pk=case.pk)


def _require(case: Case, transition: str) -> None:
    if case.state not in FROM[transition]:
        raise Refused(
            [
                _("The case is %(state)s now; that cannot be done from there.")
                % {"state": case.get_state_display()}
            ]
        )


def _require_existence(case: Case) -> None:
    if case.state == State.REMOVED:
        raise Refused([_("The case has been removed; nothing is recorded any more.")])


def _log(case: Case, action: str, by: Any, **data: Any) -> None:
    log(instance=case, action=f"cases.{action}", user=by, data=data or None)


def _validated(row: SituationEvent | CaseConsent) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(error.messages) from error


@transaction.atomic
def record_event(
    *,
    case: Case,
    facts: EventFacts,
    subjects: Collection[CaseSubject] = (),
    ends_acting: bool = False,
    by: Any,
    now: datetime,
) -> SituationEvent:
    """Record what happened: the only way in which a situation changes.

    With `ends_acting`, nobody should write or sign any more: an active case rests, and its open
    actions stop. It is never closed by an event: freed is not closed.
    Raises Refused, also for a day that has not come.
    """
    case = _locked(case)
    _require_existence(case)
    if facts.occurred_on > timezone.localdate(now):
        raise Refused([_("This day has not come yet.")])
    members = set(case.subjects.values_list("pk", flat=True))
    chosen = {subject.pk for subject in subjects}
    if not chosen <= members:
        raise Refused([_("This person belongs to another case.")])
    event = SituationEvent(case=case, **vars(facts))
    _validated(event)
    event.save()
    if chosen != members:  # About everybody is about the case.
        event.subjects.set(chosen)
    _log(case, "record_event", by, situation=facts.situation, day=facts.occurred_on.isoformat())
    if ends_acting and case.state == State.ACTIVE:
        _rest(case, by=by, now=now)
    return event


@transaction.atomic
def show_event(*, event: SituationEvent, is_visible: bool, by: Any, now: datetime) -> None:
    """Show an event to the public, or no longer. What was recorded stays recorded."""
    SituationEvent.objects.filter(pk=event.pk).update(is_visible=is_visible)
    _log(event.case, "show_event" if is_visible else "hide_event", by, event=event.pk)


@transaction.atomic
def accept_case(*, case: Case, by: Any, now: datetime) -> None:
    """From candidate to consented: somebody agreed that we work on it. Raises Refused."""
    case = _locked(case)
    _require(case, "accept")
    if not case.permits(Scope.WORK, on=timezone.localdate(now)):
        raise Refused([_("Nobody has consented to work on this case.")])
    _move(case, State.CONSENTED, "accept", by)


@transaction.atomic
def activate_case(*, case: Case, by: Any, now: datetime) -> None:
    """Acting is useful now. Raises Refused without consent to work and to publish."""
    case = _locked(case)
    _require(case, "activate")
    _require_consents(case, now=now)
    _move(case, State.ACTIVE, "activate", by)
    signals.exposure_changed.send(Case, case=case, now=now)


def _require_consents(case: Case, *, now: datetime) -> None:
    today = timezone.localdate(now)
    reasons = []
    if not case.permits(Scope.WORK, on=today):
        reasons.append(_("No valid consent to work on this case."))
    if not case.permits(Scope.WEB, on=today):
        reasons.append(_("No valid consent to show it on the website."))
    if reasons:
        raise Refused(reasons)


@transaction.atomic
def rest_case(*, case: Case, by: Any, now: datetime) -> None:
    """For now acting would not help, or would harm. Open actions stop. Raises Refused."""
    case = _locked(case)
    _require(case, "rest")
    _rest(case, by=by, now=now)


def _rest(case: Case, *, by: Any, now: datetime) -> None:
    _move(case, State.DORMANT, "rest", by)
    signals.acting_ended.send(Case, case=case, was_hidden=False, by=by, now=now)


@transaction.atomic
def close_case(*, case: Case, reason: str, text: dict[str, str], by: Any, now: datetime) -> None:
    """End the work, with a reason and words for those who acted. Raises Refused."""
    case = _locked(case)
    _require(case, "close")
    reasons = []
    if reason not in Case.ClosingReason.values:
        reasons.append(_("Say why the case is closed."))
    if not any(words.strip() for words in text.values()):
        reasons.append(_("Write what those who acted should know."))
    if reasons:
        raise Refused(reasons)
    case.closing_reason = reason
    case.closing_text = text
    case.closed_on = timezone.localdate(now)
    _move(case, State.CLOSED, "close", by, reason=reason)
    signals.acting_ended.send(Case, case=case, was_hidden=False, by=by, now=now)


@transaction.atomic
def reopen_case(*, case: Case, by: Any, now: datetime) -> None:
    """Work begins again. What was said when it closed goes. Raises Refused."""
    case = _locked(case)
    _require(case, "reopen")
    if case.is_historical:
        raise Refused([_("A historical case is kept to remember; it does not open again.")])
    _require_consents(case, now=now)
    case.closing_reason = ""
    case.closing_text = {}
    case.closed_on = None
    _move(case, State.ACTIVE, "reopen", by)


@transaction.atomic
def hide_case(*, case: Case, reason: str, by: Any, now: datetime) -> None:
    """Take a case down: pages, pictures, documents, lists, mails and mailed links.

    `reason` is for the log. Raises Refused.
    """
    case = _locked(case)
    _require(case, "hide")
    case.state_before_hiding = case.state
    _move(case, State.HIDDEN, "hide", by, reason=reason)
    signals.acting_ended.send(Case, case=case, was_hidden=True, by=by, now=now)
    signals.exposure_changed.send(Case, case=case, now=now)


@transaction.atomic
def show_case(*, case: Case, by: Any, now: datetime) -> None:
    """Take the hiding back. Pages stay unpublished until an editor has looked at each.

    What was active rests, so that nothing opens by itself. Raises Refused.
    """
    case = _locked(case)
    _require(case, "show")
    before = case.state_before_hiding
    case.state_before_hiding = ""
    _move(case, State.DORMANT if before == State.ACTIVE else before, "show", by)
    signals.exposure_changed.send(Case, case=case, now=now)


@transaction.atomic
def remove_case(*, case: Case, by: Any, now: datetime) -> None:
    """For ever: only a tombstone without names or words stays.

    Nobody would know any more which names to conceal; so other pages must not hold them.
    Raises Refused.
    """
    case = _locked(case)
    _require(case, "remove")
    answers = signals.removal_asked.send(Case, case=case)
    reasons = [reason for _receiver, found in answers for reason in found or ()]
    if reasons:
        raise Refused(reasons)
    case.full_name = case.brief_name = _("Removed case %(number)s") % {"number": case.pk}
    case.alias = {}
    case.closing_text = {}
    case.reference = f"removed-{case.pk}"
    case.subjects.all().update(
        given_name="", family_name="", kind=CaseSubject.Kind.UNNAMED, description={}
    )
    case.situation_events.update(title={}, text={}, nuance={}, source="", is_visible=False)
    case.consents.update(note="")
    # What the histories called it, and why it went.
    ModelLogEntry.objects.for_instance(case).update(label=case.full_name, data={})
    _move(case, State.REMOVED, "remove", by)
    signals.exposure_changed.send(Case, case=case, now=now)


@transaction.atomic
def set_embargo(*, case: Case, until: datetime | None, by: Any, now: datetime) -> None:
    """Nothing of the case appears before that moment. None ends the embargo at once.

    Open urgent actions stop: nobody could read them. Raises Refused.
    """
    case = _locked(case)
    _require_existence(case)
    if until is not None and until <= now:
        raise Refused([_("This moment is past.")])
    former = case.embargo_until
    case.embargo_until = until
    case.save()
    _log(case, "embargo", by, until=until.isoformat() if until else "")
    if until is not None:
        signals.acting_ended.send(Case, case=case, was_hidden=False, by=by, now=now)
    signals.exposure_changed.send(Case, case=case, now=now, former_embargo=former)


@transaction.atomic
def give_consent(
    *,
    case: Case,
    scopes: Iterable[str],
    given_by: str,
    given_on: date,
    subject: CaseSubject | None = None,
    review_by: date | None = None,
    ends_on: date | None = None,
    note: str = "",
    by: Any,
    now: datetime,
) -> list[CaseConsent]:
    """Record what somebody agreed to, one row per scope. Raises Refused."""
    case = _locked(case)
    _require_existence(case)
    if given_on > timezone.localdate(now):
        raise Refused([_("This day has not come yet.")])
    consents = []
    for scope in scopes:
        consent = CaseConsent(
            case=case,
            subject=subject,
            scope=scope,
            given_by=given_by,
            given_on=given_on,
            review_by=review_by,
            ends_on=ends_on,
            note=note,
        )
        _validated(consent)
        consent.save()
        consents.append(consent)
    _log(case, "give_consent", by, scopes=[consent.scope for consent in consents])
    signals.exposure_changed.send(Case, case=case, now=now)
    return consents


@transaction.atomic
def withdraw_consent(*, consent: CaseConsent, by: Any, now: datetime) -> None:
    """What it covered disappears at once. A second call changes nothing.

    Without consent to work the case rests; without consent to publish it is taken down.
    """
    case = _locked(consent.case)
    withdrawn = CaseConsent.objects.filter(pk=consent.pk, withdrawn_at=None).update(
        withdrawn_at=now
    )
    if not withdrawn:
        return
    _log(case, "withdraw_consent", by, scope=consent.scope)
    _follow_consents(case, by=by, now=now)


def _follow_consents(case: Case, *, by: Any, now: datetime) -> None:
    """Bring the state of a case down to what is still agreed to."""
    today = timezone.localdate(now)
    if case.state in Case.PUBLIC_STATES and not case.permits(Scope.WEB, on=today):
        hide_case(case=case, reason="no consent to publish", by=by, now=now)
        return
    if case.state == State.ACTIVE and not case.permits(Scope.WORK, on=today):
        _rest(case, by=by, now=now)
    signals.exposure_changed.send(Case, case=case, now=now)


def follow_change(*, case: Case, now: datetime) -> None:
    """Names or persons of a case were edited: bring everything to what may be shown now."""
    signals.exposure_changed.send(Case, case=case, now=now)


def follow_calendar(*, now: datetime) -> None:
    """What time alone changes: consents that have ended, embargoes that are over. Beat calls it."""
    today = timezone.localdate(now)
    for case in Case.objects.filter(state__in=Case.PUBLIC_STATES).with_exposure():
        if not case.permits(Scope.WEB, on=today) or (
            case.state == State.ACTIVE and not case.permits(Scope.WORK, on=today)
        ):
            with transaction.atomic():
                _follow_consents(_locked(case), by=None, now=now)
        elif hidden_names(case, now=now) and (
            # Under an embargo, a consent may have been withdrawn that nobody followed yet.
            (case.embargo_until is not None and case.embargo_until <= now)
            or any(consent.ends_on and consent.ends_on < today for consent in case.consents.all())
        ):
            # Again at each round, however long beat was away: it costs little and changes nothing.
            with transaction.atomic():
                signals.exposure_changed.send(Case, case=case, now=now)


@transaction.atomic
def keep_names_out_of_reference(*, case: Case, now: datetime) -> None:
    """Give a case another reference where its own holds a name that may not be shown."""
    case = Case.objects.with_exposure().get(pk=case.pk)
    if case.is_public(at=now) and is_named_in(case.reference, case, now=now):
        Case.objects.filter(pk=case.pk).update(reference=f"case-{case.pk}")


def _move(case: Case, state: str, action: str, by: Any, **data: Any) -> None:
    case.state = state
    case.save()
    _log(case, action, by, **data)
