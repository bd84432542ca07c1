"""Supporters, their signatures and subscriptions, and members of staff."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from campaigns.mailboxes import canonical_address, mailbox_key
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.services import Origin, SignatureRequest, sign_petition
from campaigns.supporters.models import Subscription, Supporter
from campaigns.supporters.services import Person, request_subscriptions
from campaigns.supporters.wordings import signature_wording, subscription_wording
from home.users.models import User

_numbers = count(1)


def make_supporter(**fields: Any) -> Supporter:
    email = fields.pop("email", f"mila-{next(_numbers)}@example.org")
    return Supporter.objects.create(
        **{
            "email": email,
            "email_canonical": canonical_address(email),
            "mailbox": mailbox_key(email),
            "given_name": "Mila",
            "family_name": "Dubreux",
            "language": "fr",
            "created_at": timezone.now(),
            **fields,
        }
    )


def sign(petition: Petition, *, email: str = "mila@example.org", **changes: Any) -> Signature:
    """Sign as the view does, and return the signature that stands."""
    person = Person(
        email=email,
        given_name=changes.pop("given_name", "Mila"),
        family_name=changes.pop("family_name", "Dubreux"),
    )
    language = changes.pop("language", "fr")
    sign_petition(
        petition=petition,
        request=SignatureRequest(
            person=person,
            country=changes.pop("country", "BE"),
            passes_on_name=changes.pop("passes_on_name", True),
        ),
        language=language,
        wording=signature_wording(language),
        origin=Origin(
            **{
                name: changes.pop(name)
                for name in ("page_id", "source", "network")
                if name in changes
            }
        ),
        is_held=changes.pop("is_held", False),
        now=changes.pop("now", None) or timezone.now(),
    )
    return Signature.objects.get(
        petition=petition, supporter__email_canonical=canonical_address(email)
    )


def ask_for(*formulas: Any, email: str = "mila@example.org", **changes: Any) -> list[Subscription]:
    """Ask for formulas as the view does, and return the subscriptions that stand."""
    language = changes.pop("language", "fr")
    request_subscriptions(
        person=Person(email=email, given_name="Mila"),
        formulas=formulas,
        language=language,
        wording=subscription_wording(language),
        page_id=None,
        now=changes.pop("now", None) or timezone.now(),
    )
    return [
        Subscription.objects.get(
            formula=formula, supporter__email_canonical=canonical_address(email)
        )
        for formula in formulas
    ]


def make_staff(*roles: str, **fields: Any) -> User:
    """A member of staff in these groups of `home.setup`."""
    user = User.objects.create_user(username=f"staff-{next(_numbers)}", **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    assert user.groups.count() == len(roles)
    return user
