"""Figures as they are shown."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.supporters.links import UNCONFIRMED_LIFETIME
from campaigns.supporters.names import masked

from .models import Petition, Signature, Tally


@dataclass(frozen=True)
class Progress:
    """The figure of a petition at its last tally, and how far that is to its goal."""

    reference: str
    count: int
    goal: int
    is_confirmed_only: bool

    @property
    def percent(self) -> int:
        """0 to 100, also beyond the goal."""
        return min(100, self.count * 100 // self.goal) if self.goal else 100


def petition(**which: int | str) -> Petition:
    """One petition with its case and tally, in one query. Raises Petition.DoesNotExist."""
    return Petition.objects.select_related("case", "tally").get(**which)


def public_petition(reference: str) -> Petition:
    """A petition whose case the public may read about, with what may be shown of it.

    Raises Petition.DoesNotExist as well where the case has been taken down or not come up yet.
    """
    found = (
        Petition.objects.select_related("case", "tally")
        .prefetch_related("case__subjects", "case__consents")
        .get(reference=reference)
    )
    if not found.case.is_public():
        raise Petition.DoesNotExist
    return found


def signed_as(signature: Signature) -> str:
    """The name under a signature, masked: `M··· D···`. Its owner sees whether it is theirs."""
    return f"{masked(signature.given_name)} {masked(signature.family_name)}"


def waiting_besides(signature: Signature, *, now: datetime) -> list[Signature]:
    """The other signatures of the same mailbox that it may still confirm, oldest first."""
    if signature.supporter_id is None:
        return []
    waiting = waiting_of(signature.supporter_id, now=now)
    return [each for each in waiting if each.pk != signature.pk]


def waiting_of(supporter_id: int, *, now: datetime) -> list[Signature]:
    """The signatures that a mailbox may still confirm, oldest first.

    One mailbox gets few mails in a short time, so one mail has to speak for all of them.
    """
    waiting = (
        Signature.objects.filter(
            supporter=supporter_id,
            confirmed_at=None,
            signed_at__gt=now - UNCONFIRMED_LIFETIME,
        )
        .select_related("supporter", "petition__case")
        .prefetch_related("petition__case__subjects", "petition__case__consents")
        .order_by("signed_at", "pk")
    )
    return [each for each in waiting if each.petition.case.is_public(at=now)]


def progress(petition: Petition) -> Progress:
    """The shown figure. One query, unless `petition.tally` has been joined in."""
    try:
        tally = petition.tally
    except Tally.DoesNotExist:
        tally = None
    confirmed_only = petition.figure == Petition.Figure.CONFIRMED
    count = 0
    if tally is not None:
        count = tally.confirmed if confirmed_only else tally.received
    return Progress(
        reference=petition.reference,
        count=count,
        goal=petition.goal,
        is_confirmed_only=confirmed_only,
    )
