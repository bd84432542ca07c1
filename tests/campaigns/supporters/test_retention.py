"""Nothing is kept longer than its rule says, and nothing goes earlier."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.models import DeliveryEvent, Mailbox, OutgoingMessage, Suppression
from campaigns.petitions.models import Signature
from campaigns.petitions.services import confirm_signature
from campaigns.supporters.models import AccessRequest, SignUp, Subscription, Supporter
from campaigns.supporters.services import confirm_sign_up, end_subscription, retention
from campaigns.supporters.services.retention import forget_what_is_due, what_is_due
from campaigns.supporters.tasks import forget_nightly
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, make_supporter, sign
from tests.rows import every_row

pytestmark = pytest.mark.django_db


def days(number: int) -> timedelta:
    return timedelta(days=number)


def test_whoever_never_confirmed_is_forgotten_after_thirty_days(now):
    sign(make_petition(), now=now)
    ask_for(make_formula(), now=now)
    forget_what_is_due(now=now + days(29))
    assert Supporter.objects.count() == SignUp.objects.count() == 1
    forget_what_is_due(now=now + days(31))
    assert not Supporter.objects.exists()
    assert not SignUp.objects.exists()
    assert (Signature.objects.get().supporter, Signature.objects.get().given_name) == (None, "")


def test_who_was_forgotten_for_silence_may_come_back_by_any_way(now):
    sign(make_petition(), now=now)
    forget_what_is_due(now=now + days(31))
    assert not Suppression.objects.exists()


def test_whoever_confirmed_stays(now):
    confirm_signature(signature=sign(make_petition(), now=now), now=now)
    forget_what_is_due(now=now + days(2000))
    assert Signature.objects.get().supporter is not None


def test_an_imported_supporter_with_a_running_formula_stays(now):
    supporter = make_supporter(created_at=now)
    supporter.subscriptions.create(
        formula=make_formula(), language="fr", state="ACTIVE", requested_at=now
    )
    forget_what_is_due(now=now + days(31))
    assert Supporter.objects.exists()


def test_what_was_typed_to_sign_up_goes_the_day_after_it_was_confirmed(now):
    ask_for(make_formula(), now=now)
    confirm_sign_up(sign_up=SignUp.objects.get(), now=now)
    forget_what_is_due(now=now + timedelta(hours=23))
    assert SignUp.objects.exists()
    forget_what_is_due(now=now + timedelta(hours=25))
    assert not SignUp.objects.exists()
    assert Subscription.objects.get().state == "ACTIVE"


def test_requests_and_changes_of_address_go_after_thirty_days(now):
    supporter = make_supporter(created_at=now, confirmed_at=now)
    supporter.address_changes.create(email="new@example.org", requested_at=now)
    mailbox = mailbox_key("unknown@example.org")
    AccessRequest.objects.create(mailbox=mailbox, wish="SEE", language="fr", requested_at=now)
    Mailbox.objects.create(key=mailbox, changed_at=now)
    forget_what_is_due(now=now + days(29))
    assert supporter.address_changes.exists()
    assert AccessRequest.objects.exists()
    assert Mailbox.objects.exists()
    forget_what_is_due(now=now + days(31))
    assert not supporter.address_changes.exists()
    assert not AccessRequest.objects.exists()
    assert not Mailbox.objects.exists()


def test_a_mail_names_somebody_for_ninety_days_and_is_gone_after_four_hundred(now):
    confirm_signature(signature=sign(make_petition(), now=now), now=now)
    OutgoingMessage.objects.update(state="SENT", mailbox="a" * 64)
    forget_what_is_due(now=now + days(89))
    assert OutgoingMessage.objects.get().person_id
    forget_what_is_due(now=now + days(91))
    message = OutgoingMessage.objects.get()
    assert (message.person_id, message.mailbox, message.arguments) == (None, "", {})
    assert message.state == "SENT"
    forget_what_is_due(now=now + days(401))
    assert not OutgoingMessage.objects.exists()


def test_a_mail_that_is_still_due_is_not_forgotten_however_old(now):
    confirm_signature(signature=sign(make_petition(), now=now), now=now)
    forget_what_is_due(now=now + days(500))
    assert OutgoingMessage.objects.get().person_id


def test_reports_of_providers_go_after_four_hundred_days(now):
    DeliveryEvent.objects.create(key="a", event_type="bounced", provider="Mailgun")
    forget_what_is_due(now=now + days(399))
    assert DeliveryEvent.objects.exists()
    forget_what_is_due(now=now + days(402))
    assert not DeliveryEvent.objects.exists()


class TestThreeSilentYears:
    @pytest.fixture
    def former_reader(self, now) -> Supporter:
        [subscription] = ask_for(make_formula(), now=now)
        confirm_sign_up(sign_up=SignUp.objects.get(), now=now)
        end_subscription(subscription=subscription, now=now)
        return subscription.supporter

    def test_whoever_stopped_all_mails_and_has_nothing_else_is_forgotten(self, former_reader, now):
        forget_what_is_due(now=now + days(1094))
        assert Supporter.objects.exists()
        forget_what_is_due(now=now + days(1096))
        assert not Supporter.objects.exists()

    def test_whoever_signed_something_stays(self, former_reader, now):
        confirm_signature(signature=sign(make_petition(), now=now), now=now)
        forget_what_is_due(now=now + days(1096))
        assert Supporter.objects.exists()

    def test_whoever_gets_another_formula_stays(self, former_reader, now):
        ask_for(make_formula(code="other"), now=now + days(900))
        forget_what_is_due(now=now + days(1096))
        assert Supporter.objects.exists()


def test_a_round_that_was_interrupted_is_taken_up_again(now, monkeypatch):
    for number in range(7):
        make_supporter(email=f"m{number}@example.org", created_at=now)
        AccessRequest.objects.create(
            mailbox=f"{number}", wish="SEE", language="fr", requested_at=now
        )
    monkeypatch.setattr(retention, "CHUNK", 2)
    later = now + days(31)
    real = retention.forget_supporter

    def dies_at_the_fourth(**arguments):
        if Supporter.objects.count() == 4:
            raise KeyboardInterrupt
        return real(**arguments)

    monkeypatch.setattr(retention, "forget_supporter", dies_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        forget_what_is_due(now=later)
    assert Supporter.objects.count() == 4
    monkeypatch.setattr(retention, "forget_supporter", real)
    forget_what_is_due(now=later)
    assert not Supporter.objects.exists()
    assert set(what_is_due(now=later).values()) == {0}
    assert set(forget_what_is_due(now=later).values()) <= {0}


def test_a_round_begins_nothing_after_its_time(now):
    make_supporter(created_at=now - days(31))
    assert forget_what_is_due(now=now, until=now) == {}
    assert Supporter.objects.exists()


def test_a_dry_run_counts_by_rule_and_changes_nothing(now, capsys):
    make_supporter(created_at=now - days(31))
    before = every_row()
    call_command("retention", "--dry-run")
    assert "1 supporters.Supporter: 30 days without a confirmation" in capsys.readouterr().out
    assert every_row() == before


def test_beat_asks_for_it_each_night(now, settings):
    make_supporter(created_at=now - days(31))
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert forget_nightly.name in beat
    forget_nightly.apply()
    assert not Supporter.objects.exists()
