"""What a reply holds about people: whoever passed it on, and whoever its words name."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import Blank, Held, Holding, Keep, Stay, Subject, declare

from .models import Reply

CONTACT_IS_KEPT = timedelta(days=365)
REPLY_IS_KEPT = timedelta(days=5 * 365)
# The answer belongs to the case; who passed it on is forgotten with their address.
AN_ANSWER = "What an authority answered; it tells of a case, not of whoever passed it on."


def _passed_on_by(subject: Subject) -> Q:
    """By the address they left. Encrypted columns are read, not searched; these are few."""
    with_contact = Reply.objects.exclude(contact="").values_list("pk", "contact")
    return Q(pk__in=[key for key, contact in with_contact if contact.lower() in subject.addresses])


def _had_long_ago(now: datetime) -> Q:
    return Q(received_at__lt=now - CONTACT_IS_KEPT) & ~Q(contact="")


def declare_replies() -> None:
    """Called when the app is ready."""
    keep = Keep("a year, for questions about it", due=_had_long_ago)
    declare(
        Holding(
            model=Reply,
            title=_("Answers of authorities that you passed on"),
            rows_of=_passed_on_by,
            fields={
                "contact": Held("contact", Blank(""), keep),
                "text": Held("text", Stay(AN_ANSWER), keep),
                "file": Held("", Stay(AN_ANSWER), keep, withheld="The name of a file of ours."),
                "note": Held("", Stay(AN_ANSWER), keep, withheld="Words of staff on the case."),
            },
            plain=frozenset(
                {
                    *("id", "urgent_action", "office", "file_type", "answered_on", "language"),
                    *("received_at", "state", "handled_by", "handled_at"),
                }
            ),
            explained=("urgent_action", "office", "answered_on", "received_at"),
            gone=Keep(
                "five years after it was received",
                due=lambda now: Q(received_at__lt=now - REPLY_IS_KEPT),
            ),
        )
    )
