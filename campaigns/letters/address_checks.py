"""The address book, checked: which addresses need somebody to look, most urgent first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from django.utils import timezone

from campaigns.cases.models import DiplomaticMission, Office

from .models import IssueTarget, PostalSuspension, UrgentActionIssue
from .selectors import READERS_COUNTRY

CHECKED_EVERY = timedelta(days=182)
# Before a deadline, an address is looked at again, unless somebody has within that time.
DEADLINE_AHEAD = timedelta(days=14)


class Concern(IntEnum):
    """What is the matter with an address; the higher, the graver."""

    POST_SUSPENDED = 1
    UNCHECKED = 2
    DEADLINE = 3
    TERM_ENDED = 4
    EMAIL_DEAD = 5
    UNREACHABLE = 6


@dataclass(frozen=True)
class Finding:
    """An address to look at: why, and until when people are asked to write there, if soon."""

    where: Office | DiplomaticMission
    concerns: tuple[Concern, ...]
    needed_until: date | None


def addresses_to_check(*, now: datetime) -> list[Finding]:
    """All that is the matter in the address book: first what people are writing to."""
    today = timezone.localdate(now)
    suspended = {
        row.country.code
        for row in PostalSuspension.objects.filter(since__lte=today).select_related("country")
        if row.is_on(today)
    }
    offices, countries = _needed_soon(today)
    found = [
        *_of_offices(offices, suspended, today),
        *_of_missions(countries, suspended, today),
    ]
    # Sorting keeps offices before missions where nothing else tells them apart.
    found.sort(
        key=lambda finding: (
            finding.needed_until is None,
            -finding.concerns[0],
            finding.needed_until or date.max,
            finding.where.verified_on or date.min,
        )
    )
    return found


def _needed_soon(today: date) -> tuple[dict[int, date], dict[int, date]]:
    """Offices, and countries whose embassy is written to, with the first deadline they are in."""
    targets = IssueTarget.objects.filter(
        issue__state=UrgentActionIssue.State.OPEN,
        issue__act_before__range=(today, today + DEADLINE_AHEAD),
    )
    offices: dict[int, date] = {}
    countries: dict[int, date] = {}
    rows = targets.order_by("issue__act_before").values_list(
        "office", "role", "issue__urgent_action__case__country", "issue__act_before"
    )
    for office, role, country, until in rows:
        if office is not None:
            offices.setdefault(office, until)
        elif role == IssueTarget.Role.EMBASSY:
            countries.setdefault(country, until)
    return offices, countries


def _of_offices(needed: dict[int, date], suspended: set[str], today: date) -> Iterator[Finding]:
    for office in Office.objects.select_related("country").prefetch_related("holders"):
        concerns = list(_concerns(office, needed.get(office.pk), today))
        if not office.is_usable:
            concerns.append(Concern.UNREACHABLE)
        holders = office.holders.all()
        if holders and not any(holder.holds(on=today) for holder in holders):
            concerns.append(Concern.TERM_ENDED)
        if office.postal_lines and office.country.code in suspended:
            concerns.append(Concern.POST_SUSPENDED)
        yield from _finding(office, concerns, needed.get(office.pk))


def _of_missions(needed: dict[int, date], suspended: set[str], today: date) -> Iterator[Finding]:
    missions = DiplomaticMission.objects.select_related("sending_country", "fallback_mission")
    written_to = {
        mission.fallback_mission_id if mission.is_none else mission.pk: needed[
            mission.sending_country_id
        ]
        for mission in missions
        if mission.accredited_in == READERS_COUNTRY and mission.sending_country_id in needed
    }
    for mission in missions:
        until = written_to.get(mission.pk)
        concerns = list(_concerns(mission, until, today))
        # Where there is none, there is nothing to reach, only somebody to ask whether that is so.
        if not (mission.is_none or mission.is_usable):
            concerns.append(Concern.UNREACHABLE)
        if mission.postal_lines and mission.accredited_in in suspended:
            concerns.append(Concern.POST_SUSPENDED)
        yield from _finding(mission, concerns, until)


def _concerns(
    where: Office | DiplomaticMission, needed_until: date | None, today: date
) -> Iterator[Concern]:
    """What may be the matter with either."""
    checked_on = where.verified_on
    if where.email and where.email_dead_since:
        yield Concern.EMAIL_DEAD
    if checked_on is None or checked_on < today - CHECKED_EVERY:
        yield Concern.UNCHECKED
    elif needed_until and checked_on < today - DEADLINE_AHEAD:
        yield Concern.DEADLINE


def _finding(
    where: Office | DiplomaticMission, concerns: Iterable[Concern], needed_until: date | None
) -> Iterator[Finding]:
    if concerns:
        yield Finding(where, tuple(sorted(concerns, reverse=True)), needed_until)
