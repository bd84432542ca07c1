"""Mailings from the reader's side: their own data, the timeline, two entries that are one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.mailings.models import Delivery, Mailing
from campaigns.supporters.selectors import timeline
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.supporters.services.exporting import export_supporter
from campaigns.supporters.services.merging import merge_supporters
from campaigns.supporters.services.retention import forget_what_is_due
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.factories.people import make_staff

from .ledger import states, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers():
    return make_readers(make_audience().formula, 2)


@pytest.fixture
def mailing(readers):
    formula = readers[0].subscriptions.get().formula
    mailing = start(make_mailing(audience=make_audience(formula=formula)))
    work()
    return mailing


def test_somebody_finds_the_mailings_in_their_own_data(readers, mailing):
    export = export_supporter(supporter=readers[0], now=timezone.now())
    [section] = [each for each in export["sections"] if each["title"] == "Mailings to you"]
    [row] = section["rows"]
    assert row["mailing"] == mailing.title
    assert row["state"]


def test_staff_see_what_became_of_each_mail(readers, mailing):
    Delivery.objects.filter(supporter=readers[0]).update(
        state=Delivery.State.SUPPRESSED, reason=Delivery.Reason.PAUSED
    )
    entries = [str(entry.details) for entry in timeline(readers[0]) if entry.title == mailing.title]
    assert len(entries) == 1
    assert "pauses" in entries[0]


def test_an_erased_reader_is_nobody_in_the_account_and_waits_for_nothing(readers):
    formula = readers[0].subscriptions.get().formula
    mailing = start(make_mailing(audience=make_audience(formula=formula)))
    erase_supporter(supporter=readers[0], now=timezone.now())
    work()
    assert states(mailing) == {"SUPPRESSED": 1, "ACCEPTED": 1}
    assert Delivery.objects.filter(mailing=mailing, supporter=None).count() == 1


def test_of_two_entries_that_are_one_nobody_gets_it_twice(readers):
    formula = readers[0].subscriptions.get().formula
    mailing = start(make_mailing(audience=make_audience(formula=formula)))
    kept, merged = readers
    merge_supporters(kept=kept, merged=merged, now=timezone.now(), by=make_staff())
    work()
    assert states(mailing) == {"SUPPRESSED": 1, "ACCEPTED": 1}
    assert Delivery.objects.get(supporter=kept).state == Delivery.State.ACCEPTED


def test_after_four_hundred_days_it_counts_and_is_nobodys(readers, mailing):
    Mailing.objects.update(prepared_at=timezone.now() - timedelta(days=401))
    forget_what_is_due(now=timezone.now())
    assert states(mailing) == {"ACCEPTED": 2}
    assert Delivery.objects.filter(supporter__isnull=False).count() == 0
