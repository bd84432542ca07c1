"""One row for each candidate, whatever interrupts; candidates = deliveries + exclusions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.mailings import services
from campaigns.mailings.models import Chunk, Delivery, Mailing
from tests.factories.mailings import make_audience, make_mailing, make_readers, prepare

from .ledger import states
from .scripted import SEVERAL, provider

pytestmark = pytest.mark.django_db
State = Mailing.State


def scheduled(audience, **fields):
    mailing = make_mailing(audience=audience, **fields)
    services.send_mailing(mailing=mailing, by=None, now=timezone.now())
    assert services.begin_preparing(mailing=mailing, now=timezone.now())
    return mailing


def test_the_rows_add_up_and_it_waits_for_the_time_to_undo():
    audience = make_audience()
    make_readers(audience.formula, 10)
    make_readers(audience.formula, 2, most_mails_a_month=0)
    mailing = prepare(make_mailing(audience=audience))
    assert mailing.state == State.PREPARED
    assert (mailing.candidates, mailing.excluded) == (12, 2)
    assert states(mailing) == {"PENDING": 10, "EXCLUDED": 2}
    assert mailing.leaves_at >= mailing.prepared_at + services.UNDO_WINDOW
    # Nothing leaves before that.
    services.begin_sending(mailing=mailing, now=mailing.leaves_at - timedelta(seconds=1))
    mailing.refresh_from_db()
    assert mailing.state == State.PREPARED


def test_chunks_hold_one_language_and_no_more_than_the_provider_takes(settings):
    audience = make_audience()
    make_readers(audience.formula, 100)
    with provider(settings, **{**SEVERAL, "most": 10}):
        mailing = prepare(make_mailing(audience=audience))
    chunks = Chunk.objects.filter(mailing=mailing)
    assert sorted(chunks.values_list("language", "size")) == sorted(
        (language, size) for language in ("fr", "nl", "de", "en") for size in (10, 10, 5)
    )
    for chunk in chunks:
        rows = Delivery.objects.filter(mailing=mailing, chunk_number=chunk.number)
        assert rows.count() == chunk.size
        assert set(rows.values_list("language", flat=True)) == {chunk.language}


def test_a_preparation_goes_on_where_it_was_interrupted():
    audience = make_audience()
    make_readers(audience.formula, 25)
    mailing = scheduled(audience)
    now = timezone.now()
    assert services.prepare_page(mailing_id=mailing.pk, now=now, page=10)
    # Killed inside the second page: nothing of it stays.
    with transaction.atomic():
        services.prepare_page(mailing_id=mailing.pk, now=now, page=10)
        transaction.set_rollback(True)
    assert Delivery.objects.filter(mailing=mailing).count() == 10
    while services.prepare_page(mailing_id=mailing.pk, now=now, page=10):
        pass
    mailing.refresh_from_db()
    assert mailing.state == State.PREPARED
    assert states(mailing) == {"PENDING": 25}
    assert sum(Chunk.objects.filter(mailing=mailing).values_list("size", flat=True)) == 25


def test_who_joins_while_it_is_being_prepared_gets_the_next_one():
    audience = make_audience()
    make_readers(audience.formula, 5)
    mailing = scheduled(audience)
    make_readers(audience.formula, 5)
    while services.prepare_page(mailing_id=mailing.pk, now=timezone.now(), page=2):
        pass
    assert states(mailing) == {"PENDING": 5}


def test_two_workers_prepare_it_once():
    audience = make_audience()
    make_readers(audience.formula, 5)
    mailing = scheduled(audience)
    assert not services.begin_preparing(mailing=mailing, now=timezone.now())
    while services.prepare_page(mailing_id=mailing.pk, now=timezone.now()):
        pass
    assert not services.prepare_page(mailing_id=mailing.pk, now=timezone.now())
    assert states(mailing) == {"PENDING": 5}


def test_nobody_can_have_two_rows():
    audience = make_audience()
    [person] = make_readers(audience.formula, 1)
    mailing = prepare(make_mailing(audience=audience))
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(mailing=mailing, supporter=person, state="PENDING")


def test_what_does_not_add_up_is_not_sent():
    audience = make_audience()
    make_readers(audience.formula, 5)
    mailing = scheduled(audience)
    services.prepare_page(mailing_id=mailing.pk, now=timezone.now())
    Delivery.objects.filter(mailing=mailing).first().delete()
    services.prepare_page(mailing_id=mailing.pk, now=timezone.now())
    mailing.refresh_from_db()
    assert (mailing.state, mailing.problem) == (State.PAUSED, Mailing.Problem.MISCOUNTED)


def test_the_nightly_audit_finds_a_row_that_went_missing():
    audience = make_audience()
    make_readers(audience.formula, 3)
    mailing = prepare(make_mailing(audience=audience))
    assert services.audit(now=timezone.now()) == []
    Delivery.objects.filter(mailing=mailing).first().delete()
    assert services.audit(now=timezone.now()) == [mailing]


def test_an_erased_reader_stays_in_the_account_as_nobody():
    audience = make_audience()
    [person] = make_readers(audience.formula, 1)
    mailing = prepare(make_mailing(audience=audience))
    Delivery.objects.filter(supporter=person).update(supporter=None)
    assert states(mailing) == {"PENDING": 1}
