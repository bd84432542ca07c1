"""Two workers at the same chunk at the same moment, and an answer that meets no database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.mailings.models import Chunk
from campaigns.mailings.services import delivering
from tests.factories.mailings import make_audience, make_mailing, make_readers, start

from .scripted import provider

pytestmark = pytest.mark.django_db


def test_what_somebody_else_has_just_taken_is_not_taken_again(settings, monkeypatch):
    with provider(settings):
        audience = make_audience()
        make_readers(audience.formula, 50, language="fr")
        start(make_mailing(audience=audience))
        others = []

        def somebody_is_faster(_choice):
            """Between looking for chunks that wait and taking one."""
            monkeypatch.setattr(delivering.random, "shuffle", lambda _choice: None)
            others.append(delivering.claim_next(now=timezone.now()))

        monkeypatch.setattr(delivering.random, "shuffle", somebody_is_faster)
        mine = delivering.claim_next(now=timezone.now())
    assert mine.chunk.pk != others[0].chunk.pk
    assert set(Chunk.objects.values_list("claim", flat=True)) == {
        mine.chunk.claim,
        others[0].chunk.claim,
    }


def test_a_mailing_that_was_paused_meanwhile_gives_no_chunk(settings, monkeypatch):
    with provider(settings):
        audience = make_audience()
        make_readers(audience.formula, 50, language="fr")
        mailing = start(make_mailing(audience=audience))

        def pause(_choice):
            type(mailing).objects.filter(pk=mailing.pk).update(state=mailing.State.PAUSED)

        monkeypatch.setattr(delivering.random, "shuffle", pause)
        assert delivering.claim_next(now=timezone.now() + timedelta(seconds=1)) is None
    assert set(Chunk.objects.values_list("state", flat=True)) == {Chunk.State.OPEN}
