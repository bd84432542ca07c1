"""Chunks are claimed, looked at again, handed over and accounted for, whatever the answer."""

import uuid
from datetime import timedelta

import pytest
import requests
from django.core import mail
from django.utils import timezone

from campaigns.letters.models import UrgentActionIssue
from campaigns.mailings import services
from campaigns.mailings.models import Chunk, Delivery, Mailing
from campaigns.mailings.services import delivering
from campaigns.outbox.models import RateBucket, Suppression
from campaigns.supporters.models import Subscription, Supporter
from tests.factories.facts import make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers, start

from .ledger import reasons, states, work
from .scripted import SEVERAL, provider

pytestmark = pytest.mark.django_db
State = Mailing.State
KEYED = {"key_lifetime": timedelta(hours=23)}


@pytest.fixture
def audience():
    return make_audience()


def started(audience, number=10, **fields):
    make_readers(audience.formula, number, language="fr")
    return start(make_mailing(audience=audience, **fields))


def let_leases_end():
    Chunk.objects.exclude(claimed_until=None).update(
        claimed_until=timezone.now() - timedelta(seconds=1)
    )


def let_waits_end():
    Chunk.objects.update(not_before=None)
    RateBucket.objects.update(stopped_until=None)


def recipients():
    return [address.addr_spec for sent in mail.outbox for address in sent.anymail_test_params["to"]]


def test_several_go_in_one_call_with_their_own_words_headers_and_numbers(settings, audience):
    with provider(settings, **SEVERAL):
        mailing = started(audience, 3)
        assert work() == 1
    [call] = mail.outbox
    told = call.anymail_test_params
    assert call.anymail_test_params["is_batch_send"]
    assert "%recipient.greeting%" in call.body
    for row in Delivery.objects.filter(mailing=mailing).select_related("supporter"):
        address = row.supporter.email
        assert told["merge_metadata"][address] == {"delivery": str(row.pk)}
        stop = told["merge_headers"][address]["List-Unsubscribe"]
        assert stop.startswith("<http://localhost:8000/fr/m/stop/")
        assert stop.strip("<>") == told["merge_data"][address]["stop_link"]
        assert told["merge_data"][address]["greeting"] == "Bonjour Mila,"
    assert told["extra_headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told["track_opens"] is told["track_clicks"] is False
    assert states(mailing) == {"ACCEPTED": 3}


def test_it_is_sent_when_nothing_waits(settings, audience):
    with provider(settings):
        mailing = started(audience, 60)
        assert work() == 3
    assert states(mailing) == {"ACCEPTED": 60}
    assert mailing.state == State.SENT
    assert len(set(recipients())) == len(recipients()) == 60


def test_whoever_has_left_since_gets_nothing(settings, audience):
    with provider(settings):
        mailing = started(audience, 6)
        stopped, bounced, paused, erased, *_others = Supporter.objects.order_by("pk")
        Subscription.objects.filter(supporter=stopped).update(state=Subscription.State.ENDED)
        Suppression.objects.create(
            mailbox=bounced.mailbox,
            scope=Suppression.Scope.EVERYTHING,
            reason=Suppression.Reason.HARD_BOUNCE,
            since=timezone.now(),
        )
        Supporter.objects.filter(pk=paused.pk).update(
            paused_until=timezone.localdate() + timedelta(days=9)
        )
        Delivery.objects.filter(supporter=erased).update(supporter=None)
        work()
    assert states(mailing) == {"SUPPRESSED": 4, "ACCEPTED": 2}
    assert reasons(mailing) == {"UNSUBSCRIBED": 1, "SUPPRESSED": 1, "PAUSED": 1, "ERASED": 1}
    assert len(recipients()) == 2


def test_an_answer_that_never_came_is_held_and_nobody_is_asked_twice(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL):
        mailing = started(audience, 4)
        work()
        let_waits_end()
        work()
    assert states(mailing) == {"UNCERTAIN": 4}
    assert reasons(mailing) == {"NO_ANSWER": 4}
    assert mail.outbox == []


def test_with_a_key_the_same_call_is_made_again(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL, **KEYED):
        mailing = started(audience, 4)
        work()
        assert states(mailing) == {"PENDING": 4}
        first_key = Chunk.objects.get().digest
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 4}
    assert first_key
    assert mail.outbox[0].idempotency_key == f"{mailing.reference}-{Chunk.objects.get().number}"


