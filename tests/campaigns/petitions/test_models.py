"""What the database itself refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns.petitions.models import Signature
from tests.factories.facts import make_petition
from tests.factories.people import make_supporter

pytestmark = pytest.mark.django_db


def test_a_petition_cannot_close_before_it_opens(now):
    petition = make_petition()
    petition.opens_at, petition.closes_at = now, now - timedelta(days=1)
    with pytest.raises(ValidationError) as refusal:
        petition.full_clean()
    assert "opens before it closes" in str(refusal.value) or refusal.value.messages
    with pytest.raises(IntegrityError), transaction.atomic():
        petition.save()


def test_a_petition_shows_a_figure_that_exists():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_petition(figure="IMAGINED")


def test_the_database_takes_one_signature_per_person_and_petition(now):
    petition, supporter = make_petition(), make_supporter()
    fields = {
        "petition": petition,
        "supporter": supporter,
        "given_name": "Mila",
        "family_name": "Dubreux",
        "country": "BE",
        "language": "fr",
        "signed_at": now,
    }
    Signature.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(**fields)


def test_no_name_shows_where_rows_are_named(now):
    from tests.factories.people import sign

    signature = sign(make_petition(), given_name="Canary", email="canary@example.org", now=now)
    for shown in (str(signature), str(signature.supporter), repr(signature)):
        assert "canary" not in shown.lower()
