"""What became of a mailing: read from its rows, whatever the workers are doing meanwhile."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from campaigns.outbox.models import DeliveryEvent, RateBucket
from campaigns.petitions.models import Signature
from campaigns.supporters.models import Subscription

from .models import Chunk, Delivery, Mailing

# In the order in which they are added up.
STATES = (
    Delivery.State.ACCEPTED,
    Delivery.State.EXCLUDED,
    Delivery.State.SUPPRESSED,
    Delivery.State.REJECTED,
    Delivery.State.FAILED,
    Delivery.State.CANCELLED,
    Delivery.State.UNCERTAIN,
    Delivery.State.PENDING,
)
NOT_REACHED = (
    Delivery.State.EXCLUDED,
    Delivery.State.SUPPRESSED,
    Delivery.State.REJECTED,
    Delivery.State.FAILED,
    Delivery.State.CANCELLED,
    Delivery.State.UNCERTAIN,
)
# The speed of the last minutes says how long the rest takes.
RATE_WINDOW = timedelta(minutes=2)
# After so long without a report of a mail, while others have theirs, it has hardly left.
REPORTS_AFTER = timedelta(hours=6)
ENOUGH_REPORTS = 0.9
# Told also of mails that were never taken.
PROVES_NOTHING = ("rejected", "failed", "unknown")
FOLLOWED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Ledger:
    """The candidates of a mailing, and a state for each of them."""

    candidates: int
    by_state: Mapping[str, int]
    # (state, reason) → people; only of those who did not get it.
    by_reason: Mapping[tuple[str, str], int]
    # Language of the mail → state → people.
    by_language: Mapping[str, Mapping[str, int]]

    @property
    def rows(self) -> int:
        """How many have a state that is known."""
        return sum(self.by_state.values())

    @property
    def unexplained(self) -> int:
        """How many have none. Anything but 0 is a fault of ours."""
        return self.candidates - self.rows

    @property
    def recipients(self) -> int:
        """How many were to get it."""
        return self.rows - self.by_state.get(Delivery.State.EXCLUDED, 0)

    @property
    def waiting(self) -> int:
        """How many are still to be handed over."""
        return self.by_state.get(Delivery.State.PENDING, 0)


def ledger(mailing: Mailing) -> Ledger:
    """Everybody by state, reason and language. One question to the database."""
    rows = (
        Delivery.objects.filter(mailing=mailing.pk)
        .order_by()
        .values("state", "reason", "language")
        .annotate(people=Count("pk"))
    )
    by_state: dict[str, int] = {}
    by_reason: dict[tuple[str, str], int] = {}
    by_language: dict[str, dict[str, int]] = {}
    for row in rows:
        state, people = row["state"], row["people"]
        by_state[state] = by_state.get(state, 0) + people
        if state in NOT_REACHED:
            key = (state, row["reason"])
            by_reason[key] = by_reason.get(key, 0) + people
        if state != Delivery.State.EXCLUDED:
            of_language = by_language.setdefault(row["language"], {})
            of_language[state] = of_language.get(state, 0) + people
    return Ledger(mailing.candidates, by_state, by_reason, by_language)


@dataclass(frozen=True)
class Progress:
    """How far it has come, how fast it goes, and until when it waits if it does."""

    total: int
    done: int
    per_minute: int
    left: timedelta | None
    waits_until: datetime | None
    # What the provider said last, where it did not take something.
    note: str

    @property
    def percent(self) -> int:
        """Whole per cents; 100 only when nothing is left."""
        return self.done * 100 // self.total if self.total else 0


def progress(mailing: Mailing, counted: Ledger, *, now: datetime) -> Progress:
    """The same figures as the ledger, with the speed of the last minutes."""
    total = counted.recipients
    done = total - counted.waiting
    since = max(now - RATE_WINDOW, mailing.started_at or now)
    chunks = Chunk.objects.filter(mailing=mailing.pk)
    handed_over = (
        chunks.filter(ended_at__gt=since, state__in=[Chunk.State.DONE, Chunk.State.UNCERTAIN])
        .aggregate(people=Sum("size"))
        .get("people")
        or 0
    )
    # In the first seconds a minute's worth would be a guess.
    minutes = max((now - since).total_seconds(), 10) / 60
    per_minute = round(handed_over / minutes)
    left = timedelta(minutes=counted.waiting / per_minute) if per_minute else None
    open_chunks = chunks.filter(state=Chunk.State.OPEN)
    waits = None
    if not open_chunks.filter(Q(not_before=None) | Q(not_before__lte=now)).exists():
        waits = open_chunks.aggregate(first=Min("not_before"))["first"]
    bucket = RateBucket.objects.filter(stopped_until__gt=now).first()
    if bucket is not None and bucket.stopped_until is not None and counted.waiting:
        waits = max(waits or bucket.stopped_until, bucket.stopped_until)
    note = open_chunks.exclude(error="").values_list("error", flat=True).first() or ""
    return Progress(total, done, per_minute, left, waits, note)


def people_of(mailing: Mailing, state: str, reason: str) -> "QuerySet[Delivery]":
    """Everybody in this state for this reason, to be looked at page by page."""
    return (
        Delivery.objects.filter(mailing=mailing.pk, state=state, reason=reason)
        .select_related("supporter")
        .order_by("pk")
    )


def to_send_again(mailing: Mailing) -> "QuerySet[Delivery]":
    """Those who certainly have nothing. Whoever may have it has been decided on already."""
    return Delivery.objects.filter(
        mailing=mailing.pk, state__in=[Delivery.State.FAILED, Delivery.State.REJECTED]
    ).exclude(reason=Delivery.Reason.NO_ANSWER)


def fates_of(mailing: Mailing, supporters: Iterable[int]) -> dict[int, Delivery]:
    """What became of these people's mails, by supporter; who was no candidate is missing."""
    found = Delivery.objects.filter(mailing=mailing.pk, supporter__in=list(supporters))
    return {row.supporter_id: row for row in found if row.supporter_id is not None}


