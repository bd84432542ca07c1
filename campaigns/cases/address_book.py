"""What staff say of an address with one press: it is right today, or mails to it come back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from .models import DiplomaticMission, Office


@transaction.atomic
def confirm_address(*, where: Office | DiplomaticMission, by: Any, now: datetime) -> None:
    """Somebody has made sure today that letters arrive there."""
    _note(where, "check_address", by, verified_on=timezone.localdate(now))


@transaction.atomic
def note_returned_mails(*, where: Office | DiplomaticMission, by: Any, now: datetime) -> None:
    """Mails come back from today on, if they did not before: other ways are offered first."""
    if where.email and where.email_dead_since is None:
        _note(where, "note_returned_mails", by, email_dead_since=timezone.localdate(now))


def _note(where: Office | DiplomaticMission, action: str, by: Any, **facts: Any) -> None:
    # Nothing but these columns: somebody may be editing the rest.
    type(where).objects.filter(pk=where.pk).update(**facts)
    for name, value in facts.items():
        setattr(where, name, value)
    log(instance=where, action=f"cases.{action}", user=by)
