"""Who people are and how they can be reached: the only code that writes it."""

import json
from dataclasses import dataclass
from datetime import datetime

from campaigns.mailboxes import canonical_address, keyed_hash, mailbox_key
from campaigns.outbox.inserts import insert_or_follow
from campaigns.outbox.services import mailbox_answered

from ..models import ContactPoint, Supporter
from ..postal import PostalAddress


@dataclass(frozen=True)
class Person:
    """What somebody typed about themselves, already cleaned."""

    email: str
    given_name: str = ""
    family_name: str = ""
    is_minor: bool = False


def register_supporter(
    *, person: Person, language: str, now: datetime, names_follow: bool = True
) -> int:
    """The key of the supporter with this mailbox; makes one when there is none.

    The same statements for known and unknown addresses. A confirmed supporter is left as they
    are: whoever types an address has not shown that it is theirs. Until then nobody has, so the
    last spelling counts: the first might have been a slip. Not so of names where the form did not
    ask for them (`names_follow=False`).
    """
    supporter = Supporter(
        email=person.email,
        email_canonical=canonical_address(person.email),
        mailbox=mailbox_key(person.email),
        given_name=person.given_name,
        family_name=person.family_name,
        language=language,
        is_minor=person.is_minor,
        created_at=now,
    )
    insert_or_follow(
        supporter,
        "email_canonical",
        follow=("email", *(("given_name", "family_name") if names_follow else ()), "is_minor"),
        until="confirmed_at",
    )
    return supporter.pk


def confirm_address(*, supporter_id: int, now: datetime) -> None:
    """Note that a mailed link was used: the mailbox is theirs. The first time counts."""
    Supporter.objects.filter(pk=supporter_id, confirmed_at=None).update(confirmed_at=now)
    mailbox = Supporter.objects.values_list("mailbox", flat=True).get(pk=supporter_id)
    mailbox_answered(mailbox=mailbox, now=now)


def keep_phone(*, supporter_id: int, phone: str, now: datetime) -> None:
    """Store a phone number (E.164) in place of a former one; "" forgets it."""
    _keep(supporter_id, ContactPoint.Kind.PHONE, phone, keyed_hash("phone", phone), now)


def keep_postal_address(*, supporter_id: int, address: PostalAddress | None, now: datetime) -> None:
    """Store a postal address in place of a former one; None forgets it."""
    value = json.dumps(address.as_json()) if address else ""
    search_key = address.search_key if address else ""
    _keep(supporter_id, ContactPoint.Kind.POSTAL, value, search_key, now)


def _keep(
    supporter_id: int, kind: ContactPoint.Kind, value: str, search_key: str, now: datetime
) -> None:
    if not value:
        ContactPoint.objects.filter(supporter_id=supporter_id, kind=kind).delete()
        return
    ContactPoint.objects.update_or_create(
        supporter_id=supporter_id,
        kind=kind,
        defaults={"value": value, "search_key": search_key, "changed_at": now},
    )
