"""The mail that asks a mailbox whether it signed."""

from collections.abc import Sequence

from django.utils import timezone

from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage

from ..links import CONFIRM_SIGNATURE
from ..models import Petition, Signature
from ..selectors import signed_as, waiting_besides, waiting_of

SAMPLE_LINK = "https://example.org/link/sample/"


def _prepare_confirmation(message: OutgoingMessage) -> Letterhead:
    # What may be said is decided when it is said: the mail may have waited for weeks.
    now = timezone.now()
    signature = (
        Signature.objects.select_related("supporter", "petition__case")
        .filter(petition=message.arguments["petition"], supporter=message.arguments["supporter"])
        .first()
    )
    if signature is None or not signature.petition.case.is_public():
        # The mails of other signatures may have stood back for this one: it speaks for them.
        supporter_id = int(message.arguments["supporter"])
        signature = next(reversed(waiting_of(supporter_id, now=now)), None)
    if signature is None or signature.supporter is None:
        raise MessageObsolete("The signature is gone, or its case has been taken down.")
    return Letterhead(
        address=signature.supporter.email,
        context={
            "name": signature.petition.case.name,
            "short_name": signature.petition.case.short_name,
            "signed_as": signed_as(signature),
            "is_number_only": signature.petition.handover == Petition.Handover.NUMBER,
            "is_confirmed": signature.confirmed_at is not None,
            # The press that caused this mail came after the one that made the signature.
            "is_repeated": message.created_at > signature.signed_at,
            "also_signed": [
                each.petition.case.name for each in waiting_besides(signature, now=now)
            ],
            "link": CONFIRM_SIGNATURE.address(
                {"signature": str(signature.pk)}, language=message.language
            ),
        },
    )


def _confirmation_samples() -> dict[str, Letterhead]:
    def sample(
        *,
        is_confirmed: bool,
        is_repeated: bool,
        also_signed: Sequence[str] = (),
        is_number_only: bool = False,
    ) -> Letterhead:
        return Letterhead(
            "reader@example.org",
            {
                "name": "Ana Drovik",
                "short_name": "Ana",
                "signed_as": "M··· D···",
                "is_number_only": is_number_only,
                "is_confirmed": is_confirmed,
                "is_repeated": is_repeated,
                "also_signed": also_signed,
                "link": SAMPLE_LINK,
            },
        )

    return {
        "first": sample(is_confirmed=False, is_repeated=False),
        "the number alone is handed over": sample(
            is_confirmed=False, is_repeated=False, is_number_only=True
        ),
        "again, not confirmed yet": sample(is_confirmed=False, is_repeated=True),
        "again, confirmed": sample(is_confirmed=True, is_repeated=True),
        "others wait": sample(
            is_confirmed=False, is_repeated=False, also_signed=["Tomas Belk", "Irena Sol"]
        ),
        "confirmed, another waits": sample(
            is_confirmed=True, is_repeated=True, also_signed=["Tomas Belk"]
        ),
    }


KINDS = [
    MailKind(
        "petitions/confirm_signature", _prepare_confirmation, _confirmation_samples, is_capped=True
    )
]
