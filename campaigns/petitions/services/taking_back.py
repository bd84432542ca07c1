"""Somebody takes their signatures back: one by one, or all that was not them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from campaigns.outbox import suppression_ledger
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.services import record_consent
from campaigns.supporters.services.recognising import forget_devices

from ..models import Signature
from .withdrawing import withdraw_signatures


@transaction.atomic
def take_back_signatures(
    *,
    supporter: Supporter,
    signatures: QuerySet[Signature],
    method: Consent.Method,
    now: datetime,
) -> None:
    """Delete signatures of one supporter, on their own wish. A second call does nothing.

    Both ledgers say so: that of consents, and that which outlives a backup. The tally follows.
    """
    own = signatures.filter(supporter=supporter)
    for signature in own.select_related("petition"):
        record_consent(
            supporter_id=supporter.pk,
            purpose=Consent.Purpose.SIGNATURE,
            channel=Consent.Channel.NONE,
            method=method,
            action=Consent.Action.WITHDRAWN,
            about=f"petition:{signature.petition.reference}",
            language=signature.language,
            now=now,
        )
        suppression_ledger.note(
            "withdrawn_signature",
            supporter.mailbox,
            now=now,
            supporter=supporter.pk,
            petition=signature.petition_id,
        )
    withdraw_signatures(own, now=now)


@transaction.atomic
def disown_signatures(
    *,
    supporter: Supporter,
    signatures: QuerySet[Signature],
    method: Consent.Method,
    now: datetime,
) -> None:
    """Their owner says: that was not me. All are taken back, and nothing signs for them any more.

    Devices and mailed links that knew them know nobody; where they confirm, they are known anew.
    """
    take_back_signatures(supporter=supporter, signatures=signatures, method=method, now=now)
    forget_devices(supporter_id=supporter.pk, now=now)
