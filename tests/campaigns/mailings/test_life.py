"""Draft, approved by a second person, scheduled, sent: and what is refused on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from campaigns.cases.models import Case
from campaigns.cases.services import hide_case
from campaigns.letters.models import UrgentActionIssue
from campaigns.mailings import services
from campaigns.mailings.models import Mailing, SendingSite
from campaigns.mailings.sending_site import send_from_here
from campaigns.transitions import Refused
from tests.factories.facts import make_case, make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers, prepare, start
from tests.factories.people import make_staff

from .ledger import reasons, states, work

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def audience():
    audience = make_audience()
    make_readers(audience.formula, 4)
    return audience


@pytest.fixture
def now():
    return timezone.now()


def fresh(mailing):
    mailing.refresh_from_db()
    return mailing.state


def test_somebody_else_than_the_author_approves(audience, now):
    author, other = make_staff(), make_staff()
    mailing = make_mailing(audience=audience, state=State.SUBMITTED, author=author)
    for nobody in (author, None):
        with pytest.raises(Refused):
            services.approve_mailing(mailing=mailing, by=nobody, now=now)
    services.approve_mailing(mailing=mailing, by=other, now=now)
    assert fresh(mailing) == State.APPROVED
    assert mailing.approver == other


def test_two_people_press_send_and_one_is_told_that_it_is_done(audience, now):
    mailing = make_mailing(audience=audience)
    services.send_mailing(mailing=mailing, by=None, now=now)
    services.prepare_what_is_due(until=now + timedelta(minutes=1))
    with pytest.raises(Refused, match="prepared"):
        services.send_mailing(mailing=mailing, by=None, now=now)
    assert fresh(mailing) == State.PREPARED


def test_a_schedule_in_the_past_is_refused(audience, now):
    mailing = make_mailing(audience=audience)
    with pytest.raises(Refused, match="past"):
        services.schedule_mailing(
            mailing=mailing, send_at=now - timedelta(hours=1), by=None, now=now
        )
    assert fresh(mailing) == State.APPROVED


def test_an_audience_of_nobody_is_refused(now):
    mailing = make_mailing(audience=make_audience())
    with pytest.raises(Refused, match="nobody"):
        services.send_mailing(mailing=mailing, by=None, now=now)


def test_it_waits_for_its_time(audience, now):
    mailing = make_mailing(audience=audience)
    services.schedule_mailing(mailing=mailing, send_at=now + timedelta(hours=1), by=None, now=now)
    work()
    assert fresh(mailing) == State.SCHEDULED
    services.unschedule_mailing(mailing=mailing, by=None, now=now)
    assert fresh(mailing) == State.APPROVED
    assert mailing.send_at is None


def test_a_schedule_that_was_missed_by_hours_is_shown_and_not_sent(audience, now):
    mailing = make_mailing(audience=audience)
    services.send_mailing(mailing=mailing, by=None, now=now)
    Mailing.objects.update(send_at=now - services.STALE_AFTER - timedelta(minutes=1))
    work()
    assert fresh(mailing) == State.APPROVED
    assert mailing.problem == Mailing.Problem.STALE
    services.send_mailing(mailing=mailing, by=None, now=timezone.now())
    assert fresh(mailing) == State.SCHEDULED
    assert mailing.problem == ""


def test_a_run_that_slept_for_hours_is_paused_and_not_resumed_by_itself(audience, now):
    mailing = start(make_mailing(audience=audience))
    Mailing.objects.update(moved_at=now - services.STALE_AFTER - timedelta(minutes=1))
    work()
    assert fresh(mailing) == State.PAUSED
    assert mailing.problem == Mailing.Problem.ASLEEP
    assert states(mailing) == {"PENDING": 4}
    services.resume_mailing(mailing=mailing, by=None, now=timezone.now())
    work()
    assert states(mailing) == {"ACCEPTED": 4}


def test_a_copy_of_the_database_at_another_address_sends_nothing(audience, now, settings):
    mailing = start(make_mailing(audience=audience))
    settings.BASE_URL = "https://staging.example.org"
    assert work() == 0
    assert states(mailing) == {"PENDING": 4}
    other = make_mailing(audience=audience)
    SendingSite.objects.update(base_url="https://www.example.org")
    with pytest.raises(Refused, match=r"www\.example\.org"):
        services.send_mailing(mailing=other, by=None, now=now)
    send_from_here(now=now)
    assert work() > 0
    assert states(mailing) == {"ACCEPTED": 4}


def test_what_nobody_has_claimed_to_send_is_not_sent(audience, now):
    mailing = start(make_mailing(audience=audience))
    SendingSite.objects.all().delete()
    assert work() == 0
    assert states(mailing) == {"PENDING": 4}


def test_it_can_be_undone_before_it_leaves(audience, now):
    mailing = prepare(make_mailing(audience=audience))
    services.cancel_mailing(mailing=mailing, by=None, now=now)
    assert work() == 0
    assert fresh(mailing) == State.CANCELLED
    assert reasons(mailing) == {"BY_STAFF": 4}
    with pytest.raises(Refused):
        services.resume_mailing(mailing=mailing, by=None, now=now)


def test_what_was_approved_and_sent_back_has_to_be_approved_again(audience, now):
    mailing = make_mailing(audience=audience, approver=make_staff())
    services.send_back_mailing(mailing=mailing, by=None, now=now)
    assert fresh(mailing) == State.DRAFT
    assert mailing.approver is None
    with pytest.raises(Refused):
        services.send_mailing(mailing=mailing, by=None, now=now)


def test_each_step_stands_in_the_history(audience, now):
    mailing = start(make_mailing(audience=audience))
    services.pause_mailing(mailing=mailing, by=None, now=now)
    services.resume_mailing(mailing=mailing, by=None, now=now)
    services.cancel_mailing(mailing=mailing, by=None, now=now)
    actions = ModelLogEntry.objects.filter(object_id=str(mailing.pk)).order_by("timestamp")
    assert list(actions.values_list("action", flat=True)) == [
        f"mailings.{act}" for act in ("schedule", "prepare", "pause", "resume", "cancel")
    ]


def about(action, **more):
    issue = UrgentActionIssue.objects.get(urgent_action=action)
    return {
        "case_id": action.case_id,
        "urgent_action_id": action.pk,
        "issue_id": issue.pk,
        "asks_to_act": True,
        **more,
    }


def test_an_action_that_ended_takes_its_mail_along_whatever_state_it_is_in(audience, now):
    action = make_urgent_action()
    scheduled = make_mailing(audience=audience, **about(action))
    services.schedule_mailing(
        mailing=scheduled, send_at=now + timedelta(minutes=5), by=None, now=now
    )
    prepared = prepare(make_mailing(audience=audience, **about(action)))
    sending = start(make_mailing(audience=audience, **about(action)))
    UrgentActionIssue.objects.update(state=UrgentActionIssue.State.STOPPED)
    work()
    for mailing in (scheduled, prepared, sending):
        assert fresh(mailing) == State.CANCELLED
        assert mailing.problem == Mailing.Problem.ACTION_ENDED
    assert reasons(sending) == {"ACTION_ENDED": 4}


def test_a_deadline_that_comes_before_the_schedule_is_refused(audience, now):
    action = make_urgent_action(days_left=2)
    mailing = make_mailing(audience=audience, **about(action))
    with pytest.raises(Refused, match="over"):
        services.schedule_mailing(
            mailing=mailing, send_at=now + timedelta(days=4), by=None, now=now
        )


def test_news_about_an_action_that_is_over_may_leave(audience, now):
    action = make_urgent_action()
    UrgentActionIssue.objects.update(state=UrgentActionIssue.State.SUCCEEDED)
    mailing = start(make_mailing(audience=audience, **about(action, asks_to_act=False)))
    work()
    assert states(mailing) == {"ACCEPTED": 4}


def test_a_case_that_is_taken_down_stops_its_mails_at_once(
    audience, now, django_capture_on_commit_callbacks
):
    case = make_case()
    mailing = start(make_mailing(audience=audience, case_id=case.pk))
    with django_capture_on_commit_callbacks(execute=True):
        hide_case(case=case, reason="danger", by=make_staff(), now=now)
    assert Case.objects.get(pk=case.pk).state == Case.State.HIDDEN
    assert fresh(mailing) == State.CANCELLED
    assert states(mailing) == {"CANCELLED": 4}


def test_a_name_that_may_no_longer_be_shown_does_not_leave(audience, now):
    case = make_case(given_name="Noor", family_name="Hadesh")
    mailing = start(make_mailing(audience=audience, case_id=case.pk))
    case.consents.filter(scope="NAME").update(withdrawn_at=now)
    work()
    assert fresh(mailing) == State.CANCELLED
    assert states(mailing) == {"CANCELLED": 4}
