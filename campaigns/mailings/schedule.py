"""What goes to whom and when: mailings and deadlines by day, and formulas against their rhythm."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.letters.models import DEADLINE_ZONE, UrgentActionIssue
from campaigns.supporters.models import Formula
from campaigns.workspaces import Cell, Section

from .labels import MARKS, clock_words, recipients_words
from .models import Mailing

State = Mailing.State
WEEKS_BACK, WEEKS_AHEAD = 4, 8
WEEK = timedelta(days=7)
# What each rhythm promises in a month; now and then promises nothing.
PROMISED = {Formula.Rhythm.TWICE_A_MONTH: 2, Formula.Rhythm.MONTHLY: 1}


@dataclass(frozen=True)
class Entry:
    """One thing of one day."""

    at: str
    words: str
    url: str = ""
    formula: str = ""
    languages: str = ""
    recipients: str = ""
    state: str = ""
    mark: str = ""
    is_deadline: bool = False


@dataclass
class Day:
    """A day on which there is something."""

    day: date
    is_today: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Week:
    """Seven days from a Monday on."""

    first: date
    is_this: bool
    is_past: bool
    days: list[Day] = field(default_factory=list)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + WEEK - timedelta(days=1)


def weeks(*, now: datetime) -> list[Week]:
    """From four weeks ago to eight weeks ahead, with the days that have something."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    first, end = monday - WEEKS_BACK * WEEK, monday + (WEEKS_AHEAD + 1) * WEEK
    by_day: dict[date, Day] = {today: Day(today, is_today=True)}
    for day, entry in [*_mailings(first, end), *_deadlines(first, end)]:
        by_day.setdefault(day, Day(day, is_today=day == today)).entries.append(entry)
    found = [Week(start, start == monday, start < monday) for start in _starts(first, end)]
    for day in sorted(by_day):
        by_day[day].entries.sort(key=lambda entry: (entry.is_deadline, entry.at))
        found[(day - first).days // 7].days.append(by_day[day])
    return found


def _starts(first: date, end: date) -> list[date]:
    return [first + number * WEEK for number in range((end - first).days // 7)]


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _mailings(first: date, end: date) -> list[tuple[date, Entry]]:
    """Those that are to leave, and those that have left."""
    spans = {"gte": _moment(first), "lt": _moment(end)}
    found = (
        Mailing.objects.filter(
            Q(**{f"started_at__{name}": moment for name, moment in spans.items()})
            | Q(**{f"send_at__{name}": moment for name, moment in spans.items()}, started_at=None)
        )
        .exclude(state=State.CANCELLED, started_at=None)
        .select_related("audience__formula")
        .prefetch_related("contents")
    )
    entries = []
    for mailing in found:
        at = mailing.started_at or mailing.send_at
        if at is None:
            continue
        entry = Entry(
            at=clock_words(at),
            words=mailing.title,
            url=reverse("mailings_of_staff:inspect", args=[mailing.pk]),
            formula=f"{mailing.audience} ({mailing.audience.formula})",
            languages=", ".join(content.language for content in mailing.contents.all()),
            recipients=recipients_words(mailing),
            state=str(mailing.get_state_display()),
            mark=MARKS.get(State(mailing.state), ""),
        )
        entries.append((timezone.localdate(at), entry))
    return entries


def _deadlines(first: date, end: date) -> list[tuple[date, Entry]]:
    """The last days of open urgent actions."""
    today = timezone.localdate(timezone=DEADLINE_ZONE)
    issues: Any = UrgentActionIssue.objects.filter(
        state=UrgentActionIssue.State.OPEN, act_before__gte=max(first, today), act_before__lt=end
    ).select_related("urgent_action__case")
    return [
        (
            issue.act_before,
            Entry(
                at="",
                words=_("Last day to act: %(action)s, %(case)s")
                % {"action": issue.urgent_action, "case": issue.urgent_action.case},
                url=reverse("urgent_actions:inspect", args=[issue.urgent_action_id]),
                is_deadline=True,
            ),
        )
        for issue in issues
    ]


def rhythm_section(*, now: datetime) -> Section:
    """How many mails each formula brings this month, beside what it promises."""
    today = timezone.localdate(now)
    first = today.replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    rows = []
    for formula in Formula.objects.order_by("position", "pk"):
        of_formula = Mailing.objects.filter(audience__formula=formula)
        sent = of_formula.filter(
            started_at__gte=_moment(first), started_at__lt=_moment(end)
        ).count()
        to_come = of_formula.filter(
            state__in=[State.SCHEDULED, State.PREPARING, State.PREPARED],
            send_at__gte=_moment(first),
            send_at__lt=_moment(end),
        ).count()
        rows.append(
            [
                Cell(formula),
                Cell(formula.get_rhythm_display()),
                Cell(sent),
                Cell(to_come),
                _rhythm_cell(formula, sent + to_come),
            ]
        )
    return Section(
        _("Formulas in %(month)s") % {"month": date_format(today, "YEAR_MONTH_FORMAT")},
        [_("Formula"), _("Promised"), _("Sent"), _("Still to come"), _("So")],
        rows,
        _("There are no formulas yet."),
    )


def _rhythm_cell(formula: Formula, number: int) -> Cell:
    promised = PROMISED.get(Formula.Rhythm(formula.rhythm))
    if promised is None:
        return Cell("–")
    if number > promised:
        words = ngettext(
            "%(count)s mail more than promised",
            "%(count)s mails more than promised",
            number - promised,
        )
        return Cell(words % {"count": number - promised}, mark="bad")
    if number < promised:
        words = ngettext(
            "%(count)s mail is still to be planned",
            "%(count)s mails are still to be planned",
            promised - number,
        )
        return Cell(words % {"count": promised - number}, mark="wait")
    return Cell(_("as promised"), mark="good")