def test_other_bytes_are_not_sent_under_the_same_key(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL, **KEYED):
        mailing = started(audience, 4)
        work()
        leaver = Supporter.objects.order_by("pk").first()
        Subscription.objects.filter(supporter=leaver).update(state=Subscription.State.ENDED)
        let_waits_end()
        work()
    # The one who left may have got it, and so may the others: nobody knows, and it says so.
    assert states(mailing) == {"UNCERTAIN": 4}
    assert mail.outbox == []


def test_a_key_that_the_provider_has_forgotten_is_not_used_again(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL, key_lifetime=timedelta(seconds=0)):
        mailing = started(audience, 4)
        work()
    assert states(mailing) == {"UNCERTAIN": 4}


def test_of_one_call_each_only_the_one_in_the_middle_is_uncertain(settings, audience):
    with provider(settings, None, None, requests.ReadTimeout):
        mailing = started(audience, 6)
        work()
        assert states(mailing) == {"ACCEPTED": 2, "UNCERTAIN": 1, "PENDING": 3}
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 5, "UNCERTAIN": 1}
    assert len(set(recipients())) == len(recipients()) == 5


def test_one_bad_address_is_found_by_halving(settings, audience):
    def refuse_the_bad_one(message):
        script.insert(0, refuse_the_bad_one)
        return 400 if "bad@example.org" in message.to else None

    with provider(settings, **SEVERAL) as script:
        script.append(refuse_the_bad_one)
        make_readers(audience.formula, 1, language="fr")
        Supporter.objects.update(email="bad@example.org")
        mailing = started(audience, 99)
        for _round in range(10):
            work()
    assert states(mailing) == {"ACCEPTED": 99, "REJECTED": 1}
    assert reasons(mailing) == {"REFUSED": 1}
    assert len(set(recipients())) == len(recipients()) == 99
    assert sum(Chunk.objects.values_list("size", flat=True)) == 100


@pytest.mark.parametrize(
    ("status", "problem"), [(401, "ACCOUNT"), (403, "ACCOUNT"), (402, "QUOTA")]
)
def test_a_provider_that_refuses_the_account_pauses_it_with_nothing_lost(
    settings, audience, status, problem
):
    with provider(settings, status, **SEVERAL):
        mailing = started(audience, 5)
        work()
        assert states(mailing) == {"PENDING": 5}
        assert (mailing.state, mailing.problem) == (State.PAUSED, problem)
        assert str(status) in mailing.problem_note
        work()
        assert mail.outbox == []
        services.resume_mailing(mailing=mailing, by=None, now=timezone.now())
        work()
    assert states(mailing) == {"ACCEPTED": 5}


def test_too_fast_means_silence_for_all_workers(settings, audience):
    with provider(settings, 429, **SEVERAL):
        mailing = started(audience, 5)
        make_readers(audience.formula, 5, language="fr")
        second = start(make_mailing(audience=audience))
        work()
        work()
        assert mail.outbox == []
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 5}
    assert states(second) == {"ACCEPTED": 10}


def test_a_provider_that_cannot_be_reached_costs_time_alone(settings, audience):
    with provider(settings, requests.ConnectTimeout, **SEVERAL):
        mailing = started(audience, 5)
        work()
        assert states(mailing) == {"PENDING": 5}
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 5}


def test_a_worker_that_died_before_the_call_costs_nothing(settings, audience):
    with provider(settings):
        mailing = started(audience, 5)
        assert delivering.claim_next(now=timezone.now())
        assert delivering.claim_next(now=timezone.now()) is None
        work()
        assert states(mailing) == {"PENDING": 5}
        let_leases_end()
        work()
    assert states(mailing) == {"ACCEPTED": 5}


@pytest.mark.parametrize(("traits", "expected"), [({}, "UNCERTAIN"), (KEYED, "ACCEPTED")])
def test_a_worker_that_died_within_the_call_leaves_a_doubt(settings, audience, traits, expected):
    with provider(settings, SystemExit(9), **SEVERAL, **traits):
        mailing = started(audience, 5)
        with pytest.raises(SystemExit):
            work()
        assert Chunk.objects.get().state == Chunk.State.SUBMITTED
        work()
        assert states(mailing) == {"PENDING": 5}
        let_leases_end()
        work()
        let_waits_end()
        work()
    assert states(mailing) == {expected: 5}


