"""What the demonstration's petitions say of themselves; the words are in `words/petitions.toml`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns.cases.models import Office
from campaigns.petitions.models import Milestone, Petition, Signature


@dataclass(frozen=True)
class DemoPolicy:
    """Where it differs from a petition's standards."""

    office: str = ""
    figure: Petition.Figure = Petition.Figure.CONFIRMED
    shown_from: int = 0
    handover: Petition.Handover = Petition.Handover.NAMES
    # In days from when the demonstration is built; None without an end.
    open_for_days: int | None = None


POLICIES = {
    "ana-drovik": DemoPolicy("xa-minister-justice"),
    "noor-hadesh": DemoPolicy("xs-prosecutor-general", open_for_days=180),
    "lisk-bay": DemoPolicy("xm-governor-coast", figure=Petition.Figure.RECEIVED),
    # Whoever stands up for Ilka had better be in no list.
    "ilka": DemoPolicy("xs-minister-justice", shown_from=100, handover=Petition.Handover.NUMBER),
}


def policy_of(reference: str, words: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The fields of a petition that is being made. `words` are by language, if there are any."""
    policy = POLICIES.get(reference, DemoPolicy())
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "office": Office.objects.get(reference=policy.office) if policy.office else None,
        "figure": policy.figure,
        "shown_from": policy.shown_from,
        "handover": policy.handover,
        "handover_words": words.get("handover", {}),
        "share_words": words.get("share", {}),
        "closes_at": (
            midnight + timedelta(days=policy.open_for_days) if policy.open_for_days else None
        ),
    }


def date_milestones() -> None:
    """All was counted at once; let each be reached when its last signature came."""
    for milestone in Milestone.objects.select_related("petition"):
        petition = milestone.petition
        signatures = Signature.objects.filter(petition=petition)
        if petition.figure == Petition.Figure.CONFIRMED:
            signatures = signatures.exclude(confirmed_at=None)
        last = signatures.order_by("signed_at")[milestone.figure - 1 : milestone.figure].first()
        if last is not None:
            Milestone.objects.filter(pk=milestone.pk).update(reached_at=last.signed_at)
