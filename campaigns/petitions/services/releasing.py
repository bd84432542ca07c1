"""Held signatures, once somebody has looked at them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from ..models import Petition, Signature


@transaction.atomic
def release_signatures(*, petition: Petition, now: datetime, by: Any = None) -> int:
    """Count the signatures that are held as received, all of them. Returns how many.

    `by` is the member of staff who looked at them; the log keeps it.
    """
    held = Signature.objects.filter(petition=petition, standing=Signature.Standing.HELD)
    released = held.update(held_at=None)
    log(
        instance=petition,
        action="petitions.release",
        user=by,
        timestamp=now,
        data={"signatures": released},
    )
    return released
