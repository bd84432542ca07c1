"""Who works on a job: a claim that ends by itself when its worker dies."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Model, Q

# Renewed with every chunk. A worker that was killed is replaced after this time.
LEASE = timedelta(minutes=1)


def free(now: datetime) -> Q:
    """The jobs on which nobody works."""
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


def claim(model: type[Model], key: object, *, state: str, now: datetime) -> uuid.UUID | None:
    """Take a job that is in `state`; None where somebody else has it, or it is not."""
    token = uuid.uuid4()
    taken = (
        model._default_manager.filter(free(now), pk=key, state=state)
        .order_by()
        .update(claim=token, claimed_until=now + LEASE)
    )
    return token if taken else None


def release(model: type[Model], key: object, *, token: uuid.UUID) -> None:
    """Give a job back, so that the next worker need not wait for the end of the lease."""
    model._default_manager.filter(pk=key, claim=token).update(claim=None, claimed_until=None)
