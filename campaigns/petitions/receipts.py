"""What a receipt speaks for: all that somebody signed with one press each within one while.

It lists what stands and, told by the consent ledger, what has been taken back since.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from campaigns.supporters.models import Consent, Supporter

from .links import UNDO_LIFETIME, slice_bounds
from .models import Petition, Signature

# Of a line of consent to a press: `sign_as_known` names the signature in it.
OCCASION = "signature:"


@dataclass(frozen=True)
class ReceiptLine:
    """A petition that was signed. `signature` is None once it has been taken back."""

    petition: Petition
    title: str
    is_public: bool
    is_open: bool
    signature: Signature | None = None
    can_undo: bool = False


def title_of(petition: Petition) -> str:
    """The name of the case as it may be shown today, or that it may not be shown at all."""
    case = petition.case
    return case.name if case.is_public() else gettext("A petition that is no longer public")


def signed_within(supporter: Supporter, number: int) -> QuerySet[Signature]:
    """What somebody signed with one press within the slice of that number, and what stands of it.

    Not what their mailbox confirmed in the same while: that had a mail of its own before.
    """
    begins, ends = slice_bounds(number)
    keys = [
        line.dedupe_key.removeprefix(OCCASION)
        for line in _agreed_within(supporter, number)
        if line.dedupe_key.startswith(OCCASION)
    ]
    return Signature.objects.filter(
        pk__in=keys, supporter=supporter, confirmed_at__gte=begins, confirmed_at__lt=ends
    )


def _agreed_within(supporter: Supporter, number: int) -> QuerySet[Consent]:
    """What was agreed to within a slice with one press: to words, which no mail had shown."""
    begins, ends = slice_bounds(number)
    return Consent.objects.filter(
        supporter=supporter,
        purpose=Consent.Purpose.SIGNATURE,
        action=Consent.Action.CONFIRMED,
        wording__isnull=False,
        recorded_at__gte=begins,
        recorded_at__lt=ends,
    )


def receipt_lines(
    supporter: Supporter, number: int, *, now: datetime, pressed: Collection[int] = ()
) -> list[ReceiptLine]:
    """What was signed within the slice, and the petitions (by key) that were just pressed for.

    Whoever presses again for what they signed long ago sees it, and takes nothing back by that.
    """
    begins, ends = slice_bounds(number)
    agreed = [line.about.removeprefix("petition:") for line in _agreed_within(supporter, number)]
    signatures = {
        signature.petition_id: signature
        for signature in Signature.objects.filter(
            Q(petition__reference__in=agreed)
            | Q(petition__in=pressed)
            # Its petition may have got another reference since.
            | Q(pk__in=signed_within(supporter, number).values("pk")),
            supporter=supporter,
            confirmed_at__isnull=False,
        )
    }
    petitions = (
        Petition.objects.filter(Q(reference__in=agreed) | Q(pk__in=signatures))
        .select_related("case", "tally")
        .prefetch_related("case__subjects", "case__consents")
        .order_by("pk")
    )
    lines = []
    for petition in petitions:
        signature = signatures.get(petition.pk)
        lines.append(
            ReceiptLine(
                petition=petition,
                title=title_of(petition),
                is_public=petition.case.is_public(at=now),
                is_open=petition.is_open(at=now),
                signature=signature,
                can_undo=signature is not None
                and signature.confirmed_at is not None
                and (
                    begins <= signature.confirmed_at < ends
                    or now - UNDO_LIFETIME < signature.confirmed_at
                ),
            )
        )
    return lines


def next_to_sign(supporter: Supporter, *, now: datetime, most: int = 1) -> list[Petition]:
    """Open petitions that somebody has not signed; those that close soonest come first."""
    own = Signature.objects.filter(supporter=supporter, petition=OuterRef("pk"))
    waiting = (
        Petition.objects.open(at=now)
        .filter(~Exists(own))
        .select_related("case", "tally")
        .prefetch_related("case__subjects", "case__consents")
        .order_by(F("closes_at").asc(nulls_last=True), "-pk")
    )
    # A few more than wanted: whether consents allow it is not asked in the query.
    return [each for each in waiting[: most + 10] if each.case.is_public(at=now)][:most]
