"""What came in lately, and from where: the one place that reads signatures for figures.

Tallies know no networks and no domains. Nothing here names a person: networks are keyed hashes,
and a domain is named only where several people have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr, TruncHour

from .links import PERSONAL
from .models import Petition, Signature

SHOWN = 20
HOUR = timedelta(hours=1)
# Fewer people of one domain might be one family's name.
FEWEST_OF_A_DOMAIN = 5
# From when on something is far above the rest: so many, so many times the average of the others
# shown, and, where it is known what it usually brings, so many times that share.
MANY = 20
TIMES_THE_OTHERS = 5
TIMES_AS_USUAL = 3
# What was usual is read from a while this many times as long, just before.
USUAL_WINDOWS = 4
ENOUGH_TO_COMPARE = 100
Standing = Signature.Standing


@dataclass(frozen=True)
class Stream:
    """The signatures that came in by one way, or from one place."""

    # A code, a hash or a domain; of petitions their number.
    key: Any
    number: int
    confirmed: int
    held: int
    is_far_above: bool = False

    @property
    def percent_confirmed(self) -> int:
        """0 to 100."""
        return self.confirmed * 100 // self.number if self.number else 0


@dataclass(frozen=True)
class Trends:
    """All that came in between two moments, told apart in several ways, largest first."""

    since: datetime
    until: datetime
    everything: Stream
    networks: list[Stream]
    domains: list[Stream]
    countries: list[Stream]
    sources: list[Stream]
    languages: list[Stream]
    # By their keys; of all petitions together only.
    petitions: list[Stream]
    # Each hour with its number and how many of them are confirmed, also those without any.
    hours: list[tuple[datetime, int, int]]


def trends(*, petition: Petition | None, hours: int, now: datetime) -> Trends:
    """The last `hours` of one petition, or of all of them. A dozen queries, whatever came."""
    since = now - hours * HOUR
    every = Signature.objects.all() if petition is None else petition.signatures.all()
    lately = _told_apart(every.filter(signed_at__gte=since, signed_at__lt=now))
    before = _told_apart(
        Signature.objects.filter(
            signed_at__gte=since - USUAL_WINDOWS * hours * HOUR, signed_at__lt=since
        )
    )
    total = lately.aggregate(**_COUNTS)
    everything = Stream("", total["number"], total["confirmed"], total["held"])
    return Trends(
        since=since,
        until=now,
        everything=everything,
        networks=_compared("network", lately.exclude(network=""), before),
        domains=_compared(
            "domain", lately.filter(supporter__isnull=False), before, fewest=FEWEST_OF_A_DOMAIN
        ),
        countries=_streams(lately, "country"),
        sources=_streams(lately, "way"),
        languages=_streams(lately, "language"),
        petitions=_streams(lately, "petition") if petition is None else [],
        hours=_by_hour(lately, since, now) if everything.number else [],
    )


def held_networks(petition: Petition) -> list[Stream]:
    """From which networks the held signatures of a petition come, those with most first."""
    held = petition.signatures.filter(held_at__isnull=False, standing=Standing.HELD)
    return _streams(held.order_by(), "network")


def networks_of(petition: Petition) -> list[Stream]:
    """The networks that are still known, those with most signatures first."""
    return _streams(_that_count(petition).exclude(network=""), "network")


def domains_of(petition: Petition) -> list[Stream]:
    """The domains that may be named, those with most signatures first."""
    with_people = _told_apart(_that_count(petition).filter(supporter__isnull=False))
    return _streams(with_people, "domain", fewest=FEWEST_OF_A_DOMAIN)


def _that_count(petition: Petition) -> QuerySet[Signature]:
    return petition.signatures.filter(invalidation=None).order_by()


_COUNTS = {
    "number": Count("pk"),
    "confirmed": Count("pk", filter=Q(confirmed_at__isnull=False)),
    "held": Count("pk", filter=Q(standing=Standing.HELD)),
}


def _told_apart(signatures: QuerySet[Signature]) -> QuerySet[Any]:
    """With the `domain` of the address, and the `way`: the source, all personal links in one."""
    address = F("supporter__email_canonical")
    return signatures.order_by().annotate(
        domain=Substr(address, StrIndex(address, Value("@")) + 1),
        way=Case(
            When(source__startswith=f"{PERSONAL}-", then=Value(PERSONAL)),
            default=F("source"),
            output_field=CharField(),
        ),
    )


def _streams(signatures: QuerySet[Any], field: str, *, fewest: int = 0) -> list["Stream"]:
    counted = signatures.values(key=F(field)).annotate(**_COUNTS)
    if fewest:
        # One person may sign many petitions.
        counted = counted.annotate(people=Count("supporter", distinct=True))
        counted = counted.filter(people__gte=fewest)
    rows = counted.order_by("-number", "key")[:SHOWN]
    return [Stream(row["key"], row["number"], row["confirmed"], row["held"]) for row in rows]


def _compared(
    field: str, lately: QuerySet[Any], before: QuerySet[Any], *, fewest: int = 0
) -> list[Stream]:
    """With a mark on those that are far above the rest and above what is usual."""
    streams = _streams(lately, field, fewest=fewest)
    if not streams or streams[0].number < MANY:
        return streams
    in_all, shown = lately.count(), sum(stream.number for stream in streams)
    usual: Mapping[str, int] = dict(
        before.filter(**{f"{field}__in": [stream.key for stream in streams]})
        .values_list(field)
        .annotate(number=Count("pk"))
    )
    usual_in_all = before.count()

    def is_far_above(number: int, usually: int) -> bool:
        others = (shown - number) / max(1, len(streams) - 1)
        if number < MANY or number < TIMES_THE_OTHERS * others:
            return False
        if usual_in_all < ENOUGH_TO_COMPARE:
            return True
        share, usual_share = number / in_all, usually / usual_in_all
        return share >= TIMES_AS_USUAL * usual_share

    return [
        replace(stream, is_far_above=is_far_above(stream.number, usual.get(stream.key, 0)))
        for stream in streams
    ]


def _by_hour(
    signatures: QuerySet[Any], since: datetime, until: datetime
) -> list[tuple[datetime, int, int]]:
    counted = {
        hour: (number, confirmed)
        for hour, number, confirmed in signatures.annotate(hour=TruncHour("signed_at", tzinfo=UTC))
        .values_list("hour")
        .annotate(number=_COUNTS["number"], confirmed=_COUNTS["confirmed"])
    }
    first = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [first + number * HOUR for number in range((until - first) // HOUR + 1)]
    return [(hour, *counted.get(hour, (0, 0))) for hour in hours]
