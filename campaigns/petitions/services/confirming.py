"""The mailbox says whether it signed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.services import confirm_address, record_consent

from ..models import Signature


@transaction.atomic
def confirm_signatures(*, signatures: Sequence[Signature], now: datetime) -> None:
    """The mailbox said of each of these: yes, that was me."""
    for signature in signatures:
        confirm_signature(signature=signature, now=now)


@transaction.atomic
def confirm_signature(*, signature: Signature, now: datetime) -> None:
    """The mailbox said: yes, that was me. A second call changes nothing.

    A signature that was given in time may be confirmed after the petition has closed; one that
    was held counts from now on. That of an erased person is nobody's to confirm.
    """
    confirmed = Signature.objects.filter(
        pk=signature.pk, confirmed_at=None, supporter__isnull=False
    ).update(confirmed_at=now, held_at=None)
    if not confirmed or signature.supporter_id is None:
        return
    confirm_address(supporter_id=signature.supporter_id, now=now)
    # From where they sign the next one with one press.
    Supporter.objects.filter(pk=signature.supporter_id, country="").update(
        country=signature.country
    )
    # Who came for mails has perhaps given no last name; what the mailbox confirms is theirs.
    Supporter.objects.filter(pk=signature.supporter_id, family_name="").update(
        given_name=signature.given_name, family_name=signature.family_name
    )
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
