"""Signing, confirming, counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from wagtail.log_actions import log

from campaigns.cases.models import Case
from campaigns.cases.selectors import is_named_in
from campaigns.outbox.inserts import insert_once
from campaigns.outbox.services import NO_WAIT, press_key, queue_message
from campaigns.supporters.models import Consent
from campaigns.supporters.services import (
    Person,
    confirm_address,
    record_consent,
    register_supporter,
)
from campaigns.supporters.wordings import Wording

from .models import Petition, Signature, Tally


class PetitionClosed(Exception):
    """The petition takes no signatures at this moment."""


@dataclass(frozen=True)
class SignatureRequest:
    """What somebody typed to sign, already cleaned. `country` is an ISO 3166-1 code."""

    person: Person
    country: str


def sign_petition(
    *,
    petition: Petition,
    request: SignatureRequest,
    language: str,
    wording: Wording,
    page_id: int | None,
    now: datetime,
    is_held: bool = False,
    mail_waits: timedelta = NO_WAIT,
) -> None:
    """Receive one person's signature, once, however often they press.

    Known and unknown addresses, first and further presses cost the same statements and show the
    same screen; the mail says what is the case. Until it is confirmed, a signature bears the name
    of the last press; the mail and the page that confirms it show that name, masked.
    `is_held`: it may be a program's, and is not counted before it is confirmed or released; a
    further press changes nothing of that. `mail_waits`: how long its mail does. Raises
    PetitionClosed.
    """
    if not petition.is_open(at=now):
        raise PetitionClosed(petition.reference)
    # No savepoint: a caller's transaction that counts how many sign from one place stands or falls
    # with this one.
    with transaction.atomic(savepoint=False):
        supporter_id = register_supporter(person=request.person, language=language, now=now)
        insert_once(
            Signature(
                petition=petition,
                supporter_id=supporter_id,
                given_name=request.person.given_name,
                family_name=request.person.family_name,
                country=request.country,
                language=language,
                page_id=page_id,
                signed_at=now,
                is_minor=request.person.is_minor,
                held_at=now if is_held else None,
            ),
            "petition",
            "supporter",
        )
        Signature.objects.filter(
            petition=petition, supporter_id=supporter_id, confirmed_at=None
        ).update(
            given_name=request.person.given_name,
            family_name=request.person.family_name,
            country=request.country,
            is_minor=request.person.is_minor,
        )
        record_consent(
            supporter_id=supporter_id,
            purpose=Consent.Purpose.SIGNATURE,
            channel=Consent.Channel.NONE,
            method=Consent.Method.FORM,
            action=Consent.Action.GIVEN,
            about=f"petition:{petition.reference}",
            wording=wording,
            language=language,
            page_id=page_id,
            now=now,
        )
        queue_message(
            kind="petitions/confirm_signature",
            language=language,
            person_id=supporter_id,
            arguments={"petition": petition.pk, "supporter": supporter_id},
            dedupe_key=press_key(
                occasion=f"confirm-signature:{petition.pk}:{supporter_id}", now=now
            ),
            waits=mail_waits,
            now=now,
        )


@transaction.atomic
def confirm_signatures(*, signatures: Sequence[Signature], now: datetime) -> None:
    """The mailbox said of each of these: yes, that was me."""
    for signature in signatures:
        confirm_signature(signature=signature, now=now)


@transaction.atomic
def confirm_signature(*, signature: Signature, now: datetime) -> None:
    """The mailbox said: yes, that was me. A second call changes nothing.

    A signature that was given in time may be confirmed after the petition has closed; one that
    was held is released. That of an erased person is nobody's to confirm.
    """
    confirmed = Signature.objects.filter(
        pk=signature.pk, confirmed_at=None, supporter__isnull=False
    ).update(confirmed_at=now, held_at=None)
    if not confirmed or signature.supporter_id is None:
        return
    confirm_address(supporter_id=signature.supporter_id, now=now)
    record_consent(
        supporter_id=signature.supporter_id,
        purpose=Consent.Purpose.SIGNATURE,
        channel=Consent.Channel.NONE,
        method=Consent.Method.MAILED_LINK,
        action=Consent.Action.CONFIRMED,
        about=f"petition:{signature.petition.reference}",
        language=signature.language,
        now=now,
    )


@transaction.atomic
def release_signatures(*, petition: Petition, now: datetime, by: Any = None) -> int:
    """Count the signatures that are held as received, all of them. Returns how many.

    `by` is the member of staff who looked at them; the log keeps it.
    """
    held = Signature.objects.filter(petition=petition, held_at__isnull=False)
    released = held.update(held_at=None)
    log(
        instance=petition,
        action="petitions.release",
        user=by,
        timestamp=now,
        data={"signatures": released},
    )
    return released


@transaction.atomic
def keep_names_out_of_references(*, case: Case, now: datetime) -> None:
    """Give the petitions of a case other references where theirs hold a name not to be shown."""
    case = Case.objects.with_exposure().get(pk=case.pk)
    is_removed = case.state == Case.State.REMOVED
    for petition in Petition.objects.filter(case=case):
        is_named = case.is_public(at=now) and is_named_in(petition.reference, case, now=now)
        if is_removed or is_named:
            Petition.objects.filter(pk=petition.pk).update(reference=f"petition-{petition.pk}")


def tally_signatures(*, now: datetime) -> None:
    """Count what has been signed and write each petition's figures down.

    One reader of all signatures instead of one writer per signature: the petition's row is
    never touched while people sign.
    """
    is_held = Q(signatures__held_at__isnull=False)
    counts = Petition.objects.annotate(
        received=Count("signatures", filter=~is_held),
        confirmed=Count("signatures__confirmed_at"),
        held=Count("signatures", filter=is_held),
    ).values_list("pk", "received", "confirmed", "held")
    Tally.objects.bulk_create(
        [
            Tally(petition_id=pk, received=received, confirmed=confirmed, held=held, counted_at=now)
            for pk, received, confirmed, held in counts
        ],
        update_conflicts=True,
        unique_fields=["petition"],
        update_fields=["received", "confirmed", "held", "counted_at"],
    )
