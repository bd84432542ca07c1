"""The mail that tells somebody what was signed for them by one press, and how to undo it."""

from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters.links import LinkPayload
from campaigns.supporters.models import Supporter

from ..links import UNDO_SIGNATURES
from ..receipts import signed_within

SAMPLE_LINK = "https://example.org/link/sample/"


def _prepare_receipt(message: OutgoingMessage) -> Letterhead:
    number = int(message.arguments["slice"])
    supporter = Supporter.objects.filter(pk=message.arguments["supporter"]).first()
    signatures = (
        signed_within(supporter, number)
        .select_related("petition__case")
        .prefetch_related("petition__case__subjects", "petition__case__consents")
        .order_by("signed_at", "pk")
        if supporter
        else []
    )
    cases = [each.petition.case for each in signatures if each.petition.case.is_public()]
    if supporter is None or not cases:
        raise MessageObsolete("All has been taken back, or may not be spoken of any more.")
    payload: LinkPayload = {"supporter": supporter.pk, "slice": number}
    return Letterhead(
        address=supporter.email,
        context={
            "name": cases[0].name,
            "short_name": cases[0].short_name,
            "names": [case.name for case in cases],
            "link": UNDO_SIGNATURES.address(payload, language=message.language),
        },
    )


def _samples() -> dict[str, Letterhead]:
    def sample(*names: str) -> Letterhead:
        context = {
            "name": names[0],
            "short_name": names[0].split()[0],
            "names": list(names),
            "link": SAMPLE_LINK,
        }
        return Letterhead("reader@example.org", context)

    return {
        "one": sample("Ana Drovik"),
        "several": sample("Ana Drovik", "Tomas Belk", "Irena Sol"),
    }


# Not capped: whoever caused it is known, and it is what tells the owner if they were not.
KINDS = [MailKind("petitions/acknowledge_signatures", _prepare_receipt, _samples)]
