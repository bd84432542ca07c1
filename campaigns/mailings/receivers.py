"""What happens to a case, followed by what is about to be sent of it."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from . import services


def stop_mailings(**_what: object) -> None:
    """At once, not at the next tick: somebody may be in danger."""
    transaction.on_commit(partial(services.stop_what_has_ended, now=timezone.now()), robust=True)
