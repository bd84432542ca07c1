"""Many signatures at once, written down directly: signing one by one takes the suite's time."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from wagtail.users.models import UserProfile

from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.services import tally_signatures
from campaigns.supporters.models import Supporter
from home.users.models import User
from tests.factories.people import make_staff

_numbers = count(1)


def crowd(
    petition: Petition,
    number: int,
    *,
    at: datetime,
    domain: str = "example.org",
    confirmed: bool = True,
    **fields: Any,
) -> list[Signature]:
    """Let so many people sign, one second after the other, the last of them at that moment."""
    people = Supporter.objects.bulk_create(
        Supporter(
            email=f"Signer-{key}@{domain}",
            email_canonical=f"signer-{key}@{domain}",
            mailbox=f"mailbox of {key}",
            given_name="Mila",
            family_name=f"Dubreux-{key}",
            language="fr",
            created_at=at,
        )
        for key in (next(_numbers) for _each in range(number))
    )
    return Signature.objects.bulk_create(
        Signature(
            **{
                "petition": petition,
                "supporter": person,
                "given_name": person.given_name,
                "family_name": person.family_name,
                "country": "BE",
                "language": "fr",
                "signed_at": at - timedelta(seconds=position),
                "confirmed_at": at if confirmed else None,
                **fields,
            }
        )
        for position, person in enumerate(people)
    )


def figures(petition: Petition, *, now: datetime) -> tuple[int, int, int, int]:
    """Received, confirmed, held and invalid after the next round."""
    tally_signatures(now=now)
    petition.tally.refresh_from_db()
    tally = petition.tally
    return tally.received, tally.confirmed, tally.held, tally.invalid


def staff_in_english(role: str) -> User:
    """A member of staff who reads the admin, and gets lists, in English."""
    user = make_staff(role, password="write-until-free")
    UserProfile.objects.create(user=user, preferred_language="en")
    return user
