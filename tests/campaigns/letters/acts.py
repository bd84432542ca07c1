"""Letters that were declared and ways to write that were opened, as facts of any moment."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from campaigns.letters.models import ChannelOpening, LetterAct, UrgentAction, UrgentActionIssue

_numbers = count(1)


def _facts(action: UrgentAction, fields: dict[str, Any]) -> dict[str, Any]:
    issue: UrgentActionIssue = fields.pop("issue", None) or action.issues.latest("ordinal")
    return {"issue": issue, "channel": "GMAIL", "language": "fr", "page_language": "fr", **fields}


def make_act(action: UrgentAction, *, at: datetime | None = None, **fields: Any) -> LetterAct:
    """Declared on the page, in time, by nobody."""
    return LetterAct.objects.create(
        **{
            "via": LetterAct.Via.PAGE,
            "declared_at": at or timezone.now(),
            "press": f"press-{next(_numbers)}",
            **_facts(action, fields),
        }
    )


def make_opening(
    action: UrgentAction, *, at: datetime | None = None, **fields: Any
) -> ChannelOpening:
    return ChannelOpening.objects.create(opened_at=at or timezone.now(), **_facts(action, fields))
