"""What the supporter service writes down about a conversation."""

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from ..models import Supporter, SupporterNote


@transaction.atomic
def write_note(*, supporter: Supporter, text: str, by: Any, now: datetime) -> None:
    """Add a note to a supporter. It is theirs to read, and goes with them."""
    SupporterNote.objects.create(supporter=supporter, text=text, author=by, written_at=now)
    log(instance=supporter, action="supporters.note", user=by)
