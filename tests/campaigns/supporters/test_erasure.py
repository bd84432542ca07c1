"""Whoever asks to be forgotten is; what they signed stays counted, and is nobody's."""

import io
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.petitions.models import Signature, Tally
from campaigns.petitions.services import confirm_signature, tally_signatures
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.services import confirm_subscription
from campaigns.supporters.services.erasure import erase_supporter, rows_to_forget
from campaigns.supporters.services.people import keep_phone
from campaigns.supporters.signals import supporter_erased
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, sign
from tests.rows import every_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def mila(now) -> Supporter:
    """Somebody who signed, gets a formula, and gave a number."""
    signature = sign(make_petition(), now=now)
    confirm_signature(signature=signature, now=now)
    [subscription] = ask_for(make_formula(), now=now)
    confirm_subscription(subscription=subscription, language="fr", now=now)
    keep_phone(supporter_id=signature.supporter_id, phone="+442079460000", now=now)
    return signature.supporter


def test_a_signature_stays_counted_and_says_of_nobody_that_they_signed(mila, now):
    erase_supporter(supporter=mila, now=now)
    signature = Signature.objects.get()
    assert signature.supporter is None
    assert (signature.given_name, signature.family_name) == ("", "")
    assert (signature.country, signature.language) == ("BE", "fr")
    tally_signatures(now=now)
    assert (Tally.objects.get().received, Tally.objects.get().confirmed) == (1, 1)


def test_mails_that_are_due_do_not_leave_and_those_that_left_name_nobody(mila, now, mailoutbox):
    sent, due = OutgoingMessage.objects.order_by("created_at", "kind")[:2]
    OutgoingMessage.objects.filter(pk=sent.pk).update(
        state="SENT", mailbox=mila.mailbox, provider_message_id="abc"
    )
    erase_supporter(supporter=mila, now=now)
    rows = {row.pk: row for row in OutgoingMessage.objects.all()}
    assert rows[sent.pk].state == "SENT"
    assert rows[due.pk].state == "CANCELLED"
    for row in rows.values():
        assert (row.arguments, row.person_id, row.mailbox) == ({}, None, "")
        assert row.provider_message_id == ""
        assert str(mila.pk) not in row.dedupe_key.split(":")


def test_the_person_is_gone_from_every_table(mila, now):
    erase_supporter(supporter=mila, now=now)
    assert not Supporter.objects.exists()
    assert not Consent.objects.exists()
    left = {
        label: rows
        for label, rows in every_row().items()
        if mila.mailbox in str(rows) or "mila" in str(rows).lower()
    }
    assert set(left) == {"outbox.Suppression"}


def test_the_mailbox_is_neither_imported_nor_written_to_again(mila, now):
    erase_supporter(supporter=mila, now=now)
    kept = Suppression.objects.filter(mailbox=mila.mailbox, reason="ERASURE", lifted_at=None)
    assert set(kept.values_list("scope", flat=True)) == {"IMPORT", "SUBSCRIBED"}


def test_nobody_else_loses_anything(mila, now):
    other = sign(Signature.objects.get().petition, email="other@example.org", now=now)
    [subscription] = ask_for(make_formula(code="other"), email="other@example.org", now=now)
    before = every_row()
    erase_supporter(supporter=mila, now=now)
    other.refresh_from_db()
    subscription.refresh_from_db()
    assert other.given_name == "Mila"
    after = every_row()
    for label, rows in before.items():
        for row in rows:
            if row.get("supporter_id") == other.supporter_id:
                assert row in after[label]


def test_what_is_counted_beforehand_is_what_goes(mila, now):
    before = every_row()
    counts = rows_to_forget(supporter=mila)
    assert every_row() == before
    assert counts["supporters.Supporter"] == counts["petitions.Signature"] == 1
    assert erase_supporter(supporter=mila, now=now) == counts


def test_a_second_call_finds_nothing_to_do(mila, now):
    erase_supporter(supporter=mila, now=now)
    assert erase_supporter(supporter=mila, now=now) == {}


def test_others_hear_of_it_after_the_commit(mila, now, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, *, now, **_more):
        heard.append((now, Supporter.objects.exists()))

    supporter_erased.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        erase_supporter(supporter=mila, now=now)
        assert heard == []
    supporter_erased.disconnect(hear)
    assert heard == [(now, False)]


def test_whoever_signs_up_again_is_somebody_new(mila, now):
    erase_supporter(supporter=mila, now=now)
    signature = sign(make_petition(), now=now + timedelta(days=1))
    assert signature.supporter_id != mila.pk
    assert signature.supporter.confirmed_at is None


class TestCommand:
    def test_a_dry_run_counts_and_changes_nothing(self, mila, capsys):
        before = every_row()
        call_command("erase", "--dry-run", str(mila.pk))
        assert "1 supporters.Supporter" in capsys.readouterr().out
        assert every_row() == before

    def test_an_address_is_read_and_never_an_argument(self, mila, monkeypatch, capsys):
        monkeypatch.setattr(sys, "stdin", io.StringIO("MILA@example.org\n"))
        call_command("erase")
        assert "mila" not in capsys.readouterr().out.lower()
        assert not Supporter.objects.exists()

    def test_somebody_unknown_is_said_to_be_unknown(self):
        with pytest.raises(CommandError, match="No such supporter"):
            call_command("erase", "4711")
