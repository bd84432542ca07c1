"""Editions whose cases one may write to, and messages as the views take them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from wagtail.users.models import UserProfile

from campaigns.cases.models import Case, WriterRules
from campaigns.mailboxes import canonical_address
from campaigns.petitions import solidarity
from campaigns.petitions.models import Edition, EditionPetition, Petition, SolidarityMessage
from campaigns.petitions.services import MessageWords, confirm_messages, write_message
from campaigns.supporters.services import Person
from campaigns.supporters.wordings import message_wording
from home.users.models import User
from tests.factories.facts import make_case, make_petition
from tests.factories.people import make_staff
from tests.steps import FROM_HERE, address

YEAR = 2026


def make_english_staff(role: str) -> User:
    """A member of staff who reads the admin in English, in which its words are written."""
    user = make_staff(role)
    UserProfile.objects.create(user=user, preferred_language="en")
    return user


def make_friend(**rules: Any) -> Petition:
    """The petition of a case to which one may write."""
    case: Case = make_case()
    WriterRules.objects.create(case=case, **{"may_write_to_family": True, **rules})
    return make_petition(case=case)


def make_marathon(*petitions: Petition, **fields: Any) -> Edition:
    """An edition that runs, with these petitions in that order."""
    now = timezone.now()
    edition = Edition.objects.create(
        **{
            "year": YEAR,
            "opens_at": now - timedelta(days=2),
            "closes_at": now + timedelta(days=30),
            **fields,
        }
    )
    for position, petition in enumerate(petitions):
        EditionPetition.objects.create(edition=edition, petition=petition, sort_order=position)
    return edition


def make_writable(petition: Petition) -> None:
    """Let people write to the case of a petition, in an edition that runs."""
    WriterRules.objects.update_or_create(case=petition.case, defaults={"may_write_to_family": True})
    edition = Edition.objects.filter(year=YEAR).first() or make_marathon()
    EditionPetition.objects.get_or_create(
        edition=edition, petition=petition, defaults={"sort_order": edition.entries.count()}
    )


def typed_message(**changes: Any) -> dict[str, Any]:
    return {
        "text": "Dear Ana,\n\nwe think of you every day.",
        "signed_as": "Mila",
        "email": "mila@example.org",
        **changes,
    }


def press_message(client: Any, petition: Petition, *, language: str = "fr", **changes: Any) -> Any:
    """Send the form of a message."""
    path = address("petitions:message", YEAR, petition.reference, language=language)
    return client.post(path, typed_message(**changes), headers=FROM_HERE)


def write(
    petition: Petition,
    *,
    email: str = "mila@example.org",
    now: datetime | None = None,
    **words: Any,
) -> SolidarityMessage:
    """Write as the view does, and return the message that stands."""
    write_message(
        recipient=solidarity.recipient((YEAR, petition.reference)),
        person=Person(email=email, is_minor=words.pop("is_minor", False)),
        words=MessageWords(**{"text": "We think of you.", "signed_as": "Mila", **words}),
        language="fr",
        wording=message_wording("fr"),
        now=now or timezone.now(),
    )
    return SolidarityMessage.objects.select_related("edition", "case").get(
        case=petition.case, supporter__email_canonical=canonical_address(email)
    )


def write_and_confirm(petition: Petition, **options: Any) -> SolidarityMessage:
    message = write(petition, **options)
    confirm_messages(messages=[message], now=options.get("now") or timezone.now())
    message.refresh_from_db()
    return message
