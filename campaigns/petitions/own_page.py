"""The signatures on somebody's own page, and taking one back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.outbox import suppression_ledger
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.own_page import Row, Section
from campaigns.supporters.services import record_consent
from campaigns.supporters.services.replaying import meant_by

from .models import Petition, Signature


def _rows(supporter_id: int) -> Sequence[Row]:
    signatures = (
        Signature.objects.filter(supporter=supporter_id)
        .select_related("petition__case")
        .prefetch_related("petition__case__subjects", "petition__case__consents")
        .order_by("-signed_at")
    )
    return [
        Row(
            key=str(signature.pk),
            title=_title(signature.petition),
            happened_at=signature.signed_at,
            note="" if signature.confirmed_at else gettext("Not confirmed yet."),
            can_withdraw=True,
        )
        for signature in signatures
    ]


def _title(petition: Petition) -> str:
    """The name of the case as it may be shown today, or that it may not be shown at all."""
    case = petition.case
    return case.name if case.is_public() else gettext("A petition that is no longer public")


def _titles(references: Sequence[str]) -> Mapping[str, str]:
    petitions = (
        Petition.objects.filter(reference__in=references)
        .select_related("case")
        .prefetch_related("case__subjects", "case__consents")
    )
    return {petition.reference: _title(petition) for petition in petitions}


@transaction.atomic
def withdraw_signature(*, supporter_id: int, key: str, now: datetime) -> None:
    """Delete one signature of the supporter. The consent ledger says so, the tally follows."""
    own = Signature.objects.select_related("petition").filter(supporter=supporter_id)
    signature = next((found for found in own if str(found.pk) == key), None)
    if signature is None:
        return
    record_consent(
        supporter_id=supporter_id,
        purpose=Consent.Purpose.SIGNATURE,
        channel=Consent.Channel.NONE,
        method=Consent.Method.SELF_SERVICE,
        action=Consent.Action.WITHDRAWN,
        about=f"petition:{signature.petition.reference}",
        language=signature.language,
        now=now,
    )
    suppression_ledger.note(
        "withdrawn_signature",
        Supporter.objects.get(pk=supporter_id).mailbox,
        now=now,
        supporter=supporter_id,
        petition=signature.petition_id,
    )
    signature.delete()


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
