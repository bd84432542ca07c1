"""What a declared letter says of its writer. It stays counted, and can become nobody's."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import A_HASH, Blank, Held, Holding, Keep, declare

from .acting import own_key
from .models import ChannelOpening, LetterAct

OPENING_IS_KEPT = timedelta(days=365)


def declare_models() -> None:
    """Called when the app is ready."""
    keep = Keep("as long as the person is known; then it counts and is nobody's")
    declare(
        Holding(
            model=LetterAct,
            title=_("The letters that you told us of"),
            rows_of=lambda subject: Q(supporter=subject.supporter_id),
            fields={
                "supporter": Held("", Blank(None), keep, withheld="The person who asks."),
                "press": Held("", Blank(own_key()), keep, withheld=A_HASH),
            },
            plain=frozenset(
                {
                    *("id", "issue", "office", "channel", "language", "page_language", "via"),
                    *("source", "declared_at", "is_late", "undone_at"),
                }
            ),
            explained=(
                *("issue", "office", "channel", "language", "via", "declared_at", "is_late"),
                "undone_at",
            ),
        )
    )
    declare(
        Holding(
            model=ChannelOpening,
            title=_("Ways to write that somebody opened; nothing says who"),
            # Nobody's: here for its rule alone.
            rows_of=lambda _subject: Q(pk__in=[]),
            fields={},
            plain=frozenset(
                {"id", "issue", "office", "channel", "language", "page_language", "opened_at"}
            ),
            gone=Keep(
                "a year after it was opened",
                due=lambda now: Q(opened_at__lt=now - OPENING_IS_KEPT),
            ),
        )
    )
