"""The life of an urgent action's issues: review, opening, the deadline, the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from campaigns.cases import services as case_services
from campaigns.cases.models import Case, CaseConsent, Situation
from campaigns.cases.services import EventFacts
from campaigns.letters import services, tasks
from campaigns.letters.models import (
    DEADLINE_ZONE,
    IssueTarget,
    ModelLetter,
    UrgentAction,
    UrgentActionIssue,
    end_of_day,
)
from campaigns.letters.selectors import chain, content_of_action, deadline
from campaigns.transitions import Refused
from home import setup
from tests.factories.facts import (
    labels,
    make_case,
    make_consent,
    make_issue,
    make_office,
    make_urgent_action,
)
from tests.factories.people import make_staff
from tests.rows import changed, every_row
from tests.steps import LANGUAGES

Kind, State = UrgentActionIssue.Kind, UrgentActionIssue.State
Scope = CaseConsent.Scope
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def author(db):
    return make_staff(setup.CAMPAIGNERS)


@pytest.fixture
def reviewer(db):
    return make_staff(setup.CAMPAIGNERS)


def issue_in(state: str, *, author: Any, reviewer: Any, action: Any = None, **more: Any) -> Any:
    """A first issue with all that it needs, in that state."""
    is_approved = state in {State.APPROVED, State.SCHEDULED}
    issue = make_issue(
        action or make_urgent_action(days_left=None),
        **{
            "state": state,
            "author": author,
            "reviewer": reviewer if is_approved else None,
            "opens_at": timezone.now() + DAY if state == State.SCHEDULED else None,
            "issued_on": None if state in UrgentActionIssue.UNISSUED else timezone.localdate(),
            **more,
        },
    )
    if not is_approved:
        issue.letters.update(approved_at=None)
    return issue


TRANSITIONS: dict[str, Callable[..., Any]] = {
    "submit": services.submit_issue,
    "send_back": services.send_back_issue,
    "approve": lambda **who: services.approve_issue(languages=["fr"], **who),
    "schedule": lambda **who: services.schedule_issue(opens_at=who["now"] + DAY, **who),
    "open": services.open_issue,
    "cancel": services.cancel_issue,
}
# As the domain tells it: from where, to where.
LIFE = {
    ("submit", State.DRAFT): State.IN_REVIEW,
    ("send_back", State.IN_REVIEW): State.DRAFT,
    ("send_back", State.APPROVED): State.DRAFT,
    ("send_back", State.SCHEDULED): State.DRAFT,
    ("approve", State.IN_REVIEW): State.APPROVED,
    ("schedule", State.APPROVED): State.SCHEDULED,
    ("open", State.APPROVED): State.OPEN,
    ("open", State.SCHEDULED): State.OPEN,
    ("cancel", State.DRAFT): State.CANCELLED,
    ("cancel", State.IN_REVIEW): State.CANCELLED,
    ("cancel", State.APPROVED): State.CANCELLED,
    ("cancel", State.SCHEDULED): State.CANCELLED,
}
NOT_ALLOWED = sorted(
    (name, state) for name in TRANSITIONS for state in State.values if (name, state) not in LIFE
)


def refused(act: Callable[..., Any], **arguments: Any) -> list[str]:
    """The reasons for which it is refused; makes sure that no row has changed."""
    before = every_row()
    with pytest.raises(Refused) as refusal:
        act(**arguments)
    assert changed(before, every_row()) == set()
    assert all(reason.strip() for reason in refusal.value.messages)
    return refusal.value.messages


def log_of(action: UrgentAction) -> list[tuple[str, int]]:
    entries = ModelLogEntry.objects.filter(
        object_id=str(action.pk), action__startswith="letters."
    ).order_by("timestamp", "pk")
    return [(entry.action.partition(".")[2], entry.data["issue"]) for entry in entries]


def states(action: UrgentAction) -> list[tuple[str, str]]:
    return list(action.issues.order_by("ordinal").values_list("kind", "state"))


def at(action: UrgentAction, now: datetime) -> Any:
    actions = UrgentAction.objects.with_latest_issue().select_related("case")
    return deadline(actions.get(pk=action.pk), now=now)


# The life cycle


@pytest.mark.parametrize(("name", "state"), sorted(LIFE))
def test_a_transition_leads_where_the_domain_says_and_leaves_an_entry(
    author, reviewer, now, name, state
):
    issue = issue_in(state, author=author, reviewer=reviewer)
    TRANSITIONS[name](issue=issue, by=reviewer, now=now)
    issue.refresh_from_db()
    assert issue.state == LIFE[name, state]
    assert log_of(issue.urgent_action) == [(name, 1)]
    assert ModelLogEntry.objects.get(action=f"letters.{name}").user == reviewer


@pytest.mark.parametrize(("name", "state"), NOT_ALLOWED)
def test_every_other_transition_is_refused_and_changes_no_row(author, reviewer, now, name, state):
    issue = issue_in(state, author=author, reviewer=reviewer)
    with translation.override("en"):
        [reason] = refused(TRANSITIONS[name], issue=issue, by=reviewer, now=now)
        assert issue.get_state_display() in reason


def test_a_refusal_speaks_the_readers_language(author, reviewer, now):
    issue = issue_in(State.EXPIRED, author=author, reviewer=reviewer)
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            [said[language]] = refused(services.open_issue, issue=issue, by=reviewer, now=now)
    assert len(set(said.values())) == len(LANGUAGES)
    assert not [words for code, words in said.items() if code != "en" and "cannot" in words], said


def test_from_the_first_draft_to_an_open_issue(author, reviewer, now):
    action = make_urgent_action(days_left=None)
    issue = services.draft_issue(urgent_action=action, by=author, now=now)
    assert (issue.kind, issue.ordinal, issue.previous, issue.author) == (
        Kind.FIRST, 1, None, author,
    )  # fmt: skip
    IssueTarget.objects.create(issue=issue, office=make_office())
    ModelLetter.objects.create(issue=issue, language="fr", text="Je vous écris.")
    today = timezone.localdate(now, timezone=DEADLINE_ZONE)
    services.set_deadline(issue=issue, act_before=today, by=author, now=now)
    services.submit_issue(issue=issue, by=author, now=now)
    assert not at(action, now).is_open
    services.approve_issue(issue=issue, languages=["fr"], by=reviewer, now=now)
    services.open_issue(issue=issue, by=author, now=now)
    issue.refresh_from_db()
    assert (issue.state, issue.issued_on, issue.reviewer) == (State.OPEN, today, reviewer)
    assert at(action, now).is_open
    assert log_of(action) == [
        (name, 1) for name in ("draft", "set_deadline", "submit", "approve", "open")
    ]


def test_every_transition_has_a_name_in_the_history():
    from wagtail.log_actions import registry

    others = [
        "draft", "set_deadline", "not_opened", "supersede", "end", "stop", "outcome", "expire",
        "withdraw",
    ]  # fmt: skip
    known = {action for action, _label in registry.get_choices()}
    assert {f"letters.{name}" for name in [*TRANSITIONS, *others]} <= known


# Review


def test_nobody_reviews_what_they_wrote(author, reviewer, now):
    issue = issue_in(State.IN_REVIEW, author=author, reviewer=None)
    for nobody in (author, None):
        refused(services.approve_issue, issue=issue, languages=["fr"], by=nobody, now=now)
    services.approve_issue(issue=issue, languages=["fr"], by=reviewer, now=now)


def test_the_database_itself_keeps_author_and_reviewer_apart(author):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_issue(make_urgent_action(days_left=None), author=author, reviewer=author)


def test_whoever_changed_a_draft_last_cannot_review_it(author, reviewer, now):
    issue = issue_in(State.DRAFT, author=author, reviewer=None)
    services.change_author(issue=issue, by=reviewer)
    services.submit_issue(issue=issue, by=reviewer, now=now)
    refused(services.approve_issue, issue=issue, languages=["fr"], by=reviewer, now=now)
    services.approve_issue(issue=issue, languages=["fr"], by=author, now=now)


@pytest.mark.parametrize("state", sorted(set(State.values) - {State.DRAFT}))
def test_what_is_no_draft_keeps_its_author(author, reviewer, state):
    issue = issue_in(state, author=author, reviewer=reviewer)
    before = every_row()
    services.change_author(issue=issue, by=make_staff())
    assert changed(before, every_row()) <= {"users.User", "users.User_groups"}


def test_only_the_letters_that_were_read_are_approved(author, reviewer, now):
    issue = issue_in(State.IN_REVIEW, author=author, reviewer=None)
    ModelLetter.objects.create(issue=issue, language="nl", text="Ik schrijf u.")
    services.approve_issue(issue=issue, languages=["fr"], by=reviewer, now=now)
    approved = issue.letters.filter(approved_at__isnull=False)
    assert list(approved.values_list("language", "approved_by")) == [("fr", reviewer.pk)]


def test_sending_back_takes_every_approval_back(author, reviewer, now):
    issue = issue_in(State.SCHEDULED, author=author, reviewer=reviewer)
    services.send_back_issue(issue=issue, by=author, now=now)
    issue.refresh_from_db()
    assert (issue.state, issue.reviewer, issue.opens_at) == (State.DRAFT, None, None)
    assert not issue.letters.exclude(approved_at=None, approved_by=None).exists()
    assert issue.is_editable


# What stands against opening


def approved_issue(author: Any, reviewer: Any, **more: Any) -> UrgentActionIssue:
    return issue_in(State.APPROVED, author=author, reviewer=reviewer, **more)


def withdraw_work(issue: UrgentActionIssue) -> None:
    CaseConsent.objects.filter(scope=Scope.WORK).update(withdrawn_at=timezone.now())


LACKS: dict[str, Callable[[UrgentActionIssue], Any]] = {
    "approved letter": lambda issue: issue.letters.update(approved_at=None),
    "letter to the addressee": lambda issue: issue.letters.update(target_kind="COPY"),
    "letter": lambda issue: issue.letters.all().delete(),
    "addressee": lambda issue: issue.targets.all().delete(),
    "addressee who can be reached": lambda issue: type(issue.targets.get().office).objects.update(
        postal_lines=""
    ),
    "addressee but for copies": lambda issue: issue.targets.update(role="COPY"),
    "last day": lambda issue: UrgentActionIssue.objects.update(act_before=None),
    "last day to come": lambda issue: UrgentActionIssue.objects.update(
        act_before=timezone.localdate() - DAY
    ),
    "reviewer": lambda issue: UrgentActionIssue.objects.update(reviewer=None),
    "consent to work": withdraw_work,
    "consent to work any longer": lambda issue: CaseConsent.objects.filter(scope=Scope.WORK).update(
        ends_on=timezone.localdate() - DAY
    ),
    "consent to publish": lambda issue: CaseConsent.objects.filter(scope=Scope.WEB).update(
        withdrawn_at=timezone.now()
    ),
    "active case": lambda issue: Case.objects.update(state=Case.State.DORMANT),
    "case that is out": lambda issue: Case.objects.update(embargo_until=timezone.now() + 9 * DAY),
    "place at the end of the chain": lambda issue: make_issue(
        issue.urgent_action, state=State.EXPIRED, kind=Kind.FURTHER_INFORMATION
    ),
}


@pytest.mark.parametrize("name", ["open", "schedule"])
@pytest.mark.parametrize("what", LACKS)
def test_an_issue_that_lacks_something_does_not_open_and_says_what(
    author, reviewer, now, what, name
):
    issue = approved_issue(author, reviewer)
    LACKS[what](issue)
    assert len(refused(TRANSITIONS[name], issue=issue, by=author, now=now)) == 1


def test_all_that_is_missing_is_said_at_once(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    for what in ("letter", "addressee", "last day", "reviewer", "consent to work", "active case"):
        LACKS[what](issue)
    issue = UrgentActionIssue.objects.get(pk=issue.pk)
    assert len(set(services.reasons_not_to_open(issue=issue, now=now))) == 6
    assert len(refused(services.open_issue, issue=issue, by=author, now=now)) == 6


def test_each_reason_is_said_in_words_of_its_own(author, reviewer, now):
    said = set()
    for what in LACKS:
        with transaction.atomic():
            issue = approved_issue(author, reviewer)
            LACKS[what](issue)
            issue = UrgentActionIssue.objects.get(pk=issue.pk)
            said.update(services.reasons_not_to_open(issue=issue, now=now))
            transaction.set_rollback(True)
    assert len(said) == 9


def test_nothing_stands_against_an_issue_that_has_everything(author, reviewer, now):
    issue = approved_issue(author, reviewer, act_before=timezone.localdate(now))
    assert services.reasons_not_to_open(issue=issue, now=now) == []
    services.open_issue(issue=issue, by=author, now=now)


@pytest.mark.parametrize("channel", ["email", "phone", "fax", "social"])
def test_any_channel_is_enough_to_reach_an_addressee(author, reviewer, now, channel):
    issue = approved_issue(author, reviewer)
    office = issue.targets.get().office
    type(office).objects.filter(pk=office.pk).update(**{"postal_lines": "", channel: "x"})
    services.open_issue(issue=issue, by=author, now=now)


def test_an_approved_letter_in_one_language_is_enough(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    issue.letters.update(language="es")
    services.open_issue(issue=issue, by=author, now=now)


# The chain


def further(action: UrgentAction, author: Any, reviewer: Any, now: datetime) -> UrgentActionIssue:
    """Further information, approved."""
    issue = services.draft_issue(urgent_action=action, by=author, now=now)
    services.set_deadline(
        issue=issue, act_before=timezone.localdate(now) + 30 * DAY, by=author, now=now
    )
    services.submit_issue(issue=issue, by=author, now=now)
    services.approve_issue(issue=issue, languages=["fr"], by=reviewer, now=now)
    issue.refresh_from_db()
    return issue


def test_further_information_begins_with_what_was_asked_before_and_nothing_approved(author, now):
    action = make_urgent_action()
    first = action.issues.get()
    UrgentActionIssue.objects.update(languages_wanted="es, en", what_changed=labels("Ill"))
    issue = services.draft_issue(urgent_action=action, by=author, now=now)
    assert (issue.kind, issue.ordinal, issue.previous) == (Kind.FURTHER_INFORMATION, 2, first)
    issue.refresh_from_db()
    assert (issue.languages_wanted, issue.what_changed) == ("es, en", {})
    assert issue.act_before is None
    assert [target.office for target in issue.targets.all()] == [
        target.office for target in first.targets.all()
    ]
    assert [demand.text for demand in issue.demands.all()] == [
        demand.text for demand in first.demands.all()
    ]
    [letter] = issue.letters.all()
    assert (letter.text, letter.approved_at) == ("Je vous écris.", None)
    # What was sent out stays as it was.
    assert first.letters.get().approved_at is not None


def test_a_draft_changes_nothing_for_the_public(author, reviewer, now):
    action = make_urgent_action(days_left=3)
    before = at(action, now)
    further(action, author, reviewer, now)
    assert at(action, now) == before


def test_the_second_issue_supersedes_the_first(author, reviewer, now):
    action = make_urgent_action(days_left=3)
    issue = further(action, author, reviewer, now)
    services.open_issue(issue=issue, by=author, now=now)
    assert states(action) == [
        (Kind.FIRST, State.SUPERSEDED),
        (Kind.FURTHER_INFORMATION, State.OPEN),
    ]
    first = action.issues.get(ordinal=1)
    assert first.ended_on == timezone.localdate(now)
    assert at(action, now).act_before == timezone.localdate(now) + 30 * DAY
    assert log_of(action)[-2:] == [("supersede", 1), ("open", 2)]
    assert [found.ordinal for found in chain(action)] == [1, 2]


def test_further_information_follows_an_issue_that_has_expired(author, reviewer, now):
    action = make_urgent_action(days_left=-3)
    services.expire_issues(now=now)
    services.open_issue(issue=further(action, author, reviewer, now), by=author, now=now)
    assert states(action) == [(Kind.FIRST, State.EXPIRED), (Kind.FURTHER_INFORMATION, State.OPEN)]
    assert at(action, now).is_open


@pytest.mark.parametrize("state", sorted(UrgentActionIssue.UNISSUED))
def test_there_is_one_unfinished_issue_at_a_time(author, reviewer, now, state):
    issue = issue_in(state, author=author, reviewer=reviewer)
    [reason] = refused(services.draft_issue, urgent_action=issue.urgent_action, by=author, now=now)
    assert "1" in reason
    services.cancel_issue(issue=issue, by=author, now=now)
    again = services.draft_issue(urgent_action=issue.urgent_action, by=author, now=now)
    assert (again.ordinal, again.kind, again.previous) == (2, Kind.FIRST, None)


def test_the_database_itself_holds_one_open_issue_per_action(db):
    action = make_urgent_action()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_issue(action, kind=Kind.FURTHER_INFORMATION)


def test_an_issue_that_was_superseded_never_opens_again(author, reviewer, now):
    action = make_urgent_action()
    services.open_issue(issue=further(action, author, reviewer, now), by=author, now=now)
    first = action.issues.get(ordinal=1)
    for name in TRANSITIONS:
        refused(TRANSITIONS[name], issue=first, by=reviewer, now=now)


def test_of_two_people_who_open_at_once_one_is_refused(own_database, now):
    author, reviewer = make_staff(setup.CAMPAIGNERS), make_staff(setup.CAMPAIGNERS)
    issue = approved_issue(author, reviewer)
    barrier = Barrier(2)

    def open_it(by: Any) -> bool:
        barrier.wait()
        try:
            services.open_issue(issue=UrgentActionIssue.objects.get(pk=issue.pk), by=by, now=now)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(open_it, [author, reviewer])) == [False, True]
    assert log_of(issue.urgent_action) == [("open", 1)]


# The end


def stop(action: UrgentAction, *, by: Any, now: datetime) -> UrgentActionIssue:
    return services.stop_urgent_action(
        urgent_action=action,
        reason=UrgentActionIssue.StopReason.DANGER,
        words={"fr": "N’écrivez plus."},
        by=by,
        now=now,
    )


def outcome(action: UrgentAction, *, by: Any, now: datetime) -> UrgentActionIssue:
    return services.record_outcome(
        urgent_action=action, words={"fr": "Elle est libre."}, by=by, now=now
    )


def test_stopping_needs_no_second_person_and_ends_acting_at_once(author, now):
    action = make_urgent_action()
    ending = stop(action, by=author, now=now)
    assert states(action) == [(Kind.FIRST, State.STOPPED), (Kind.STOP, State.STOPPED)]
    assert ending.previous == action.issues.get(ordinal=1)
    assert (ending.stop_reason, ending.words) == ("DANGER", {"fr": "N’écrivez plus."})
    assert not at(action, now).is_open
    assert log_of(action) == [("end", 1), ("stop", 2)]


@pytest.mark.parametrize("end", [stop, outcome])
def test_an_end_takes_what_was_being_prepared_with_it(author, reviewer, now, end):
    action = make_urgent_action()
    further(action, author, reviewer, now)
    ending = end(action, by=author, now=now)
    state = State.STOPPED if end is stop else State.SUCCEEDED
    assert [found for _kind, found in states(action)] == [state, State.CANCELLED, state]
    assert (ending.ordinal, ending.previous.ordinal) == (3, 1)


@pytest.mark.parametrize("state", sorted(set(UrgentActionIssue.ISSUED) - {State.OPEN}))
def test_what_is_over_is_not_stopped_again(author, reviewer, now, state):
    issue = issue_in(state, author=author, reviewer=reviewer)
    refused(stop, action=issue.urgent_action, by=author, now=now)


@pytest.mark.parametrize("end", [stop, outcome])
@pytest.mark.parametrize("state", sorted(UrgentActionIssue.UNISSUED | {State.CANCELLED}))
def test_what_is_not_out_has_no_end(author, reviewer, now, state, end):
    issue = issue_in(state, author=author, reviewer=reviewer)
    refused(end, action=issue.urgent_action, by=author, now=now)


@pytest.mark.parametrize("reason", ["", "BORED"])
def test_stopping_for_no_reason_that_is_known_is_refused(author, now, reason):
    refused(
        services.stop_urgent_action,
        urgent_action=make_urgent_action(),
        reason=reason,
        words={},
        by=author,
        now=now,
    )


def test_an_outcome_needs_words(author, now):
    action = make_urgent_action()
    for words in ({}, {"fr": " ", "nl": ""}):
        refused(services.record_outcome, urgent_action=action, words=words, by=author, now=now)


@pytest.mark.parametrize("state", [State.OPEN, State.EXPIRED, State.STOPPED])
def test_an_outcome_can_be_recorded_once_after_any_end(author, reviewer, now, state):
    action = issue_in(state, author=author, reviewer=reviewer).urgent_action
    ending = outcome(action, by=author, now=now)
    kept = State.SUCCEEDED if state == State.OPEN else state
    assert states(action) == [(Kind.FIRST, kept), (Kind.OUTCOME, State.SUCCEEDED)]
    assert ending.previous.ordinal == 1
    refused(outcome, action=action, by=author, now=now)


def test_an_outcome_after_a_stop_follows_the_stop(author, now):
    action = make_urgent_action()
    ending = stop(action, by=author, now=now)
    assert outcome(action, by=author, now=now).previous == ending
    assert [found.ordinal for found in chain(action)] == [1, 2, 3]


# The deadline

ZONES = ["UTC", "Europe/Brussels", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"]
LAST_SECONDS = {
    "summer": (date(2026, 7, 1), datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)),
    "winter": (date(2026, 12, 1), datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)),
    "clocks go forward": (date(2026, 3, 29), datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),
    "clocks go back": (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("half", LAST_SECONDS)
def test_an_issue_expires_after_the_last_second_in_brussels_wherever_the_server_is(
    db, settings, half, zone
):
    last_day, last_second = LAST_SECONDS[half]
    settings.TIME_ZONE = zone
    with timezone.override(ZoneInfo(zone)), time_machine.travel(last_second, tick=False):
        action = make_urgent_action(days_left=None)
        make_issue(action, act_before=last_day, issued_on=last_day - 9 * DAY)
        assert at(action, last_second).is_open
        assert at(action, last_second).days_left == 0
        assert services.expire_issues(now=last_second) == 0
    with timezone.override(ZoneInfo(zone)), time_machine.travel(last_second + SECOND, tick=False):
        # Nobody needs to have noticed yet.
        assert not at(action, last_second + SECOND).is_open
        assert services.expire_issues(now=last_second + SECOND) == 1
        assert services.expire_issues(now=last_second + SECOND) == 0
    issue = action.issues.get()
    assert (issue.state, issue.ended_on) == (State.EXPIRED, last_day)
    assert log_of(action) == [("expire", 1)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("half", LAST_SECONDS)
def test_an_issue_opens_until_the_last_second_wherever_the_server_is(
    author, reviewer, settings, half, zone
):
    last_day, last_second = LAST_SECONDS[half]
    settings.TIME_ZONE = zone
    with timezone.override(ZoneInfo(zone)), time_machine.travel(last_second, tick=False):
        issue = approved_issue(author, reviewer, act_before=last_day)
        assert services.reasons_not_to_open(issue=issue, now=last_second) == []
        late = last_second + SECOND
    with timezone.override(ZoneInfo(zone)), time_machine.travel(late, tick=False):
        refused(services.open_issue, issue=issue, by=author, now=late)
    with timezone.override(ZoneInfo(zone)), time_machine.travel(last_second, tick=False):
        services.open_issue(issue=issue, by=author, now=last_second)
        issue.refresh_from_db()
        assert (issue.state, issue.issued_on) == (State.OPEN, last_day)


def test_the_last_moment_of_a_day_is_the_same_wherever_the_server_is():
    for zone in ZONES:
        with timezone.override(ZoneInfo(zone)):
            for day, last_second in LAST_SECONDS.values():
                assert last_second < end_of_day(day) < last_second + SECOND


def test_every_due_issue_expires_in_one_round(db, now):
    due = [make_urgent_action(days_left=-number) for number in (1, 2, 3)]
    kept = make_urgent_action(days_left=0)
    assert services.expire_issues(now=now) == 3
    assert {action.issues.get().state for action in due} == {State.EXPIRED}
    assert kept.issues.get().state == State.OPEN


def test_a_deadline_in_the_past_is_refused(author, reviewer):
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # The 2nd in Brussels.
    with time_machine.travel(moment, tick=False):
        issue = issue_in(State.DRAFT, author=author, reviewer=None)
        refused(
            services.set_deadline,
            issue=issue,
            act_before=date(2026, 7, 1),
            by=author,
            now=moment,
        )
        services.set_deadline(issue=issue, act_before=date(2026, 7, 2), by=author, now=moment)
        issue.refresh_from_db()
        assert issue.act_before == date(2026, 7, 2)


@pytest.mark.parametrize("state", sorted(set(State.values) - UrgentActionIssue.UNISSUED))
def test_the_deadline_of_what_is_out_stays(author, reviewer, now, state):
    issue = issue_in(state, author=author, reviewer=reviewer)
    later = timezone.localdate(now) + 90 * DAY
    refused(services.set_deadline, issue=issue, act_before=later, by=author, now=now)


# At its moment


def test_a_scheduled_issue_opens_at_its_moment_and_not_before(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    services.schedule_issue(issue=issue, opens_at=now + DAY, by=author, now=now)
    with time_machine.travel(now + DAY - SECOND, tick=False):
        tasks.follow_deadlines()
        issue.refresh_from_db()
        assert issue.state == State.SCHEDULED
    with time_machine.travel(now + DAY, tick=False):
        tasks.follow_deadlines()
        issue.refresh_from_db()
        assert (issue.state, issue.opens_at) == (State.OPEN, None)
        assert at(issue.urgent_action, now + DAY).is_open
    assert log_of(issue.urgent_action) == [("schedule", 1), ("open", 1)]


@pytest.mark.parametrize("delay", [timedelta(0), -SECOND])
def test_an_issue_is_scheduled_for_a_moment_to_come(author, reviewer, now, delay):
    refused(
        services.schedule_issue,
        issue=approved_issue(author, reviewer),
        opens_at=now + delay,
        by=author,
        now=now,
    )


def test_an_issue_that_will_be_past_its_last_day_is_not_scheduled(author, reviewer, now):
    issue = approved_issue(author, reviewer, act_before=timezone.localdate(now) + DAY)
    refused(services.schedule_issue, issue=issue, opens_at=now + 3 * DAY, by=author, now=now)


def test_what_cannot_open_at_its_moment_goes_back_and_the_log_says_why(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    other = approved_issue(author, reviewer)
    for each in (issue, other):
        services.schedule_issue(issue=each, opens_at=now + DAY, by=author, now=now)
    issue.letters.all().delete()
    with time_machine.travel(now + DAY, tick=False):
        services.open_scheduled_issues(now=now + DAY)
    issue.refresh_from_db()
    assert (issue.state, issue.opens_at) == (State.APPROVED, None)
    entry = ModelLogEntry.objects.get(action="letters.not_opened")
    assert len(entry.data["reasons"]) == 1
    # The next one is not held up by it.
    other.refresh_from_db()
    assert other.state == State.OPEN


# With its case


def test_taking_a_case_down_withdraws_all_that_could_be_acted_on(author, reviewer, now):
    case = make_case()
    kept, *issues = [
        issue_in(
            state,
            author=author,
            reviewer=reviewer,
            action=make_urgent_action(case=case, days_left=None),
        )
        for state in [State.EXPIRED, State.OPEN, *sorted(UrgentActionIssue.UNISSUED)]
    ]
    case_services.hide_case(case=case, reason="", by=author, now=now)
    for issue in issues:
        issue.refresh_from_db()
        assert issue.state == State.WITHDRAWN
        assert log_of(issue.urgent_action) == [("withdraw", 1)]
    kept.refresh_from_db()
    assert kept.state == State.EXPIRED


def test_after_a_case_comes_back_nothing_of_it_opens_by_itself(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    case = issue.urgent_action.case
    services.schedule_issue(issue=issue, opens_at=now + DAY, by=author, now=now)
    case_services.hide_case(case=case, reason="", by=author, now=now)
    case_services.show_case(case=case, by=author, now=now)
    case_services.activate_case(case=case, by=author, now=now)
    with time_machine.travel(now + DAY, tick=False):
        tasks.follow_deadlines()
    issue.refresh_from_db()
    assert issue.state == State.WITHDRAWN


@pytest.mark.parametrize(
    "end",
    [
        lambda **who: case_services.rest_case(**who),
        lambda **who: case_services.close_case(reason="FREED", text={"fr": "Merci."}, **who),
        lambda **who: case_services.set_embargo(until=timezone.now() + 9 * DAY, **who),
        lambda **who: case_services.record_event(
            facts=EventFacts(date(2026, 2, 1), Situation.RELEASED), ends_acting=True, **who
        ),
    ],
    ids=["rest", "close", "embargo", "event"],
)
def test_when_acting_ends_what_is_open_stops_and_what_is_scheduled_waits(
    author, reviewer, now, end
):
    case = make_case()
    open_action = make_urgent_action(case=case)
    action = make_urgent_action(case=case, days_left=None)
    scheduled = issue_in(State.SCHEDULED, author=author, reviewer=reviewer, action=action)
    end(case=case, by=author, now=now)
    assert states(open_action) == [(Kind.FIRST, State.STOPPED), (Kind.STOP, State.STOPPED)]
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.opens_at) == (State.APPROVED, None)
    with time_machine.travel(now + 2 * DAY, tick=False):
        tasks.follow_deadlines()
    scheduled.refresh_from_db()
    assert scheduled.state == State.APPROVED


# What a reader gets


def read(action: UrgentAction, language: str, now: datetime) -> Any:
    actions = UrgentAction.objects.with_latest_issue().select_related("case")
    found = actions.get(pk=action.pk)
    return content_of_action(found, chain(found), now=now, language=language)


def test_an_action_that_is_not_out_asks_for_nothing(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    assert read(issue.urgent_action, "fr", now) is None


def test_further_information_asks_for_something_else_from_the_moment_it_opens(
    author, reviewer, now
):
    action = make_urgent_action()
    issue = further(action, author, reviewer, now)
    issue.demands.update(text=labels("to let her see a doctor"))
    assert str(read(action, "fr", now).demands[0]) == "to release her at once (fr)"
    services.open_issue(issue=issue, by=author, now=now)
    assert str(read(action, "nl", now).demands[0]) == "to let her see a doctor (nl)"


@pytest.mark.parametrize("end", [stop, outcome])
def test_an_action_that_has_ended_says_what_it_asked_and_how_it_ended(author, now, end):
    action = make_urgent_action()
    words = str(read(action, "fr", now).words)
    ending = end(action, by=author, now=now)
    found = read(action, "fr", now)
    assert found.issue == ending
    assert str(found.words) == ending.words["fr"] != words
    assert str(found.demands[0]) == "to release her at once (fr)"


def test_a_letter_is_addressed_and_closed_in_its_own_language(db, now):
    action = make_urgent_action()
    ModelLetter.objects.create(
        issue=action.issues.get(), language="nl", text="Ik schrijf u.", approved_at=now
    )
    ModelLetter.objects.create(
        issue=action.issues.get(), language="en", text="I write.", approved_at=None
    )
    letters = read(action, "nl", now).letters
    assert [(letter.language, letter.salutation, letter.is_foreign) for letter in letters] == [
        ("nl", "Dear Sir or Madam, (nl)", False),
        ("fr", "Dear Sir or Madam, (fr)", True),
    ]


def test_a_letter_in_a_language_without_forms_of_address_mixes_no_other_in(db, now):
    action = make_urgent_action()
    ModelLetter.objects.update(language="es")
    [letter] = read(action, "fr", now).letters
    assert (letter.salutation, letter.closing, letter.is_foreign) == ("", "", True)


def test_words_of_the_letter_itself_come_before_those_of_the_office(db, now):
    action = make_urgent_action()
    ModelLetter.objects.update(salutation="Excellence,", closing="Bien à vous,")
    [letter] = read(action, "fr", now).letters
    assert (letter.salutation, letter.closing) == ("Excellence,", "Bien à vous,")


def test_what_holds_is_read_in_a_few_queries_whatever_its_length(
    db, now, django_assert_num_queries
):
    action = make_urgent_action()
    issue = action.issues.get()
    for language in ("nl", "de", "es"):
        ModelLetter.objects.create(issue=issue, language=language, text="x", approved_at=now)
        IssueTarget.objects.create(issue=issue, role="COPY", office=make_office())
    IssueTarget.objects.create(issue=issue, role="EMBASSY")
    with django_assert_num_queries(7):
        read(action, "fr", now)


def test_an_embassy_follows_from_the_country_and_an_office_is_chosen(db):
    issue = make_urgent_action().issues.get()
    for role, office in [("EMBASSY", make_office()), ("PRIMARY", None), ("COPY", None)]:
        with pytest.raises(ValidationError):
            IssueTarget(issue=issue, role=role, office=office).full_clean()


def test_a_demand_has_words_in_some_language(db):
    demand = make_urgent_action().issues.get().demands.get()
    demand.text = {}
    with pytest.raises(ValidationError):
        demand.full_clean()
    demand.text = {"nl": "haar vrij te laten"}
    demand.full_clean()


def test_consent_to_work_that_somebody_gives_again_lets_an_issue_open(author, reviewer, now):
    issue = approved_issue(author, reviewer)
    withdraw_work(issue)
    refused(services.open_issue, issue=issue, by=author, now=now)
    make_consent(issue.urgent_action.case, Scope.WORK)
    services.open_issue(issue=issue, by=author, now=now)