def test_a_worker_that_was_taken_for_dead_may_still_say_what_it_knows(settings, audience):
    with provider(settings, **SEVERAL) as script:
        mailing = started(audience, 5)

        def be_slow(_message):
            let_leases_end()
            services.free_lost_claims(now=timezone.now())
            assert states(mailing) == {"UNCERTAIN": 5}

        script[:] = [be_slow]
        work()
    assert states(mailing) == {"ACCEPTED": 5}
    assert reasons(mailing) == {}
    assert Chunk.objects.get().state == Chunk.State.DONE


def test_a_worker_whose_chunk_went_to_another_writes_nothing(settings, audience):
    with provider(settings, **SEVERAL) as script:
        mailing = started(audience, 5)

        def lose_it(_message):
            Chunk.objects.update(claim=uuid.uuid4())

        script[:] = [lose_it]
        work()
    assert states(mailing) == {"PENDING": 5}


def test_paused_means_that_no_further_chunk_leaves(settings, audience):
    def pause(_message):
        services.pause_mailing(mailing=Mailing.objects.get(), by=None, now=timezone.now())

    with provider(settings, pause):
        mailing = started(audience, 50)
        work()
        # The chunk in hand was finished.
        assert states(mailing) == {"ACCEPTED": 25, "PENDING": 25}
        assert work() == 0
        services.resume_mailing(mailing=mailing, by=None, now=timezone.now())
        work()
    assert states(mailing) == {"ACCEPTED": 50}


def test_cancelled_means_that_what_has_not_left_stays(settings, audience):
    def cancel(_message):
        services.cancel_mailing(mailing=Mailing.objects.get(), by=None, now=timezone.now())

    with provider(settings, cancel):
        mailing = started(audience, 50)
        work()
    assert states(mailing) == {"ACCEPTED": 25, "CANCELLED": 25}
    assert reasons(mailing) == {"BY_STAFF": 25}
    assert mailing.state == State.CANCELLED


def test_what_a_cancelled_mailing_could_not_hand_over_does_not_wait_for_ever(settings, audience):
    def cancel(_message):
        services.cancel_mailing(mailing=Mailing.objects.get(), by=None, now=timezone.now())
        return 429

    with provider(settings, cancel, **SEVERAL):
        mailing = started(audience, 5)
        work()
        assert states(mailing) == {"PENDING": 5}
        work()
    assert states(mailing) == {"CANCELLED": 5}
    assert reasons(mailing) == {"BY_STAFF": 5}


def test_another_provider_gets_no_more_at_once_than_it_takes(settings, audience):
    with provider(settings, **SEVERAL):
        mailing = started(audience, 50)
    with provider(settings, **{**SEVERAL, "most": 20}):
        work()
        let_waits_end()
        work()
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 50}
    assert sorted(len(sent.to) for sent in mail.outbox) == [10, 20, 20]


def test_a_stop_goes_before_everything_else(settings, audience):
    with provider(settings):
        started(audience, 5)
        stop = start(make_mailing(audience=audience, is_stop=True))
        claim = delivering.claim_next(now=timezone.now())
    assert claim.mailing == stop


def test_a_claim_on_a_chunk_that_was_cancelled_meanwhile_is_worth_nothing(settings, audience):
    with provider(settings):
        mailing = started(audience, 5)
        claim = delivering.claim_next(now=timezone.now())
        services.cancel_mailing(mailing=mailing, by=None, now=timezone.now())
        assert not delivering._begin(claim, "", now=timezone.now())
    assert states(mailing) == {"CANCELLED": 5}


def test_the_account_s_rate_holds_over_all_workers(settings, audience):
    settings.MAIL_RATE = 2
    with provider(settings, **SEVERAL):
        mailing = started(audience, 50)
        now = timezone.now()
        RateBucket.objects.create(
            account="account", level=20, filled_at=now, pace_at=now, since=now
        )
        work()
        # Ten seconds' worth were saved up; the rest waits in a chunk of its own.
        assert 20 <= states(mailing)["ACCEPTED"] < 30
        assert mailing.state == State.SENDING
        RateBucket.objects.update(filled_at=now - timedelta(minutes=1))
        let_waits_end()
        work()
        assert 40 <= states(mailing)["ACCEPTED"] <= 50


