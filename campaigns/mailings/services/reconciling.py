"""What is uncertain, compared with what the provider has reported since."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.outbox.bulk import current_provider
from campaigns.outbox.models import DeliveryEvent

from ..models import Chunk, Delivery

# Only a mail that was taken can be reported as anything but these.
PROVES_NOTHING = ("rejected", "failed", "unknown")


def reconcile(*, now: datetime) -> int:
    """Uncertain mails of which the provider has told anything were accepted. Returns how many.

    Reads what has been stored, in whatever order it came, before or after we became uncertain.
    Where many readers go in one call, a report on one of them speaks for all of that call.
    """
    told = DeliveryEvent.objects.filter(delivery_id=OuterRef("pk")).exclude(
        event_type__in=PROVES_NOTHING
    )
    uncertain = Delivery.objects.filter(state=Delivery.State.UNCERTAIN)
    proven = list(uncertain.filter(Exists(told)).values_list("pk", "mailing", "chunk_number"))
    if not proven:
        return 0
    accepted = {"state": Delivery.State.ACCEPTED, "reason": ""}
    settled = 0
    with transaction.atomic():
        for mailing, number in {(mailing, number) for _pk, mailing, number in proven}:
            rows: Any = uncertain.filter(mailing=mailing, chunk_number=number)
            if not current_provider().takes_several:
                rows = rows.filter(pk__in=[pk for pk, *_where in proven])
            settled += rows.update(**accepted)
            if not uncertain.filter(mailing=mailing, chunk_number=number).exists():
                held: Any = Chunk.objects.filter(mailing=mailing, state=Chunk.State.UNCERTAIN)
                held.filter(number=number).update(state=Chunk.State.DONE, ended_at=now)
    return settled
