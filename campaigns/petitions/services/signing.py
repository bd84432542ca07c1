"""Signing: a few rows are inserted, and no row is shared.

Four statements between BEGIN and COMMIT for somebody we do not know: the person, the signature,
the words agreed to, the mail that is owed. Nothing of a petition or page is written; counting is
the tally's work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.outbox.inserts import insert_or_follow
from campaigns.outbox.services import NO_WAIT, press_key, queue_message
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.services import Person, record_consent, register_supporter
from campaigns.supporters.wordings import Wording

from ..links import SLICE, receipt_slice
from ..models import Edition, Petition, Signature


class PetitionClosed(Exception):
    """The petition takes no signatures at this moment; of several, none does."""


class SupporterGone(Exception):
    """Whoever signed the case before has been erased meanwhile: they have to be asked again."""


@dataclass(frozen=True)
class SignatureRequest:
    """What somebody typed to sign, already cleaned. `country` is an ISO 3166-1 code."""

    person: Person
    country: str
    passes_on_name: bool = True


@dataclass(frozen=True)
class Origin:
    """Where a press came from, for the figures: page, link, and a keyed hash of the network."""

    page_id: int | None = None
    source: str = ""
    network: str = ""


NOWHERE = Origin()
# A receipt speaks for what was signed within one slice of time, so it waits until that is surely
# over: also for a press of its last moment that is still being committed.
RECEIPT_WAITS = SLICE + timedelta(minutes=1)


def sign_petition(
    *,
    petition: Petition,
    request: SignatureRequest,
    language: str,
    wording: Wording,
    now: datetime,
    origin: Origin = NOWHERE,
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
        _receive(petition, supporter_id, request, language, wording, origin, is_held, now)
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


def sign_petitions(
    *,
    edition: Edition,
    petitions: Sequence[Petition],
    request: SignatureRequest,
    language: str,
    wording: Wording,
    now: datetime,
    origin: Origin = NOWHERE,
    is_held: bool = False,
    mail_waits: timedelta = NO_WAIT,
) -> tuple[int, list[Petition]]:
    """The same for several petitions of a marathon at once, for which one mail speaks.

    Those that have closed meanwhile are left out. Returns the supporter's key and the petitions
    that took the signature. Raises PetitionClosed where that is none, or the edition is not open.
    """
    taking = _taking(edition, petitions, now)
    with transaction.atomic(savepoint=False):
        supporter_id = register_supporter(person=request.person, language=language, now=now)
        for petition in taking:
            _receive(petition, supporter_id, request, language, wording, origin, is_held, now)
        owe_marathon_mail(edition, supporter_id, language, mail_waits, now)
    return supporter_id, taking


def sign_further_petition(
    *,
    edition: Edition,
    petition: Petition,
    supporter_id: int,
    request: SignatureRequest,
    language: str,
    wording: Wording,
    now: datetime,
    origin: Origin = NOWHERE,
    is_held: bool = False,
    mail_waits: timedelta = NO_WAIT,
) -> None:
    """The same for the next case, by somebody who has just typed their name and address.

    The device remembers the supporter's key and what was typed, not the address: that of
    `request` is not looked at. Raises PetitionClosed, SupporterGone.
    """
    taking = _taking(edition, [petition], now)
    with transaction.atomic(savepoint=False):
        known = Supporter.objects.select_for_update(no_key=True).filter(pk=supporter_id)
        if not known.values_list("pk", flat=True).first():
            raise SupporterGone(supporter_id)
        for each in taking:
            _receive(each, supporter_id, request, language, wording, origin, is_held, now)
        owe_marathon_mail(edition, supporter_id, language, mail_waits, now)


def _taking(edition: Edition, petitions: Sequence[Petition], now: datetime) -> list[Petition]:
    """Those of an edition's petitions that take signatures. Raises PetitionClosed if none does."""
    taking = [petition for petition in petitions if petition.is_open(at=now)]
    if not taking or not edition.is_open(at=now):
        raise PetitionClosed(str(edition))
    return taking


