"""The mail that asks a mailbox for all that it signed in one edition of the letter marathon."""

from collections.abc import Sequence

from django.utils import timezone

from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters.models import Supporter

from .. import marathon, solidarity
from ..links import CONFIRM_MARATHON
from ..models import Edition
from ..selectors import signed_as
from .confirmations import SAMPLE_LINK


def _prepare(message: OutgoingMessage) -> Letterhead:
    edition_id, supporter_id = (int(message.arguments[name]) for name in ("edition", "supporter"))
    edition = Edition.objects.filter(pk=edition_id).first()
    supporter = Supporter.objects.filter(pk=supporter_id).first()
    if edition is None or supporter is None:
        raise MessageObsolete("The edition or the person is gone.")
    edition = marathon.edition_called(edition_id)
    # What may be said is decided when it is said: the mail may have waited for weeks.
    now = timezone.now()
    signatures = marathon.waiting_in(edition, supporter_id, now=now)
    messages = solidarity.messages_waiting(supporter_id, edition_id, now=now)
    waits = bool(signatures or messages)
    if not waits and not marathon.was_confirmed(edition, supporter_id, before=message.created_at):
        # Of several presses the mail of the first spoke for all, and has been answered.
        raise MessageObsolete("Nothing of this edition waits to be confirmed.")
    return Letterhead(
        address=supporter.email,
        context={
            "year": edition.year,
            "names": [each.petition.case.name for each in signatures],
            "written_to": [each.case.name for each in messages],
            # As typed at each press: usually once.
            "signed_as": ", ".join(dict.fromkeys(signed_as(each) for each in signatures)),
            "is_confirmed": not waits,
            "link": CONFIRM_MARATHON.address(
                {"supporter": supporter_id, "edition": edition_id}, language=message.language
            ),
        },
    )


def _samples() -> dict[str, Letterhead]:
    def sample(
        names: Sequence[str], *, written_to: Sequence[str] = (), is_confirmed: bool = False
    ) -> Letterhead:
        return Letterhead(
            "reader@example.org",
            {
                "year": 2026,
                "names": names,
                "written_to": written_to,
                "signed_as": "M··· D···",
                "is_confirmed": is_confirmed,
                "link": SAMPLE_LINK,
            },
        )

    three = ["Ana Drovik", "Tomas Belk", "Irena Sol"]
    return {
        "one case": sample(three[:1]),
        "several cases": sample(three),
        "a message too": sample(three, written_to=["Ana Drovik"]),
        "a message alone": sample([], written_to=["Ana Drovik"]),
        "all confirmed before": sample([], is_confirmed=True),
    }


KINDS = [MailKind("petitions/confirm_marathon", _prepare, _samples, is_capped=True)]
