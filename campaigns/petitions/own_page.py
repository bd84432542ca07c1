"""The signatures on somebody's own page, and taking one back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.outbox import suppression_ledger
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.own_page import Row, Section
from campaigns.supporters.services.replaying import meant_by

from .links import share_code
from .models import Petition, Signature
from .receipts import title_of
from .selectors import brought_by_each
from .services import take_back_signatures


def _rows(supporter_id: int) -> Sequence[Row]:
    signatures = (
        Signature.objects.filter(supporter=supporter_id)
        .select_related("petition__case")
        .prefetch_related("petition__case__subjects", "petition__case__consents")
        .order_by("-signed_at")
    )
    signed = list(signatures)
    codes = {signature.pk: share_code(signature.pk) for signature in signed}
    brought = brought_by_each(list(codes.values()))
    return [
        _row(
            signature,
            codes[signature.pk],
            brought.get((codes[signature.pk], signature.petition_id), 0),
        )
        for signature in signed
    ]


def _row(signature: Signature, own_code: str, brought: int) -> Row:
    """A signature, and how many have signed through its signer's links. Nobody sees who."""
    row = Row(
        key=str(signature.pk),
        title=title_of(signature.petition),
        happened_at=signature.signed_at,
        can_withdraw=True,
    )
    if not signature.confirmed_at:
        return replace(row, note=gettext("Not confirmed yet."))
    if brought:
        words = ngettext(
            "%(number)s person signed through your link.",
            "%(number)s people signed through your link.",
            brought,
        )
        row = replace(row, note=words % {"number": brought})
    petition = signature.petition
    if petition.case.is_public() and petition.is_open(at=timezone.now()):
        path = reverse("petitions:share", args=[petition.reference])
        row = replace(row, way_on=f"{path}?by={own_code}", way_on_words=gettext("Pass it on"))
    return row


def _titles(references: Sequence[str]) -> Mapping[str, str]:
    petitions = (
        Petition.objects.filter(reference__in=references)
        .select_related("case")
        .prefetch_related("case__subjects", "case__consents")
    )
    return {petition.reference: title_of(petition) for petition in petitions}


def withdraw_signature(*, supporter_id: int, key: str, now: datetime) -> None:
    """Delete one signature of the supporter. The ledgers say so, the tally follows."""
    own = Signature.objects.filter(supporter=supporter_id)
    if key not in map(str, own.values_list("pk", flat=True)):
        return
    take_back_signatures(
        supporter=Supporter.objects.get(pk=supporter_id),
        signatures=own.filter(pk=key),
        method=Consent.Method.SELF_SERVICE,
        now=now,
    )


def withdraw_again(line: suppression_ledger.Line) -> None:
    """Withdraw it from a database that came back from a backup; not what was signed since."""
    signatures = Signature.objects.filter(
        supporter__in=meant_by(line), petition=line.details["petition"], signed_at__lte=line.at
    )
    for key, supporter_id in signatures.values_list("pk", "supporter"):
        withdraw_signature(supporter_id=supporter_id, key=str(key), now=line.at)


SECTION = Section(
    code="signatures",
    title=_("Your signatures"),
    introduction=_(
        "If you withdraw one, it is deleted and no longer counted. Lists that have been handed"
        " over already cannot be called back."
    ),
    empty=_("You have not signed any petition."),
    rows=_rows,
    withdraw=withdraw_signature,
    withdraw_label=_("Withdraw"),
    about="petition",
    titles=_titles,
)
