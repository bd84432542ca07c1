"""The figures of an urgent action for staff: opened beside declared, never one plus the other."""

from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.cases.models import Office
from campaigns.charts import Chart, Series, line_chart
from campaigns.localized import label_in, language_name
from campaigns.workspaces import Cell, Section

from .figures import Curve, Figures, Group, curve_of, groups_by, sum_of
from .models import Channel, UrgentAction


def sections_of(action: UrgentAction) -> list[Section]:
    """All letters, then by channel, language and addressee. Seven queries."""
    channels = groups_by(action, "channel")
    offices = groups_by(action, "office")
    titles = {
        office.pk: label_in(office.title)
        for office in Office.objects.filter(pk__in=[group.key for group in offices])
    }
    return [
        _all(sum_of(channels)),
        _table(_("Letters by channel"), _("Channel"), channels, _channel_words),
        _table(
            _("Letters by language"),
            _("Language of the letter"),
            groups_by(action, "language"),
            _language_words,
        ),
        _table(
            _("Letters by addressee"),
            _("Addressee"),
            offices,
            lambda key: titles.get(key) or _("the embassy, or not said"),
        ),
    ]


def charts_of(action: UrgentAction) -> list[Chart]:
    """Opened and declared by day; none before the second day. Two queries."""
    curve = curve_of(action)
    return [_chart(curve)] if len(curve.steps) > 1 else []


def _all(figures: Figures) -> Section:
    return Section(
        _("Letters"),
        rows=[
            [Cell(_("Declared in time")), Cell(figures.declared)],
            [Cell(_("Declared after the end")), Cell(figures.late)],
            [Cell(_("Declared and taken back")), Cell(figures.taken_back)],
            [Cell(_("Ways to write that were opened")), Cell(figures.opened)],
        ],
        notes=[
            _("Declared: somebody says that a letter has left. Nobody can check it."),
            _(
                "Opened: somebody opened a way to write, with a script running. Whether they sent"
                " anything, nobody knows. The two are never added up; openings are kept for a year."
            ),
        ],
    )


def _table(title: str, heading: str, groups: list[Group], words: Callable[[Any], str]) -> Section:
    return Section(
        title,
        [heading, _("Opened"), _("Declared"), _("After the end"), _("Taken back again")],
        [
            [
                Cell(words(group.key)),
                Cell(group.figures.opened),
                Cell(group.figures.declared),
                Cell(group.figures.late),
                Cell(group.figures.taken_back),
            ]
            for group in groups
        ],
        _("Nothing yet."),
    )


def _channel_words(key: str) -> str:
    return str(capfirst(Channel(key).label))


def _language_words(key: str) -> str:
    return language_name(key, (get_language() or "").split("-")[0]) if key else _("not said")


def _chart(curve: Curve) -> Chart:
    is_daily = curve.days == 1
    return line_chart(
        title=_("Letters per day") if is_daily else _("Letters per week"),
        summary=_("Two figures that are never added up. The last day or week may not be over yet."),
        unit=_("Day") if is_daily else _("Week from"),
        points=[date_format(step.day, "SHORT_DATE_FORMAT") for step in curve.steps],
        series=[
            Series("opened", _("opened"), [step.opened for step in curve.steps]),
            Series("declared", _("declared"), [step.declared for step in curve.steps]),
        ],
    )
