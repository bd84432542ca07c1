"""Figures as they are shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from campaigns.localized import NO_WORDS, Words, label_in, words_in
from campaigns.memory import remembered
from campaigns.supporters.links import UNCONFIRMED_LIFETIME
from campaigns.supporters.names import masked_names
from campaigns.supporters.wordings import Wording, signature_wording

from .milestones import next_goal
from .models import Milestone, Petition, Signature, Tally

# For how long a milestone is told of on the pages of its petition.
MILESTONE_IS_NEWS = timedelta(days=7)


@dataclass(frozen=True)
class Progress:
    """The figure of a petition at its last tally, and how far that is to its goal."""

    reference: str
    count: int
    goal: int
    is_confirmed_only: bool
    # Too few yet for the figure to be shown, as the petition's policy says.
    is_hidden: bool = False
    # The goal that it was opened with, once that is behind it and the goal has risen.
    first_goal: int | None = None

    @property
    def percent(self) -> int:
        """0 to 100, also beyond the goal."""
        return min(100, self.count * 100 // self.goal) if self.goal else 100


def petition(**which: int | str) -> Petition:
    """One petition with all that its form shows, in one query. Raises Petition.DoesNotExist."""
    return _petitions().get(**which)


def _petitions() -> models.QuerySet[Petition]:
    """Petitions with case, tally, office, and the highest milestone of the last days."""
    news = Milestone.objects.filter(
        petition=models.OuterRef("pk"), reached_at__gt=timezone.now() - MILESTONE_IS_NEWS
    ).order_by("-figure")[:1]
    return Petition.objects.select_related("case", "tally", "office__country").annotate(
        news_figure=models.Subquery(news.values("figure")),
        news_reached_at=models.Subquery(news.values("reached_at")),
    )


def public_petition(reference: str) -> Petition:
    """A petition whose case the public may read about, with what may be shown of it.

    Raises Petition.DoesNotExist as well where the case has been taken down or not come up yet.
    """
    found = (
        _petitions().prefetch_related("case__subjects", "case__consents").get(reference=reference)
    )
    if not found.case.is_public():
        raise Petition.DoesNotExist
    return found


# For presses: whether the petition is open is asked of each of them anew.
petition_to_sign = remembered(public_petition)


def signed_as(signature: Signature) -> str:
    """The name under a signature, masked: `M··· D···`. Its owner sees whether it is theirs."""
    return masked_names(signature)


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
        count = petition.figure_of(petition.tally)
    except Tally.DoesNotExist:
        count = 0
    has_arrived = petition.goal_rises and count >= petition.goal
    return Progress(
        reference=petition.reference,
        count=count,
        goal=next_goal(count) if has_arrived else petition.goal,
        is_confirmed_only=petition.figure == Petition.Figure.CONFIRMED,
        is_hidden=count < petition.shown_from,
        first_goal=petition.goal if has_arrived else None,
    )


@dataclass(frozen=True)
class Policy:
    """What a petition says of itself beside its figure. None and "" where there is nothing to say.

    `opens_at` is in the future. `last_day` is the last one on which it can be signed.
    """

    goes_to: Words
    place: str
    opens_at: datetime | None
    last_day: date | None
    milestone: int | None
    milestone_on: date | None


def policy(petition: Petition, *, now: datetime) -> Policy:
    """No query, where the petition was read by a function of this module."""
    milestone, reached_at = _news(petition)
    opens_at = petition.opens_at
    opens_later = opens_at is not None and opens_at > now and petition.case.takes_acts(at=now)
    closes_at = petition.closes_at
    # Closing at midnight, it can be signed until the day before.
    last_moment = closes_at and closes_at - timedelta(microseconds=1)
    return Policy(
        goes_to=words_in(petition.office.title) if petition.office else NO_WORDS,
        place=str(petition.office.country) if petition.office else "",
        opens_at=opens_at if opens_later else None,
        last_day=timezone.localdate(last_moment) if last_moment and last_moment > now else None,
        milestone=milestone,
        milestone_on=timezone.localdate(reached_at) if reached_at else None,
    )


def _news(petition: Petition) -> tuple[int | None, datetime | None]:
    """The milestone of the last days, unless the figure has gone below it since."""
    figure = getattr(petition, "news_figure", None)
    shown = progress(petition) if figure else None
    if figure is None or shown is None or shown.is_hidden or shown.count < figure:
        return None, None
    return figure, petition.news_reached_at  # type: ignore[attr-defined]  # Annotated with it.


def brought_by(own_code: str, petition: Petition) -> int:
    """How many confirmed signatures of a petition came through one signer's own links."""
    return Signature.objects.filter(
        source=own_code, petition=petition, standing=Signature.Standing.CONFIRMED
    ).count()


def brought_by_each(own_codes: Collection[str]) -> Mapping[tuple[str, int], int]:
    """The same for several codes at once, by code and petition. One query."""
    rows = (
        Signature.objects.filter(source__in=own_codes, standing=Signature.Standing.CONFIRMED)
        .values_list("source", "petition")
        .annotate(number=models.Count("pk"))
        .order_by()
    )
    return {(source, petition_id): number for source, petition_id, number in rows}


def wording_of(petition: Petition, language: str, *, is_known: bool = False) -> Wording:
    """What people agree to who sign this petition."""
    return signature_wording(
        language,
        passes_on_names=petition.handover == Petition.Handover.NAMES,
        is_known=is_known,
        more=label_in(petition.handover_words, language),
    )