def owe_marathon_mail(
    edition: Edition, supporter_id: int, language: str, waits: timedelta, now: datetime
) -> None:
    """The mail that asks for all that waits in an edition: signatures and messages."""
    queue_message(
        kind="petitions/confirm_marathon",
        language=language,
        person_id=supporter_id,
        arguments={"edition": edition.pk, "supporter": supporter_id},
        dedupe_key=press_key(occasion=f"confirm-marathon:{edition.pk}:{supporter_id}", now=now),
        waits=waits,
        now=now,
    )


def sign_as_known(
    *,
    petitions: Sequence[Petition],
    supporter: Supporter,
    country: str,
    method: Consent.Method,
    language: str,
    wordings: Mapping[int, Wording],
    now: datetime,
    origin: Origin = NOWHERE,
    passes_on_name: bool = True,
) -> list[Signature]:
    """Sign for somebody whose mailbox has answered, by a device or mailed link that knows them.

    Confirmed at once. Signing again changes nothing. `wordings` are by the petition's key.
    Petitions that have closed are left out; raises PetitionClosed where that is all of them.
    Owes one receipt for all that is signed within one SLICE. Returns the signatures that stand.
    """
    taking = [petition for petition in petitions if petition.is_open(at=now)]
    if not taking:
        raise PetitionClosed(", ".join(petition.reference for petition in petitions))
    signatures = []
    with transaction.atomic(savepoint=False):
        for petition in taking:
            signature = Signature(
                petition=petition,
                supporter_id=supporter.pk,
                given_name=supporter.given_name,
                family_name=supporter.family_name,
                country=country,
                language=language,
                page_id=origin.page_id,
                source=origin.source,
                network=origin.network,
                signed_at=now,
                confirmed_at=now,
                is_minor=supporter.is_minor,
                passes_on_name=passes_on_name and _hands_over_names(petition),
            )
            # Held or not, it is a person's now.
            _insert(signature, "held_at")
            record_consent(
                supporter_id=supporter.pk,
                purpose=Consent.Purpose.SIGNATURE,
                channel=Consent.Channel.NONE,
                method=method,
                action=Consent.Action.CONFIRMED,
                about=f"petition:{petition.reference}",
                wording=wordings[petition.pk],
                language=language,
                page_id=origin.page_id,
                # The same signature is agreed to once, however often the button is pressed.
                occasion=f"signature:{signature.pk}",
                now=now,
            )
            signatures.append(signature)
        if not supporter.country:
            # Asked for once.
            Supporter.objects.filter(pk=supporter.pk, country="").update(country=country)
        number = receipt_slice(now)
        queue_message(
            kind="petitions/acknowledge_signatures",
            language=language,
            person_id=supporter.pk,
            arguments={"supporter": supporter.pk, "slice": number},
            dedupe_key=f"receipt:{supporter.pk}:{number}",
            waits=RECEIPT_WAITS,
            now=now,
        )
    return signatures


def _receive(
    petition: Petition,
    supporter_id: int,
    request: SignatureRequest,
    language: str,
    wording: Wording,
    origin: Origin,
    is_held: bool,
    now: datetime,
) -> None:
    """The signature and the words agreed to."""
    _insert(
        Signature(
            petition=petition,
            supporter_id=supporter_id,
            given_name=request.person.given_name,
            family_name=request.person.family_name,
            country=request.country,
            language=language,
            page_id=origin.page_id,
            source=origin.source,
            network=origin.network,
            signed_at=now,
            is_minor=request.person.is_minor,
            passes_on_name=request.passes_on_name and _hands_over_names(petition),
            held_at=now if is_held else None,
        )
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
        page_id=origin.page_id,
        now=now,
    )


def _insert(signature: Signature, *also: str) -> None:
    insert_or_follow(
        signature,
        "petition",
        "supporter",
        follow=("given_name", "family_name", "country", "is_minor", "passes_on_name", *also),
        until="confirmed_at",
    )


def _hands_over_names(petition: Petition) -> bool:
    """Whoever agreed to be a number stays one, also once the policy says otherwise."""
    return petition.handover == Petition.Handover.NAMES
