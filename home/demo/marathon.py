"""The demonstration's letter marathon: this year's edition, open until its last day."""

from datetime import datetime, timedelta

from django.utils import timezone

from campaigns.cases.models import CaseConsent
from campaigns.petitions.links import sign_marathon_link
from campaigns.petitions.models import Edition, EditionPetition, Petition
from campaigns.supporters.models import Supporter

from . import facts

# Whose personal link `make run` prints, as a mailing carries it.
READER = "ines.okaru@example.org"


def build_edition(*, now: datetime) -> None:
    """The edition with its ten cases. One that is over is this year's again."""
    local = timezone.localtime(now)
    closes_at = local.replace(
        year=local.year + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    edition = Edition.objects.order_by("-year").first()
    if edition is None:
        edition = Edition.objects.create(
            year=local.year, opens_at=now - timedelta(days=7), closes_at=closes_at
        )
        for position, reference in enumerate(facts.MARATHON):
            petition = Petition.objects.get(reference=reference)
            EditionPetition.objects.create(edition=edition, petition=petition, sort_order=position)
            CaseConsent.objects.get_or_create(
                case_id=petition.case_id,
                scope=CaseConsent.Scope.MARATHON,
                defaults={
                    "given_by": CaseConsent.Giver.FAMILY,
                    "given_on": timezone.localdate(now) - timedelta(days=60),
                },
            )
    elif edition.closes_at <= now:
        Edition.objects.filter(pk=edition.pk).update(year=local.year, closes_at=closes_at)


def personal_link(*, now: datetime) -> str:
    """One reader's link to all cases, as a mailing carries it."""
    reader = Supporter.objects.get(email=READER)
    edition = Edition.objects.latest("year")
    return sign_marathon_link(
        supporter_id=reader.pk,
        edition_id=edition.pk,
        source="demonstration",
        language=reader.language,
        now=now,
    )
