"""What happens to a case: every transition, its refusals in words, and nothing half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from campaigns.cases import services
from campaigns.cases.models import Case, CaseConsent, CaseSubject, Situation, SituationEvent
from campaigns.cases.selectors import badge
from campaigns.cases.services import EventFacts
from campaigns.letters.models import UrgentAction, UrgentActionIssue
from campaigns.transitions import Refused
from home import setup
from tests.factories.facts import (
    labels,
    make_case,
    make_consent,
    make_issue,
    make_petition,
    make_urgent_action,
)
from tests.factories.people import make_staff
from tests.rows import changed, every_row
from tests.steps import LANGUAGES

State = Case.State
Scope = CaseConsent.Scope
Giver = CaseConsent.Giver
DAY = timedelta(days=1)
CLOSING = {"reason": Case.ClosingReason.FREED, "text": {"fr": "Merci à toutes et à tous."}}

TRANSITIONS: dict[str, Callable[..., Any]] = {
    "accept": services.accept_case,
    "activate": services.activate_case,
    "rest": services.rest_case,
    "close": lambda **who: services.close_case(**CLOSING, **who),
    "reopen": services.reopen_case,
    "hide": lambda **who: services.hide_case(reason="She asked us to.", **who),
    "show": services.show_case,
    "remove": services.remove_case,
}
# The life of a case as the domain tells it, said once more here: from where, to where.
LIFE = {
    ("accept", State.CANDIDATE): State.CONSENTED,
    ("activate", State.CONSENTED): State.ACTIVE,
    ("activate", State.DORMANT): State.ACTIVE,
    ("rest", State.ACTIVE): State.DORMANT,
    ("close", State.ACTIVE): State.CLOSED,
    ("close", State.DORMANT): State.CLOSED,
    ("reopen", State.CLOSED): State.ACTIVE,
    ("hide", State.CANDIDATE): State.HIDDEN,
    ("hide", State.CONSENTED): State.HIDDEN,
    ("hide", State.ACTIVE): State.HIDDEN,
    ("hide", State.DORMANT): State.HIDDEN,
    ("hide", State.CLOSED): State.HIDDEN,
    ("show", State.HIDDEN): State.DORMANT,  # It was active: nothing opens by itself.
    ("remove", State.HIDDEN): State.REMOVED,
}
ALLOWED = sorted(LIFE)
NOT_ALLOWED = sorted(
    (name, state) for name in TRANSITIONS for state in State.values if (name, state) not in LIFE
)


@pytest.fixture
def editor(db):
    return make_staff(setup.CAMPAIGNERS)


def case_in(state: str, **fields: Any) -> Case:
    """A case with every consent, in that state; a hidden one was active before."""
    if state == State.HIDDEN:
        fields.setdefault("state_before_hiding", State.ACTIVE)
    return make_case(state=state, **fields)


def move(name: str, case: Case, *, by: Any, now: Any) -> None:
    TRANSITIONS[name](case=case, by=by, now=now)


def refused(act: Callable[..., Any], **arguments: Any) -> list[str]:
    """The reasons for which it is refused; makes sure that no row has changed."""
    before = every_row()
    with pytest.raises(Refused) as refusal:
        act(**arguments)
    assert changed(before, every_row()) == set()
    assert all(reason.strip() for reason in refusal.value.messages)
    return refusal.value.messages


def log_of(case: Case) -> list[str]:
    entries = ModelLogEntry.objects.filter(object_id=str(case.pk), action__startswith="cases.")
    return [entry.action.partition(".")[2] for entry in entries.order_by("timestamp", "pk")]


# The life cycle


@pytest.mark.parametrize(("name", "state"), ALLOWED)
def test_a_transition_leads_where_the_domain_says_and_leaves_an_entry(editor, now, name, state):
    case = case_in(state)
    move(name, case, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == LIFE[name, state]
    entry = ModelLogEntry.objects.filter(action=f"cases.{name}").get()
    assert (entry.user, entry.object_id) == (editor, str(case.pk))
    assert str(entry.message)


@pytest.mark.parametrize(("name", "state"), NOT_ALLOWED)
def test_every_other_transition_is_refused_and_changes_no_row(editor, now, name, state):
    case = case_in(state)
    with translation.override("en"):
        [reason] = refused(TRANSITIONS[name], case=case, by=editor, now=now)
        assert case.get_state_display() in reason


def test_a_refusal_speaks_the_readers_language(editor, now):
    case = case_in(State.CLOSED)
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            [said[language]] = refused(services.rest_case, case=case, by=editor, now=now)
    assert len(set(said.values())) == len(LANGUAGES)
    # Not only the state in the middle of an English sentence.
    assert not [words for code, words in said.items() if code != "en" and "cannot" in words], said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.CANDIDATE, State.CANDIDATE),
        (State.CONSENTED, State.CONSENTED),
        (State.ACTIVE, State.DORMANT),
        (State.DORMANT, State.DORMANT),
        (State.CLOSED, State.CLOSED),
    ],
)
def test_what_was_hidden_comes_back_as_it_was_but_never_active(editor, now, before, after):
    case = case_in(before)
    move("hide", case, by=editor, now=now)
    move("show", case, by=editor, now=now)
    case.refresh_from_db()
    assert (case.state, case.state_before_hiding) == (after, "")


def test_what_services_know_of_a_stale_case_comes_from_the_database(editor, now):
    """A form that was opened before somebody else closed the case."""
    case = case_in(State.ACTIVE)
    stale = Case.objects.get(pk=case.pk)
    move("close", case, by=editor, now=now)
    refused(TRANSITIONS["close"], case=stale, by=editor, now=now)


def test_of_two_editors_who_close_at_once_one_is_refused(own_database, now):
    editors = [make_staff(setup.CAMPAIGNERS) for _number in range(2)]
    case = case_in(State.ACTIVE)
    barrier = Barrier(2)

    def close(reason_and_editor):
        reason, editor = reason_and_editor
        barrier.wait()
        try:
            services.close_case(
                case=Case.objects.get(pk=case.pk),
                reason=reason,
                text={"fr": str(reason)},
                by=editor,
                now=now,
            )
        except Refused:
            return ""
        finally:
            connection.close()
        return str(reason)

    reasons = [Case.ClosingReason.FREED, Case.ClosingReason.DIED]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(close, zip(reasons, editors, strict=True)))
    [winner] = filter(None, done)
    case.refresh_from_db()
    assert (case.closing_reason, case.closing_text) == (winner, {"fr": winner})
    assert log_of(case) == ["close"]


# Beginning and ending the work


def test_nobody_works_on_a_case_without_consent(editor, now):
    case = make_case(state=State.CANDIDATE, scopes=[])
    refused(services.accept_case, case=case, by=editor, now=now)
    make_consent(case, Scope.WORK)
    services.accept_case(case=case, by=editor, now=now)
    with translation.override("en"):
        [reason] = refused(services.activate_case, case=case, by=editor, now=now)
        assert "website" in reason


@pytest.mark.parametrize("transition", ["activate", "reopen"])
@pytest.mark.parametrize(
    ("scopes", "reasons"),
    [([], 2), ([Scope.WORK], 1), ([Scope.WEB], 1), ([Scope.NAME, Scope.IMAGE], 2)],
)
def test_each_missing_consent_is_named_before_acting_begins(
    editor, now, transition, scopes, reasons
):
    state = State.CLOSED if transition == "reopen" else State.DORMANT
    case = case_in(state, scopes=scopes)
    assert len(refused(TRANSITIONS[transition], case=case, by=editor, now=now)) == reasons


@pytest.mark.parametrize(
    "fields",
    [
        {"given_on": timezone.localdate() + DAY},
        {"ends_on": timezone.localdate() - DAY},
        {"withdrawn_at": timezone.now()},
    ],
    ids=["not yet", "ended", "withdrawn"],
)
def test_a_consent_that_does_not_hold_today_is_none(editor, now, fields):
    case = case_in(State.DORMANT, scopes=[Scope.WEB])
    make_consent(case, Scope.WORK, **fields)
    refused(services.activate_case, case=case, by=editor, now=now)


@pytest.mark.parametrize(
    ("reason", "text", "reasons"),
    [
        ("", {"fr": "Merci."}, 1),
        ("BORED", {"fr": "Merci."}, 1),
        (Case.ClosingReason.FREED, {}, 1),
        (Case.ClosingReason.FREED, {"fr": "", "nl": "  "}, 1),
        ("", {}, 2),
    ],
)
def test_closing_needs_a_reason_and_words(editor, now, reason, text, reasons):
    case = case_in(State.ACTIVE)
    found = refused(services.close_case, case=case, reason=reason, text=text, by=editor, now=now)
    assert len(found) == reasons


def test_closing_keeps_reason_words_and_day_and_opening_again_drops_them(editor, now):
    case = case_in(State.ACTIVE)
    move("close", case, by=editor, now=now)
    case.refresh_from_db()
    assert (case.closing_reason, case.closing_text) == (CLOSING["reason"], CLOSING["text"])
    assert case.closed_on == timezone.localdate(now)
    move("reopen", case, by=editor, now=now)
    case.refresh_from_db()
    assert (case.closing_reason, case.closing_text, case.closed_on) == ("", {}, None)


def test_a_historical_case_does_not_open_again(editor, now):
    case = case_in(State.CLOSED, is_historical=True)
    refused(services.reopen_case, case=case, by=editor, now=now)


@pytest.mark.parametrize("name", ["rest", "close", "hide"])
def test_nobody_acts_for_a_case_once_the_work_has_ended(editor, now, name):
    case = case_in(State.ACTIVE)
    petition, action = make_petition(case=case), make_urgent_action(case=case)
    other = make_urgent_action()
    move(name, case, by=editor, now=now)
    petition.case.refresh_from_db()
    assert not petition.is_open(at=now)
    assert not action.issues.filter(state=UrgentActionIssue.State.OPEN).exists()
    assert other.issues.get().state == UrgentActionIssue.State.OPEN


def test_hiding_withdraws_what_resting_stops(editor, now):
    issue_state = UrgentActionIssue.State
    for name, states in [
        ("rest", [issue_state.STOPPED, issue_state.DRAFT, issue_state.STOPPED]),
        ("hide", [issue_state.WITHDRAWN, issue_state.WITHDRAWN]),
    ]:
        case = case_in(State.ACTIVE)
        action = make_urgent_action(case=case)
        make_issue(action, state=issue_state.DRAFT, issued_on=None)
        move(name, case, by=editor, now=now)
        found = list(action.issues.order_by("ordinal").values_list("state", flat=True))
        if name == "rest":
            # The stop cancels what was being prepared: it would say what no longer holds.
            states[1] = issue_state.CANCELLED
        assert found == states, name


def test_a_removed_case_leaves_a_tombstone_without_names_or_words(editor, now):
    case = case_in(
        State.ACTIVE,
        reference="free-zerlina",
        given_name="Zerlina",
        family_name="Quastenhof",
        alias=labels("the Zerlina of Orvania"),
    )
    services.record_event(
        case=case,
        facts=EventFacts(
            occurred_on=date(2026, 2, 1),
            situation=Situation.PRETRIAL,
            text={"fr": "Zerlina a été arrêtée."},
            source="Zerlina's brother",
        ),
        by=editor,
        now=now,
    )
    services.give_consent(
        case=case,
        scopes=[Scope.QUOTE],
        given_by=Giver.FAMILY,
        given_on=date(2026, 2, 1),
        note="Zerlina's mother, by phone",
        by=editor,
        now=now,
    )
    make_petition(case=case, reference="zerlina")
    action = make_urgent_action(case=case)
    issue = action.issues.get()
    issue.what_changed = {"fr": "Zerlina est malade."}
    issue.save()
    issue.letters.update(text="Libérez Zerlina.", salutation="Au sujet de Zerlina,")
    issue.demands.update(text={"fr": "libérer Zerlina"})
    move("hide", case, by=editor, now=now)
    move("remove", case, by=editor, now=now)
    left = {
        label: [
            row for row in rows if "zerlina" in str(row).lower() or "quasten" in str(row).lower()
        ]
        for label, rows in every_row().items()
    }
    assert {label: rows for label, rows in left.items() if rows} == {}
    case.refresh_from_db()
    assert case.reference == f"removed-{case.pk}"
    assert case.consents.exists()  # That somebody had agreed stays known; who, does not.


@pytest.mark.parametrize(
    "act",
    [
        lambda **who: services.record_event(facts=EventFacts(date(2026, 1, 1)), **who),
        lambda **who: services.give_consent(
            scopes=[Scope.WEB], given_by=Giver.FAMILY, given_on=date(2026, 1, 1), **who
        ),
        lambda **who: services.set_embargo(until=timezone.now() + DAY, **who),
    ],
    ids=["event", "consent", "embargo"],
)
def test_nothing_is_recorded_of_a_removed_case(editor, now, act):
    refused(act, case=case_in(State.REMOVED), by=editor, now=now)


# Events


def record(case: Case, situation: str = "", *, day: date | None = None, **more: Any) -> Any:
    who = {
        name: more.pop(name) for name in ("by", "now", "subjects", "ends_acting") if name in more
    }
    facts = EventFacts(occurred_on=day or date(2026, 2, 1), situation=situation, **more)
    return services.record_event(case=case, facts=facts, **who)


def badge_of(case: Case) -> Any:
    return badge(Case.objects.with_situation().get(pk=case.pk))


def test_an_event_changes_the_badge_and_leaves_an_entry(editor, now):
    case = case_in(State.ACTIVE)
    record(case, Situation.PRETRIAL, nuance={"fr": "en secret"}, by=editor, now=now)
    with translation.override("fr"):
        shown = badge_of(case)
    assert shown.words == Situation.PRETRIAL.label
    assert str(shown.nuance) == "en secret"
    entry = ModelLogEntry.objects.get(action="cases.record_event")
    assert entry.data == {"situation": "PRETRIAL", "day": "2026-02-01"}


def test_an_event_that_has_not_happened_is_refused(editor, now):
    case = case_in(State.ACTIVE)
    tomorrow = timezone.localdate(now) + DAY
    refused(record, case=case, situation=Situation.RELEASED, day=tomorrow, by=editor, now=now)
    record(case, Situation.RELEASED, day=timezone.localdate(now), by=editor, now=now)


@pytest.mark.parametrize("situation", ["HAPPY", "released"])
def test_an_event_with_a_situation_that_nobody_knows_is_refused(editor, now, situation):
    refused(record, case=case_in(State.ACTIVE), situation=situation, by=editor, now=now)


def test_an_event_about_somebody_of_another_case_is_refused(editor, now):
    case, other = case_in(State.ACTIVE), case_in(State.ACTIVE)
    strangers = list(other.subjects.all())
    both = [*strangers, *case.subjects.all()]
    for subjects in (strangers, both):
        refused(
            record,
            case=case,
            situation=Situation.RELEASED,
            subjects=subjects,
            by=editor,
            now=now,
        )


def test_an_event_about_one_of_several_leaves_the_badge_of_all_alone(editor, now):
    case = case_in(State.ACTIVE, subject=Case.Subject.FAMILY)
    mother = case.subjects.get()
    son = CaseSubject.objects.create(case=case, given_name="Teyu", family_name="Drovik")
    record(case, Situation.PRETRIAL, by=editor, now=now)
    record(case, Situation.BAIL, day=date(2026, 3, 1), subjects=[son], by=editor, now=now)
    assert badge_of(case).words == Situation.PRETRIAL.label
    # Chosen one by one, everybody is everybody.
    record(
        case, Situation.RELEASED, day=date(2026, 4, 1), subjects=[mother, son], by=editor, now=now
    )
    assert badge_of(case).words == Situation.RELEASED.label


@pytest.mark.parametrize("situation", Situation)
@pytest.mark.parametrize("ends_acting", [False, True])
def test_no_event_closes_a_case(editor, now, situation, ends_acting):
    case = case_in(State.ACTIVE)
    record(case, situation, ends_acting=ends_acting, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == (State.DORMANT if ends_acting else State.ACTIVE)


def test_an_event_that_ends_acting_stops_what_is_open_and_lets_the_case_rest(editor, now):
    case = case_in(State.ACTIVE)
    action, petition = make_urgent_action(case=case), make_petition(case=case)
    record(case, Situation.RELEASED, ends_acting=True, by=editor, now=now)
    petition.case.refresh_from_db()
    assert not petition.is_open(at=now)
    states = list(action.issues.order_by("ordinal").values_list("kind", "state"))
    stopped = UrgentActionIssue.State.STOPPED
    assert states == [("FIRST", stopped), ("STOP", stopped)]
    assert log_of(case) == ["record_event", "rest"]


@pytest.mark.parametrize("state", [State.DORMANT, State.CLOSED, State.HIDDEN, State.CANDIDATE])
def test_an_event_that_ends_acting_moves_no_case_but_an_active_one(editor, now, state):
    case = case_in(state)
    record(case, Situation.RELEASED, ends_acting=True, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == state


def test_hiding_an_event_gives_the_badge_back_to_the_one_before(editor, now):
    case = case_in(State.ACTIVE)
    record(case, Situation.PRETRIAL, by=editor, now=now)
    event = record(case, Situation.RELEASED, day=date(2026, 3, 1), by=editor, now=now)
    services.show_event(event=event, is_visible=False, by=editor, now=now)
    assert badge_of(case).words == Situation.PRETRIAL.label
    services.show_event(event=event, is_visible=True, by=editor, now=now)
    assert badge_of(case).words == Situation.RELEASED.label
    assert log_of(case)[-2:] == ["hide_event", "show_event"]
    assert SituationEvent.objects.count() == 2


# Consents


def give(case: Case, *scopes: str, **more: Any) -> list[CaseConsent]:
    return services.give_consent(
        **{
            "case": case,
            "scopes": scopes,
            "given_by": Giver.FAMILY,
            "given_on": date(2026, 1, 5),
            **more,
        }
    )


def test_a_consent_is_one_row_per_scope_and_one_entry(editor, now):
    case = case_in(State.CANDIDATE, scopes=[])
    give(case, Scope.WORK, Scope.WEB, review_by=date(2027, 1, 5), by=editor, now=now)
    assert set(case.consents.values_list("scope", "given_by", "review_by")) == {
        ("WORK", "FAMILY", date(2027, 1, 5)),
        ("WEB", "FAMILY", date(2027, 1, 5)),
    }
    entry = ModelLogEntry.objects.get(action="cases.give_consent")
    assert entry.data == {"scopes": ["WORK", "WEB"]}


@pytest.mark.parametrize(
    "what",
    [
        {"scopes": ["EVERYTHING"]},
        {"given_by": "NEIGHBOUR"},
        {"given_on": timezone.localdate() + DAY},
        {"ends_on": date(2026, 1, 4)},
        {"given_by": Giver.PUBLIC_RECORD},
    ],
    ids=lambda what: next(iter(what)) + " " + str(next(iter(what.values()))),
)
def test_a_consent_that_makes_no_sense_is_refused(editor, now, what):
    case = case_in(State.ACTIVE, scopes=[Scope.WORK])
    refused(give, **{"case": case, "scopes": [Scope.NAME], **what, "by": editor, "now": now})


def refused_consent(case: Case, *scopes: str, **more: Any) -> list[str]:
    return refused(lambda **arguments: give(case, *scopes, **arguments), **more)


def test_of_several_scopes_none_is_recorded_when_one_is_refused(editor, now):
    case = case_in(State.CANDIDATE, scopes=[])
    refused_consent(case, Scope.WORK, "EVERYTHING", by=editor, now=now)


def test_nobody_consents_for_somebody_of_another_case(editor, now):
    case, other = case_in(State.ACTIVE), case_in(State.ACTIVE)
    refused_consent(case, Scope.NAME, subject=other.subjects.get(), by=editor, now=now)


def test_a_minor_does_not_consent_alone(editor, now):
    case = case_in(State.CANDIDATE, scopes=[])
    mother = case.subjects.get()
    child = CaseSubject.objects.create(case=case, given_name="Teyu", is_minor=True)
    alone = {"given_by": Giver.PERSON, "by": editor, "now": now}
    refused_consent(case, Scope.NAME, subject=child, **alone)
    # Nor does anybody sign for all where a minor is among them.
    refused_consent(case, Scope.NAME, **alone)
    give(case, Scope.NAME, subject=mother, **alone)
    for giver in (Giver.FAMILY, Giver.LAWYER, Giver.LOCAL_NGO):
        give(case, Scope.NAME, subject=child, given_by=giver, by=editor, now=now)


def test_the_public_record_speaks_of_history_only(editor, now):
    history = case_in(State.CLOSED, is_historical=True, scopes=[])
    give(history, Scope.WEB, given_by=Giver.PUBLIC_RECORD, by=editor, now=now)
    assert history.consents.count() == 1


def withdraw(case: Case, scope: str, *, by: Any, now: Any) -> None:
    services.withdraw_consent(consent=case.consents.get(scope=scope), by=by, now=now)


def test_without_consent_to_work_the_case_rests(editor, now):
    case = case_in(State.ACTIVE)
    action = make_urgent_action(case=case)
    withdraw(case, Scope.WORK, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == State.DORMANT
    assert not action.issues.filter(state=UrgentActionIssue.State.OPEN).exists()
    assert log_of(case) == ["withdraw_consent", "rest"]


@pytest.mark.parametrize("state", [State.ACTIVE, State.DORMANT, State.CLOSED])
def test_without_consent_to_publish_the_case_is_taken_down(editor, now, state):
    case = case_in(state)
    withdraw(case, Scope.WEB, by=editor, now=now)
    case.refresh_from_db()
    assert (case.state, case.state_before_hiding) == (State.HIDDEN, state)
    assert log_of(case) == ["withdraw_consent", "hide"]


@pytest.mark.parametrize("state", [State.CANDIDATE, State.CONSENTED, State.HIDDEN, State.REMOVED])
def test_what_is_not_public_stays_where_it_is_when_consent_goes(editor, now, state):
    case = case_in(state)
    withdraw(case, Scope.WEB, by=editor, now=now)
    withdraw(case, Scope.WORK, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == state


@pytest.mark.parametrize("scope", sorted(set(Scope.values) - {Scope.WORK, Scope.WEB}))
def test_every_other_withdrawal_leaves_the_work_going_on(editor, now, scope):
    case = case_in(State.ACTIVE)
    withdraw(case, scope, by=editor, now=now)
    case.refresh_from_db()
    assert case.state == State.ACTIVE
    assert not Case.objects.get(pk=case.pk).permits(scope)
    assert case.consents.get(scope=scope).withdrawn_at == now


def test_a_second_withdrawal_changes_nothing(editor, now):
    case = case_in(State.ACTIVE)
    withdraw(case, Scope.WEB, by=editor, now=now)
    before = every_row()
    withdraw(case, Scope.WEB, by=editor, now=now + DAY)
    assert changed(before, every_row()) == set()


def test_where_somebody_else_still_agrees_the_case_stays_up(editor, now):
    case = case_in(State.ACTIVE)
    make_consent(case, Scope.WEB, given_by=Giver.LAWYER)
    services.withdraw_consent(
        consent=case.consents.filter(scope=Scope.WEB).first(), by=editor, now=now
    )
    case.refresh_from_db()
    assert case.state == State.ACTIVE


@pytest.mark.parametrize(
    ("scope", "state"), [(Scope.WORK, State.DORMANT), (Scope.WEB, State.HIDDEN)]
)
def test_a_consent_that_has_ended_is_followed_by_the_calendar(editor, now, scope, state):
    today = timezone.localdate(now)
    case = case_in(State.ACTIVE, scopes=set(Scope.values) - {scope})
    make_consent(case, scope, ends_on=today)
    action = make_urgent_action(case=case)
    before = every_row()
    services.follow_calendar(now=now)
    assert changed(before, every_row()) == set()  # Its last day is a day.
    with time_machine.travel(now + DAY, tick=False):
        services.follow_calendar(now=now + DAY)
        case.refresh_from_db()
        assert case.state == state
        assert not action.issues.filter(state=UrgentActionIssue.State.OPEN).exists()
        once = every_row()
        services.follow_calendar(now=now + DAY)
        assert changed(once, every_row()) == set()
    assert ModelLogEntry.objects.filter(action__startswith="cases.").get().user is None


def test_a_name_withdrawn_under_an_embargo_has_left_the_short_address_once_it_is_over(editor, now):
    case = case_in(State.ACTIVE, reference="drovik", embargo_until=now + DAY)
    petition = make_petition(case=case, reference="free-drovik")
    services.withdraw_consent(consent=case.consents.get(scope=Scope.SURNAME), by=editor, now=now)
    with time_machine.travel(now + 2 * DAY, tick=False):
        services.follow_calendar(now=now + 2 * DAY)
        for named in (case, petition):
            named.refresh_from_db()
            assert "drovik" not in named.reference


@pytest.mark.parametrize("asleep", [DAY, 10 * DAY], ids=["at once", "after ten days without beat"])
@pytest.mark.parametrize("scope", [Scope.NAME, Scope.SURNAME])
def test_a_name_whose_consent_has_ended_leaves_the_short_address(editor, now, scope, asleep):
    case = case_in(State.ACTIVE, reference="drovik", scopes=set(Scope.values) - {scope})
    make_consent(case, scope, ends_on=timezone.localdate(now))
    petition = make_petition(case=case, reference="free-drovik")
    services.follow_calendar(now=now)
    case.refresh_from_db()
    assert case.reference == "drovik"
    with time_machine.travel(now + asleep, tick=False):
        services.follow_calendar(now=now + asleep)
        case.refresh_from_db()
        petition.refresh_from_db()
        assert "drovik" not in case.reference
        assert "drovik" not in petition.reference


def test_a_name_that_is_withdrawn_leaves_the_short_addresses(editor, now):
    case = case_in(State.ACTIVE, reference="ana-drovik")
    petition = make_petition(case=case, reference="free-ana")
    withdraw(case, Scope.SURNAME, by=editor, now=now)
    case.refresh_from_db()
    petition.refresh_from_db()
    assert (case.reference, petition.reference) == (f"case-{case.pk}", "free-ana")
    withdraw(case, Scope.NAME, by=editor, now=now)
    petition.refresh_from_db()
    assert petition.reference == f"petition-{petition.pk}"


# Embargo


def test_nobody_reads_or_acts_before_an_embargo_ends(editor, now):
    case = case_in(State.ACTIVE)
    petition, action = make_petition(case=case), make_urgent_action(case=case)
    services.set_embargo(case=case, until=now + DAY, by=editor, now=now)
    case.refresh_from_db()
    petition.case.refresh_from_db()
    for moment, is_over in [
        (now, False),
        (now + DAY - timedelta(seconds=1), False),
        (now + DAY, True),
    ]:
        assert case.is_public(at=moment) is is_over
        assert case.takes_acts(at=moment) is is_over
        assert petition.is_open(at=moment) is is_over
    assert not action.issues.filter(state=UrgentActionIssue.State.OPEN).exists()
    assert log_of(case) == ["embargo"]
    assert case.state == State.ACTIVE


def test_an_embargo_can_be_ended_at_once(editor, now):
    case = case_in(State.ACTIVE, embargo_until=now + DAY)
    services.set_embargo(case=case, until=None, by=editor, now=now)
    case.refresh_from_db()
    assert case.embargo_until is None
    assert case.is_public(at=now)


@pytest.mark.parametrize("delay", [timedelta(0), -DAY])
def test_an_embargo_until_a_moment_that_is_past_is_refused(editor, now, delay):
    refused(services.set_embargo, case=case_in(State.ACTIVE), until=now + delay, by=editor, now=now)


def test_the_day_is_counted_where_the_site_is(editor):
    """Half past midnight in Brussels: the event of that day has come, in UTC it has not."""
    from datetime import UTC, datetime

    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        case = case_in(State.ACTIVE)
        record(case, Situation.RELEASED, day=date(2026, 7, 2), by=editor, now=moment)
        assert badge_of(case).since == date(2026, 7, 2)


def test_every_transition_has_a_name_in_the_history():
    from wagtail.log_actions import registry

    expected = {f"cases.{name}" for name in TRANSITIONS} | {
        f"cases.{name}"
        for name in (
            "embargo", "record_event", "show_event", "hide_event", "give_consent",
            "withdraw_consent",
        )
    }  # fmt: skip
    assert expected <= {action for action, _label in registry.get_choices()}


def test_an_action_of_another_case_is_left_alone(editor, now):
    case, other = case_in(State.ACTIVE), make_urgent_action()
    before = list(UrgentAction.objects.filter(pk=other.pk).values())
    move("hide", case, by=editor, now=now)
    assert list(UrgentAction.objects.filter(pk=other.pk).values()) == before
    assert other.issues.get().state == UrgentActionIssue.State.OPEN
