"""What mailings know of supporters: who got which, and why not."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import Blank, Held, Holding, Keep, declare, declare_without_supporters

from .models import Delivery

DELIVERY_NAMES_SOMEBODY = timedelta(days=400)


def _ended_long_ago(now: datetime) -> Q:
    return Q(supporter__isnull=False, mailing__prepared_at__lt=now - DELIVERY_NAMES_SOMEBODY)


def declare_models() -> None:
    """Called when the app is ready."""
    keep = Keep("400 days after the mailing; then it counts and is nobody's", due=_ended_long_ago)
    declare(
        Holding(
            model=Delivery,
            title=_("Mailings to you"),
            rows_of=lambda subject: Q(supporter=subject.supporter_id),
            fields={
                "supporter": Held("", Blank(None), keep, withheld="The person who asks."),
                "provider_message_id": Held("providers_number", Blank(""), keep),
            },
            # What is left for the ledger: every candidate of a mailing stays accounted for.
            plain=frozenset({"id", "mailing", "language", "state", "reason", "chunk_number"}),
            explained=("mailing", "language", "state", "reason"),
        )
    )
    declare_without_supporters(
        "What is sent to whom as a question, in which words, and how far it has come.",
        *("mailings.Audience", "mailings.Mailing", "mailings.MailingContent", "mailings.Chunk"),
        "mailings.SendingSite",
    )
    declare_without_supporters("Members of the team, who read tests.", "mailings.ProofReader")
