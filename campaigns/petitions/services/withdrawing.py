"""Signatures that are taken back, and what is forgotten of all others."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ..models import Signature
from .tallying import Changes, note_change, write_changes

NETWORKS_ARE_KEPT = timedelta(days=30)


@transaction.atomic
def withdraw_signatures(signatures: QuerySet[Signature], *, now: datetime) -> int:
    """Delete signatures, and subtract from the tally what it has counted. Returns how many.

    The only change of a tally that does not wait for the next round: what is gone cannot be
    followed any more. Consents and ledgers are the caller's.
    """
    going = list(signatures.select_for_update(of=("self",)))
    changes: Changes = {}
    for signature in going:
        note_change(changes, signature, now_counts_as="")
    Signature.objects.filter(pk__in=[signature.pk for signature in going]).delete()
    write_changes(changes, now=now)
    return len(going)


def forget_networks(*, now: datetime) -> int:
    """Forget from which networks people signed a month ago. Returns of how many signatures."""
    return (
        Signature.objects.filter(signed_at__lt=now - NETWORKS_ARE_KEPT)
        .exclude(network="")
        .update(network="")
    )
