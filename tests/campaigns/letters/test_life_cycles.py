"""Whatever is done with cases, issues, events and consents, in whatever order: what must hold.

A machine walks through the services alone. A refusal is a legal answer to anything and must change
nothing; after each step the invariants 1 to 6 of the domain are looked for in the rows themselves,
beside what the selectors tell the pages. Each walk is rolled back.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from campaigns.cases import services as cases
from campaigns.cases.models import (
    Case,
    CaseConsent,
    CaseSubject,
    Office,
    Situation,
    SituationEvent,
)
from campaigns.cases.selectors import badge, people, read_withheld_names
from campaigns.cases.tasks import follow_calendar
from campaigns.letters import services as letters
from campaigns.letters.models import (
    Demand,
    IssueTarget,
    ModelLetter,
    UrgentAction,
    UrgentActionIssue,
)
from campaigns.letters.selectors import deadline
from campaigns.letters.tasks import follow_deadlines
from campaigns.outbox import kinds
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.services import PetitionClosed
from campaigns.transitions import Refused
from home import setup
from home.tasks import follow_cases
from tests.factories.facts import labels, make_case, make_consent, make_office, make_petition
from tests.factories.pages import make_case_page, make_urgent_action_page
from tests.factories.people import make_staff, sign

# Summer time begins ten days later: the walks cross it.
START = datetime(2026, 3, 19, 15, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
State = UrgentActionIssue.State
Scope, Giver = CaseConsent.Scope, CaseConsent.Giver
ISSUED = {State.OPEN, State.EXPIRED, State.STOPPED, State.SUCCEEDED, State.SUPERSEDED}
READABLE = {Case.State.ACTIVE, Case.State.DORMANT, Case.State.CLOSED}
GONE = {Case.State.HIDDEN, Case.State.REMOVED}
# The names that have to appear and disappear, as parts that stand in no other word.
MOTHER, SON = ("Zerlina", "Quastenhof"), ("Teyulo", "Branxter")

which_case = st.sampled_from([0, 0, 0, 1])
which_action = st.sampled_from([0, 0, 0, 1, 2])
# The newest issue mostly.
which_issue = st.sampled_from([0, 0, 0, 1, 2])
how_long = st.sampled_from([None, None, None, 0, 2, 20])
scopes = st.lists(st.sampled_from(Scope.values), min_size=1, max_size=4, unique=True)
words = st.sampled_from([{"fr": "Merci."}, {}, {"nl": " "}])
Rows = dict[str, dict[Any, dict[str, Any]]]
MODELS = (
    Case, CaseSubject, CaseConsent, SituationEvent, SituationEvent.subjects.through, UrgentAction,
    UrgentActionIssue, IssueTarget, Demand, ModelLetter, Petition, Signature, OutgoingMessage,
)  # fmt: skip
TABLES = [*(model._meta.db_table for model in MODELS), "cases_office", "wagtailcore_page"]


class World:
    """What every walk begins with: two cases that nobody has agreed to yet, and their pages."""

    def __init__(self) -> None:
        self.staff = [make_staff(setup.CAMPAIGNERS) for _number in range(2)]
        family = make_case(
            reference="zerlina-quastenhof",
            state=Case.State.CANDIDATE,
            subject=Case.Subject.FAMILY,
            given_name=MOTHER[0],
            family_name=MOTHER[1],
            full_name=f"{' '.join(MOTHER)}, {' '.join(SON)}",
            brief_name=f"{MOTHER[0]}, {SON[0]}",
            alias=labels("a family"),
            scopes=[],
        )
        CaseSubject.objects.create(
            case=family, given_name=SON[0], family_name=SON[1], is_minor=True
        )
        other = make_case(
            state=Case.State.CANDIDATE, given_name="Orsolya", family_name="Mendrik", scopes=[]
        )
        self.cases = [family.pk, other.pk]
        self.petitions = [
            make_petition(case=case, reference=f"zerlina-{case.pk}").pk for case in (family, other)
        ]
        actions = [
            UrgentAction.objects.create(case=case, number=number, year=2026)
            for number, case in enumerate([family, family, other], 1)
        ]
        self.actions = [action.pk for action in actions]
        self.office = make_office().pk
        self.pages = [
            make_case_page(case=family, slug="zerlina-quastenhof", live=False).pk,
            make_urgent_action_page(urgent_action=actions[0], slug="branxter", live=False).pk,
        ]


class LifeCycles(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self._walk = transaction.atomic()
        self._walk.__enter__()
        self._clock = time_machine.travel(START, tick=False)
        self._coordinates = self._clock.start()
        self.now = START
        # Whether beat has come round since time went by.
        self.is_followed = True
        self.open_before: set[int] = set()
        self.rows: Rows = {}
        self.bytes: dict[str, list[tuple[Any, ...]]] = {}
        self.seen: Any = None
        self._read()

    def teardown(self) -> None:
        self._clock.stop()
        transaction.set_rollback(True)
        self._walk.__exit__(None, None, None)

    # Steps

    def attempt(self, act: Callable[..., Any], **arguments: Any) -> bool:
        """Whether it was done. If it was refused: in words, and nothing has changed."""
        try:
            act(**arguments, now=self.now)
        except Refused as refusal:
            reasons = refusal.messages
        else:
            return True
        assert reasons
        assert all(reasons)
        assert self._bytes() == self.bytes
        return False

    def case(self, number: int) -> Case:
        return Case.objects.get(pk=self.world.cases[number])

    def action(self, number: int) -> UrgentAction:
        return UrgentAction.objects.get(pk=self.world.actions[number])

    def issue(self, action: int, back: int) -> UrgentActionIssue | None:
        issues = UrgentActionIssue.objects.filter(urgent_action=self.world.actions[action])
        return issues.order_by("-ordinal")[back : back + 1].first()

    @initialize(
        steps=st.sampled_from([0, 1, 2, 3, 4, 7, 9, 9]),
        days=st.integers(0, 40),
        works=how_long,
        names=how_long,
    )
    def begin(self, steps: int, days: int, works: int | None, names: int | None) -> None:
        """Some walks begin in the middle of the work."""
        author, reviewer = self.world.staff
        family = self.case(0)
        who = {"by": author, "now": self.now}

        def agree() -> None:
            today = self.now.date()
            for scope in (Scope.WORK, Scope.WEB, Scope.NAME, Scope.SURNAME, Scope.IMAGE):
                lasts = works if scope in {Scope.WORK, Scope.WEB} else names
                ends_on = None if lasts is None else today + lasts * DAY
                make_consent(family, scope, given_on=today, ends_on=ends_on)

        begun: list[Callable[[], Any]] = [
            agree,
            lambda: cases.accept_case(case=family, **who),
            lambda: cases.activate_case(case=family, **who),
            lambda: Page.objects.filter(pk__in=self.world.pages).update(live=True),
            lambda: letters.draft_issue(urgent_action=self.action(0), **who),
            lambda: self._fill(self.issue(0, 0), days),
            lambda: letters.submit_issue(issue=self.issue(0, 0), **who),
            lambda: letters.approve_issue(
                issue=self.issue(0, 0), languages=["fr"], by=reviewer, now=self.now
            ),
            lambda: letters.open_issue(issue=self.issue(0, 0), **who),
        ]
        for step in begun[:steps]:
            step()

    def _go_to(self, moment: datetime, *, is_followed: bool) -> None:
        self.now = moment
        self._coordinates.move_to(moment)
        self.is_followed = False
        if is_followed:
            self.beat()

    @rule(hours=st.sampled_from([1, 6, 9, 24, 24 * 7, 24 * 30]), is_followed=st.booleans())
    def time_passes(self, hours: int, is_followed: bool) -> None:
        self._go_to(self.now + hours * HOUR, is_followed=is_followed)

    @rule(is_followed=st.booleans())
    def midnight_passes_in_brussels(self, is_followed: bool) -> None:
        tomorrow = self.now.astimezone(BRUSSELS).date() + DAY
        midnight = datetime.combine(tomorrow, time(), tzinfo=BRUSSELS).astimezone(UTC)
        self._go_to(midnight, is_followed=is_followed)

    @rule()
    def beat(self) -> None:
        follow_deadlines()
        follow_calendar()
        follow_cases()
        self.is_followed = True

    @rule(
        case=which_case,
        scopes=scopes,
        giver=st.sampled_from(Giver.values),
        subject=st.sampled_from([None, None, 0, 1]),
        since=st.sampled_from([-1, 0, 3]),
        lasts=how_long,
        by=st.integers(0, 1),
    )
    def give_consent(self, case, scopes, giver, subject, since, lasts, by) -> None:
        subjects = list(CaseSubject.objects.order_by("pk"))
        day = self.now.date() - since * DAY
        self.attempt(
            cases.give_consent,
            case=self.case(case),
            scopes=scopes,
            given_by=giver,
            given_on=day,
            # Sometimes somebody of the other case.
            subject=None if subject is None else subjects[subject],
            ends_on=None if lasts is None else day + lasts * DAY,
            by=self.world.staff[by],
        )

    @rule(case=which_case, scopes=scopes, lasts=how_long)
    def the_family_agrees(self, case, scopes, lasts) -> None:
        self.attempt(
            cases.give_consent,
            case=self.case(case),
            scopes=[*scopes, Scope.WORK, Scope.WEB],
            given_by=Giver.FAMILY,
            given_on=self.now.date(),
            ends_on=None if lasts is None else self.now.date() + lasts * DAY,
            by=self.world.staff[0],
        )

    @rule(number=st.integers(0, 30))
    def withdraw_consent(self, number) -> None:
        consents = list(CaseConsent.objects.order_by("withdrawn_at", "pk"))
        if consents:
            consent = consents[number % len(consents)]
            assert self.attempt(cases.withdraw_consent, consent=consent, by=self.world.staff[0])

    @rule(
        case=which_case,
        situation=st.sampled_from(["", *Situation.values]),
        days_ago=st.sampled_from([-1, 0, 0, 1, 30]),
        is_visible=st.sampled_from([True, True, False]),
        about=st.sampled_from([(), (), (0,), (0, 1), (2,)]),
        ends_acting=st.booleans(),
    )
    def record_event(self, case, situation, days_ago, is_visible, about, ends_acting) -> None:
        subjects = list(CaseSubject.objects.order_by("pk"))
        before = self.rows["cases.Case"][self.world.cases[case]]["state"]
        is_recorded = self.attempt(
            cases.record_event,
            case=self.case(case),
            facts=cases.EventFacts(
                occurred_on=self.now.astimezone(BRUSSELS).date() - days_ago * DAY,
                situation=situation,
                is_visible=is_visible,
            ),
            subjects=[subjects[number] for number in about],
            ends_acting=ends_acting,
            by=self.world.staff[0],
        )
        rests = is_recorded and ends_acting and before == Case.State.ACTIVE
        assert self.case(case).state == (Case.State.DORMANT if rests else before)

    @rule(number=st.integers(0, 10), is_visible=st.booleans())
    def show_event(self, number, is_visible) -> None:
        events = list(SituationEvent.objects.order_by("-pk"))
        if events:
            event = events[number % len(events)]
            self.attempt(
                cases.show_event, event=event, is_visible=is_visible, by=self.world.staff[0]
            )

    @rule(
        case=which_case,
        name=st.sampled_from(
            ["accept", "activate", "activate", "rest", "reopen", "show", "remove"]
        ),
    )
    def move_case(self, case, name) -> None:
        service = getattr(cases, f"{name}_case")
        self.attempt(service, case=self.case(case), by=self.world.staff[0])

    @rule(case=which_case)
    def hide_case(self, case) -> None:
        self.attempt(cases.hide_case, case=self.case(case), reason="", by=self.world.staff[0])

    @rule(case=which_case, reason=st.sampled_from(["FREED", ""]), text=words)
    def close_case(self, case, reason, text) -> None:
        self.attempt(
            cases.close_case, case=self.case(case), reason=reason, text=text, by=self.world.staff[0]
        )

    @rule(case=which_case, hours=st.sampled_from([None, None, -1, 5, 100]))
    def set_embargo(self, case, hours) -> None:
        until = None if hours is None else self.now + hours * HOUR
        self.attempt(cases.set_embargo, case=self.case(case), until=until, by=self.world.staff[0])

    @rule(which=st.integers(0, 1), left=st.sampled_from([None, -1, 0, 2]))
    def somebody_leaves_or_comes_back(self, which, left) -> None:
        family = self.case(0)
        subject = family.subjects.order_by("pk")[which]
        day = None if left is None else self.now.astimezone(BRUSSELS).date() + left * DAY
        CaseSubject.objects.filter(pk=subject.pk).update(left_on=day)
        self.attempt(cases.follow_change, case=family)
        self.is_followed = False

    @rule(number=st.integers(0, 1))
    def publish(self, number) -> None:
        """An editor presses "publish", whatever the page is about."""
        page = Page.objects.filter(pk=self.world.pages[number], live=False).first()
        if page is not None:
            page.specific.save_revision().publish()

    @rule(action=which_action, by=st.integers(0, 1))
    def draft_issue(self, action, by) -> None:
        self.attempt(
            letters.draft_issue, urgent_action=self.action(action), by=self.world.staff[by]
        )

    @rule(action=which_action, by=st.integers(0, 1), days=st.integers(0, 40))
    def fill_draft(self, action, by, days) -> None:
        """As the form does: whoever changed it last is its author."""
        issue = self.issue(action, 0)
        if issue is not None and issue.is_editable:
            self._fill(issue, days)
            letters.change_author(issue=issue, by=self.world.staff[by])

    def _fill(self, issue: UrgentActionIssue, days: int) -> None:
        IssueTarget.objects.get_or_create(issue=issue, office_id=self.world.office)
        ModelLetter.objects.get_or_create(issue=issue, language="fr", defaults={"text": "…"})
        last_day = self.now.astimezone(BRUSSELS).date() + days * DAY
        UrgentActionIssue.objects.filter(pk=issue.pk).update(act_before=last_day)

    @rule(action=which_action, back=which_issue, days=st.sampled_from([-1, 0, 1, 10]))
    def set_deadline(self, action, back, days) -> None:
        issue = self.issue(action, back)
        if issue is not None:
            last_day = self.now.astimezone(BRUSSELS).date() + days * DAY
            self.attempt(
                letters.set_deadline, issue=issue, act_before=last_day, by=self.world.staff[0]
            )

    @rule(
        action=which_action,
        back=which_issue,
        name=st.sampled_from(["submit", "submit", "send_back", "open", "open", "cancel"]),
        by=st.integers(0, 1),
    )
    def move_issue(self, action, back, name, by) -> None:
        issue = self.issue(action, back)
        if issue is not None:
            service = getattr(letters, f"{name}_issue")
            self.attempt(service, issue=issue, by=self.world.staff[by])

    @rule(
        action=which_action,
        by=st.integers(0, 1),
        languages=st.sampled_from([["fr"], ["fr"], ["nl"], []]),
    )
    def approve_issue(self, action, by, languages) -> None:
        issue = self.issue(action, 0)
        if issue is not None:
            self.attempt(
                letters.approve_issue, issue=issue, languages=languages, by=self.world.staff[by]
            )

    @rule(action=which_action, hours=st.sampled_from([-1, 1, 24]))
    def schedule_issue(self, action, hours) -> None:
        issue = self.issue(action, 0)
        if issue is not None:
            self.attempt(
                letters.schedule_issue,
                issue=issue,
                opens_at=self.now + hours * HOUR,
                by=self.world.staff[0],
            )

    @rule(action=which_action)
    def further_information(self, action) -> None:
        """All of it at once, as far as it goes."""
        author, reviewer = self.world.staff
        if not self.attempt(letters.draft_issue, urgent_action=self.action(action), by=author):
            return
        issue = self.issue(action, 0)
        self._fill(issue, 10)
        letters.submit_issue(issue=issue, by=author, now=self.now)
        letters.approve_issue(issue=issue, languages=["fr"], by=reviewer, now=self.now)
        self._read()
        self.attempt(letters.open_issue, issue=issue, by=author)

    @rule(action=which_action)
    def stop(self, action) -> None:
        self.attempt(
            letters.stop_urgent_action,
            urgent_action=self.action(action),
            reason=UrgentActionIssue.StopReason.DANGER,
            words={},
            by=self.world.staff[0],
        )

    @rule(action=which_action, words=words)
    def record_outcome(self, action, words) -> None:
        self.attempt(
            letters.record_outcome,
            urgent_action=self.action(action),
            words=words,
            by=self.world.staff[0],
        )

    @rule(lines=st.sampled_from(["Lettergate 1", ""]))
    def the_office_moves(self, lines) -> None:
        Office.objects.filter(pk=self.world.office).update(postal_lines=lines)

    @rule(which=st.sampled_from([0, 0, 1]), person=st.integers(0, 3))
    def somebody_signs(self, which, person) -> None:
        petition = Petition.objects.select_related("case").get(pk=self.world.petitions[which])
        may_sign = self._acts_are_taken(petition.case_id)
        try:
            sign(petition, email=f"p{person}@example.org", now=self.now)
        except PetitionClosed:
            assert not may_sign
            assert self._bytes() == self.bytes
        else:
            assert may_sign

    # What must hold

    def _bytes(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row that a step may touch, as the database has it: quick to read and compare."""
        found = {}
        with connection.cursor() as cursor:
            for name in TABLES:
                columns = "id, live, slug" if name == "wagtailcore_page" else "*"
                cursor.execute(f"SELECT {columns} FROM {name} ORDER BY id")  # noqa: S608
                found[name] = cursor.fetchall()
            cursor.execute("SELECT COUNT(*) FROM wagtailcore_modellogentry")
            found["log"] = cursor.fetchall()
        return found

    def _read(self) -> None:
        """Bring `rows` up to what the database holds."""
        before, self.bytes = self.bytes, self._bytes()
        for model in MODELS:
            name = model._meta.db_table
            if before.get(name) != self.bytes[name]:
                rows = model.objects.order_by("pk").values()
                self.rows[model._meta.label] = {row["id"]: row for row in rows}
        self.rows["pages"] = {
            pk: {"live": live, "slug": slug}
            for pk, live, slug in self.bytes["wagtailcore_page"]
            if pk in self.world.pages
        }

    @invariant()
    def everything_holds(self) -> None:
        self._read()
        seen = (self.bytes, self.now, self.is_followed)
        if seen == self.seen:
            return
        self.seen = seen
        self.today = self.now.astimezone(BRUSSELS).date()
        self.cases = {case.pk: case for case in Case.objects.with_situation().with_exposure()}
        self.acting_ends_with_deadline_and_case()
        self.the_chain_is_one()
        self.what_opened_had_all_it_needs()
        self.names_and_pictures_are_shown_under_consent()
        self.what_is_taken_down_is_gone()
        self.situations_follow_from_events_and_closing_from_nothing_but_closing()
        self.open_before = self._open_issues()

    def _open_issues(self) -> set[int]:
        issues = self.rows["letters.UrgentActionIssue"]
        return {pk for pk, issue in issues.items() if issue["state"] == State.OPEN}

    def _issues_of(self, action: int) -> list[dict[str, Any]]:
        issues = self.rows["letters.UrgentActionIssue"].values()
        found = [issue for issue in issues if issue["urgent_action_id"] == action]
        return sorted(found, key=lambda issue: issue["ordinal"])

    def _valid(self, case: int, scope: str) -> list[dict[str, Any]]:
        return [
            consent
            for consent in self.rows["cases.CaseConsent"].values()
            if (consent["case_id"], consent["scope"]) == (case, scope)
            and consent["withdrawn_at"] is None
            and consent["given_on"] <= self.today
            and (consent["ends_on"] is None or consent["ends_on"] >= self.today)
        ]

    def _agreed(self, case: int, scope: str) -> bool:
        """To work or publish: for all, or by one who is part of the case today."""
        members = {
            pk
            for pk, subject in self.rows["cases.CaseSubject"].items()
            if subject["case_id"] == case
            and (subject["left_on"] is None or subject["left_on"] > self.today)
        }
        return any(
            consent["subject_id"] is None or consent["subject_id"] in members
            for consent in self._valid(case, scope)
        )

    def _agreed_by(self, subject: dict[str, Any], scope: str) -> bool:
        """To be named: for all, or by the person."""
        return any(
            consent["subject_id"] in {None, subject["id"]}
            for consent in self._valid(subject["case_id"], scope)
        )

    def _is_out(self, case: dict[str, Any]) -> bool:
        return case["embargo_until"] is None or case["embargo_until"] <= self.now

    def _is_public(self, case: dict[str, Any]) -> bool:
        return (
            case["state"] in READABLE and self._is_out(case) and self._agreed(case["id"], Scope.WEB)
        )

    def _acts_are_taken(self, case: int) -> bool:
        row = self.rows["cases.Case"][case]
        return row["state"] == Case.State.ACTIVE and self._is_out(row)

    def acting_ends_with_deadline_and_case(self) -> None:
        """1. No acting on what is not open or past its last day in Brussels."""
        for action in UrgentAction.objects.with_latest_issue():
            action.case = self.cases[action.case_id]
            issued = [issue for issue in self._issues_of(action.pk) if issue["state"] in ISSUED]
            last = issued[-1] if issued else None
            is_open = (
                last is not None
                and last["state"] == State.OPEN
                and last["act_before"] >= self.today
                and self._acts_are_taken(action.case_id)
            )
            assert deadline(action, now=self.now).is_open is is_open
            if is_open and self.is_followed:
                assert self._agreed(action.case_id, Scope.WORK)
                assert self._agreed(action.case_id, Scope.WEB)
        found = set(Petition.objects.open(at=self.now).values_list("pk", flat=True))
        for petition in Petition.objects.all():
            petition.case = self.cases[petition.case_id]
            may_sign = self._acts_are_taken(petition.case_id)
            assert petition.is_open(at=self.now) is may_sign
            assert (petition.pk in found) is may_sign
        for pk in self._open_issues():
            issue = self.rows["letters.UrgentActionIssue"][pk]
            action = self.rows["letters.UrgentAction"][issue["urgent_action_id"]]
            # Whatever ends acting for a case ends its issues in the same transaction.
            assert self._acts_are_taken(action["case_id"])
            assert issue["act_before"] >= self.today or not self.is_followed

    def the_chain_is_one(self) -> None:
        """2. Only the latest issue is open; ordinals rise; each links the one before it."""
        issues = self.rows["letters.UrgentActionIssue"]
        for action in self.world.actions:
            chain = self._issues_of(action)
            ordinals = [issue["ordinal"] for issue in chain]
            assert ordinals == sorted(set(ordinals))
            assert [issue["id"] for issue in chain] == sorted(issue["id"] for issue in chain)
            is_open = [issue["state"] == State.OPEN for issue in chain]
            assert sum(is_open) <= 1
            issued = [issue for issue in chain if issue["state"] in ISSUED]
            assert all(issue["state"] != State.OPEN for issue in issued[:-1])
            for earlier, later in pairwise(issued):
                assert later["previous_id"] == earlier["id"]
                assert later["kind"] != UrgentActionIssue.Kind.FIRST
            for issue in chain:
                if issue["previous_id"] is not None:
                    before = issues[issue["previous_id"]]
                    assert before["urgent_action_id"] == action
                    assert before["ordinal"] < issue["ordinal"]
            unfinished = [issue for issue in chain if issue["state"] in UrgentActionIssue.UNISSUED]
            assert len(unfinished) <= 1

    def what_opened_had_all_it_needs(self) -> None:
        """3. Letter, addressee, last day, consent, and somebody else who has read it."""
        for pk in self._open_issues() - self.open_before:
            issue = self.rows["letters.UrgentActionIssue"][pk]
            action = self.rows["letters.UrgentAction"][issue["urgent_action_id"]]
            case = self.rows["cases.Case"][action["case_id"]]
            assert any(
                letter["approved_at"] is not None and letter["target_kind"] == "PRIMARY"
                for letter in self.rows["letters.ModelLetter"].values()
                if letter["issue_id"] == pk
            )
            assert any(
                target["role"] == "PRIMARY" and Office.objects.get(pk=target["office_id"]).is_usable
                for target in self.rows["letters.IssueTarget"].values()
                if target["issue_id"] == pk
            )
            assert issue["act_before"] >= self.today
            assert issue["issued_on"] == self.today
            assert issue["reviewer_id"] is not None
            assert issue["reviewer_id"] != issue["author_id"]
            assert case["state"] == Case.State.ACTIVE
            assert self._agreed(case["id"], Scope.WORK)
            assert self._is_public(case)

    def names_and_pictures_are_shown_under_consent(self) -> None:
        """4. Rendered only if the consent is valid today; whatever editors typed besides."""
        typed = " / ".join([*MOTHER, *SON, " ".join(MOTHER), " ".join(SON)])
        concealed = read_withheld_names(now=self.now).concealed(typed)
        case = self.cases[self.world.cases[0]]
        row = self.rows["cases.Case"][case.pk]
        assert case.is_public(at=self.now) is self._is_public(row)
        shown = " / ".join([case.name, case.short_name, *(person.name for person in people(case))])
        addresses = " ".join(
            [
                row["reference"],
                *(petition["reference"] for petition in self._petitions_of(case.pk)),
                *(page["slug"] for page in self.rows["pages"].values()),
            ]
        )
        subjects = [
            subject
            for subject in self.rows["cases.CaseSubject"].values()
            if subject["case_id"] == case.pk
        ]
        for subject, (given_name, family_name) in zip(subjects, [MOTHER, SON], strict=True):
            may_name = self._agreed_by(subject, Scope.NAME)
            may_name_in_full = may_name and self._agreed_by(subject, Scope.SURNAME)
            for name, may_be_shown in ((given_name, may_name), (family_name, may_name_in_full)):
                if not may_be_shown:
                    assert not self._says(shown, name)
                if not (may_be_shown and self._is_public(row)) and row["state"] != "REMOVED":
                    assert not self._says(concealed, name)
                if not may_be_shown and self._is_public(row) and self.is_followed:
                    assert name.lower() not in addresses
        if case.shows_image:
            assert self._valid(case.pk, Scope.IMAGE)

    @staticmethod
    def _says(text: str, name: str) -> bool:
        return re.search(rf"\b{name}\b", text) is not None

    def what_is_taken_down_is_gone(self) -> None:
        """5. No page, no open issue, no mail that would still say anything."""
        for pk, case in self.rows["cases.Case"].items():
            if self._is_public(case):
                continue
            assert not self.cases[pk].is_public(at=self.now)
            if case["state"] in GONE:
                assert not [action for action in self._open_issues() if self._case_of(action) == pk]
            if pk == self.world.cases[0] and (case["state"] in GONE or self.is_followed):
                assert not [page for page in self.rows["pages"].values() if page["live"]]
            petitions = {petition["id"] for petition in self._petitions_of(pk)}
            for message in self.rows["outbox.OutgoingMessage"].values():
                if message["arguments"]["petition"] in petitions:
                    with pytest.raises(kinds.MessageObsolete):
                        kinds.get(message["kind"]).prepare(OutgoingMessage(**message))

    def _petitions_of(self, case: int) -> list[dict[str, Any]]:
        petitions = self.rows["petitions.Petition"].values()
        return [petition for petition in petitions if petition["case_id"] == case]

    def _case_of(self, issue: int) -> int:
        action = self.rows["letters.UrgentActionIssue"][issue]["urgent_action_id"]
        return self.rows["letters.UrgentAction"][action]["case_id"]

    def situations_follow_from_events_and_closing_from_nothing_but_closing(self) -> None:
        """6. The badge is the last visible event about all; who closes says why."""
        about_some = {
            row["situationevent_id"] for row in self.rows["cases.SituationEvent_subjects"].values()
        }
        for case in self.cases.values():
            events = [
                event
                for event in self.rows["cases.SituationEvent"].values()
                if event["case_id"] == case.pk
                and event["is_visible"]
                and event["situation"]
                and event["occurred_on"] <= self.today
                and event["id"] not in about_some
            ]
            last = max(events, key=lambda event: (event["occurred_on"], event["id"]), default=None)
            shown = badge(case)
            assert (shown and shown.since) == (last and last["occurred_on"])
            assert (shown and shown.words) == (last and str(Situation(last["situation"]).label))
            if case.state == Case.State.CLOSED:
                assert case.closing_reason
                assert any(text.strip() for text in case.closing_text.values())
                assert case.closed_on is not None


@pytest.mark.django_db
def test_life_cycles_hold_whatever_is_done_in_whatever_order(site, settings):
    # Nobody searches here, or asks which page uses which picture.
    search = settings.WAGTAILSEARCH_BACKENDS["default"]
    settings.WAGTAILSEARCH_BACKENDS = {"default": {**search, "AUTO_UPDATE": False}}
    with time_machine.travel(START, tick=False):
        LifeCycles.world = World()
    with disable_reference_index_auto_update():
        run_state_machine_as_test(
            LifeCycles,
            settings=hypothesis_settings(
                # The rules are Python's; another database is asked whether it keeps them, too.
                max_examples=300 if connection.vendor == "sqlite" else 60,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
