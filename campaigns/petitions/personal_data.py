"""What a signature says of its signer. It stays counted, and can become nobody's."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import (
    Blank,
    Held,
    Holding,
    Keep,
    declare,
    declare_without_supporters,
)

from .models import Signature


def declare_models() -> None:
    """Called when the app is ready."""
    keep = Keep("as long as the person is known; then it counts and is nobody's")
    declare(
        Holding(
            model=Signature,
            title=_("Your signatures"),
            rows_of=lambda subject: Q(supporter=subject.supporter_id),
            fields={
                "supporter": Held("", Blank(None), keep, withheld="The person who asks."),
                "given_name": Held("given_name", Blank(""), keep),
                "family_name": Held("family_name", Blank(""), keep),
                "is_minor": Held("is_minor", Blank(False), keep),
            },
            # What is left for the figures: where, when, in which language, from which page.
            plain=frozenset(
                {
                    *("id", "petition", "country", "language", "page_id", "signed_at"),
                    *("confirmed_at", "held_at"),
                }
            ),
            explained=("petition", "country", "language", "signed_at", "confirmed_at", "held_at"),
        )
    )
    declare_without_supporters(
        "What we ask for, and sums.", "petitions.Petition", "petitions.Tally"
    )
