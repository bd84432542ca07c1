"""What a signature says of its signer. It stays counted, and can become nobody's."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import (
    Blank,
    Held,
    Holding,
    Keep,
    WithRow,
    declare,
    declare_without_supporters,
)
from campaigns.supporters.details import UNCONFIRMED_LIFETIME

from .models import Signature, SolidarityMessage


def declare_models() -> None:
    """Called when the app is ready."""
    keep = Keep("as long as the person is known; then it counts and is nobody's")
    known = Keep(
        "as long as the person is known; 30 days where the mailbox never confirms it",
        due=lambda now: Q(confirmed_at=None, written_at__lt=now - UNCONFIRMED_LIFETIME),
    )
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
                    *("confirmed_at", "held_at", "passes_on_name"),
                    *("invalidation", "standing", "counted_as", "source", "network"),
                }
            ),
            explained=(
                *("petition", "country", "language", "signed_at", "confirmed_at", "held_at"),
                "passes_on_name",
            ),
        )
    )
    declare(
        Holding(
            model=SolidarityMessage,
            title=_("Your messages of solidarity"),
            rows_of=lambda subject: Q(supporter=subject.supporter_id),
            fields={
                "supporter": Held("", WithRow(), known, withheld="The person who asks."),
                "text": Held("text", WithRow(), known),
                "signed_as": Held("signed_as", WithRow(), known),
            },
            plain=frozenset(
                {
                    *("id", "edition", "case", "language", "written_at", "confirmed_at"),
                    *("state", "decided_at", "reason"),
                }
            ),
            explained=("edition", "language", "written_at", "confirmed_at", "state", "reason"),
        )
    )
    declare_without_supporters(
        "What we ask for, and sums.",
        *("petitions.Petition", "petitions.Tally", "petitions.TallyPart", "petitions.Milestone"),
        *("petitions.Edition", "petitions.EditionPetition"),
    )
    declare_without_supporters("Organisations.", "petitions.EmbedPartner")
    declare_without_supporters(
        "Conditions by network, domain, country and time, which fit nobody in particular.",
        "petitions.Invalidation",
    )