def last_reports(deliveries: Collection[int]) -> dict[int, DeliveryEvent]:
    """The last thing that the provider told of each of these mails."""
    events = DeliveryEvent.objects.filter(delivery_id__in=list(deliveries)).order_by(
        "received_at", "pk"
    )
    return {event.delivery_id: event for event in events if event.delivery_id is not None}


@dataclass(frozen=True)
class UncertainChunk:
    """Mails handed over together whose answer never came, and what has been heard since."""

    chunk: Chunk
    people: int
    reported: int
    is_likely_not_sent: bool


def uncertain_chunks(mailing: Mailing, *, now: datetime) -> list[UncertainChunk]:
    """The chunks that somebody may have to decide on."""
    waiting = (
        Delivery.objects.filter(mailing=mailing.pk, state=Delivery.State.UNCERTAIN)
        .order_by()
        .values("chunk_number")
        .annotate(people=Count("pk"))
    )
    people = {row["chunk_number"]: row["people"] for row in waiting}
    if not people:
        return []
    told = _share_of_reports(mailing)
    found = []
    for chunk in Chunk.objects.filter(mailing=mailing.pk, number__in=people).order_by("number"):
        rows = Delivery.objects.filter(
            mailing=mailing.pk, chunk_number=chunk.number, state=Delivery.State.UNCERTAIN
        ).values("pk")
        reported = (
            DeliveryEvent.objects.filter(delivery_id__in=rows)
            .exclude(event_type__in=PROVES_NOTHING)
            .values("delivery_id")
            .distinct()
            .count()
        )
        handed_over_at = chunk.first_submitted_at
        is_old = handed_over_at is not None and handed_over_at < now - REPORTS_AFTER
        found.append(
            UncertainChunk(
                chunk,
                people[chunk.number],
                reported,
                is_old and not reported and told >= ENOUGH_REPORTS,
            )
        )
    return found


def _share_of_reports(mailing: Mailing) -> float:
    """Of how many of the accepted mails the provider has told something."""
    accepted = Delivery.objects.filter(mailing=mailing.pk, state=Delivery.State.ACCEPTED)
    total = accepted.count()
    if not total:
        return 0.0
    told = DeliveryEvent.objects.filter(delivery_id__in=accepted.values("pk"))
    return told.values("delivery_id").distinct().count() / total


@dataclass(frozen=True)
class Followed:
    """What readers did after a mailing. Not because of it: nobody knows that."""

    # Day → received, confirmed.
    signatures: list[tuple[date, int, int]] = field(default_factory=list)
    received: int = 0
    confirmed: int = 0
    stopped: int = 0


def followed(mailing: Mailing) -> Followed:
    """Signatures through its links, day by day; who stopped its formula in the week after it."""
    if mailing.started_at is None:
        return Followed()
    days = [
        (row["day"], row["received"], row["confirmed"])
        for row in Signature.objects.filter(source=mailing.code)
        .annotate(day=TruncDate("signed_at"))
        .order_by("day")
        .values("day")
        .annotate(
            received=Count("pk", filter=~Q(standing=Signature.Standing.INVALID)),
            confirmed=Count("pk", filter=Q(standing=Signature.Standing.CONFIRMED)),
        )
    ]
    reached = Delivery.objects.filter(
        mailing=mailing.pk, supporter=OuterRef("supporter"), state=Delivery.State.ACCEPTED
    )
    stopped = (
        Subscription.objects.filter(
            formula=mailing.audience.formula_id,
            ended_at__gte=mailing.started_at,
            ended_at__lt=mailing.started_at + FOLLOWED_FOR,
            end_reason__in=[
                Subscription.EndReason.UNSUBSCRIBED,
                Subscription.EndReason.STOPPED_ALL,
                Subscription.EndReason.COMPLAINED,
            ],
        )
        .filter(Exists(reached))
        .count()
    )
    return Followed(days, sum(each[1] for each in days), sum(each[2] for each in days), stopped)