def test_a_new_sender_sends_no_more_than_its_day_allows(settings, audience):
    settings.MAIL_WARM_UP = 30
    with provider(settings, **SEVERAL):
        mailing = started(audience, 100)
        work()
        work()
        assert states(mailing) == {"ACCEPTED": 30, "PENDING": 70}
        RateBucket.objects.update(
            since=timezone.now() - timedelta(days=1), day=None, stopped_until=None
        )
        let_waits_end()
        work()
    assert states(mailing) == {"ACCEPTED": 90, "PENDING": 10}


def test_a_provider_that_refuses_the_first_readers_one_by_one_means_us(settings, audience):
    with provider(settings, *[422] * 5):
        mailing = started(audience, 30)
        work()
        assert states(mailing) == {"PENDING": 30}
        assert (mailing.state, mailing.problem) == (State.PAUSED, Mailing.Problem.ACCOUNT)
        services.resume_mailing(mailing=mailing, by=None, now=timezone.now())
        work()
    assert states(mailing) == {"ACCEPTED": 30}


def test_it_stops_by_itself_when_more_than_half_is_refused(settings, audience):
    with provider(settings, *[None, 400, 400] * 100):
        mailing = started(audience, 300)
        assert work() == 12
    # The round went to its end; one that lasts looks every few seconds.
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SENDING)
    mailing.refresh_from_db()
    services.break_off_where_needed(mailing, now=timezone.now())
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == (State.PAUSED, Mailing.Problem.ERRORS)


def test_only_those_it_failed_to_reach_get_it_again(settings, audience):
    with provider(settings, None, 400, None):
        mailing = started(audience, 3)
        work()
        assert states(mailing) == {"ACCEPTED": 2, "REJECTED": 1}
        assert services.resend_to_failed(mailing=mailing, by=None, now=timezone.now()) == 1
        mailing.refresh_from_db()
        assert mailing.state == State.SENDING
        work()
    assert states(mailing) == {"ACCEPTED": 3}
    assert mailing.state == State.SENT
    assert len(recipients()) == 3


def test_somebody_decides_on_what_is_uncertain(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL):
        mailing = started(audience, 4)
        work()
        assert states(mailing) == {"UNCERTAIN": 4}
        assert mailing.state == State.SENT
        assert services.resend_to_uncertain(mailing=mailing, by=None, now=timezone.now()) == 4
        work()
    assert states(mailing) == {"ACCEPTED": 4}
    assert Chunk.objects.filter(state=Chunk.State.UNCERTAIN).count() == 0


def test_or_leaves_it(settings, audience):
    with provider(settings, requests.ReadTimeout, **SEVERAL):
        mailing = started(audience, 4)
        work()
        services.leave_uncertain(mailing=mailing, by=None, now=timezone.now())
    assert states(mailing) == {"FAILED": 4}
    assert mail.outbox == []


def test_four_workers_in_turn_share_the_rows(settings, audience):
    with provider(settings):
        mailing = started(audience, 100)
        claims = [delivering.claim_next(now=timezone.now()) for _worker in range(4)]
        assert len({claim.chunk.pk for claim in claims}) == 4
        assert delivering.claim_next(now=timezone.now()) is None
    assert states(mailing) == {"PENDING": 100}


def test_an_issue_that_expires_in_the_middle_ends_it(settings, audience):
    action = make_urgent_action()
    issue = UrgentActionIssue.objects.get(urgent_action=action)

    def expire(_message):
        UrgentActionIssue.objects.update(state=UrgentActionIssue.State.EXPIRED)

    with provider(settings, expire):
        mailing = started(
            audience,
            50,
            case_id=action.case_id,
            issue_id=issue.pk,
            urgent_action_id=action.pk,
            asks_to_act=True,
        )
        work()
    assert states(mailing) == {"ACCEPTED": 25, "CANCELLED": 25}
    assert reasons(mailing) == {"ACTION_ENDED": 25}
    assert mailing.problem == Mailing.Problem.ACTION_ENDED
