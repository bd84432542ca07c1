"""The page of a petition: what it is, how many signed, when, from where, and what can be done."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from campaigns.charts import Chart, Series, line_chart
from campaigns.localized import label_in
from campaigns.workspaces import Cell, Section, WorkspaceView

from .. import selectors
from ..figures import Curve, Group, curve_of, groups_by
from ..handover import EXPORT_PERMISSION
from ..labels import country_words, language_words, network_words, partner_names, source_words
from ..models import Petition, Tally
from ..trends import held_networks
from .embeds import embed_section
from .invalidations import state_cell
from .trends import TRENDS_PERMISSION


def moment_words(moment: Any) -> str:
    """A moment as it is written, or a dash."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


class PetitionWorkspaceView(WorkspaceView):
    """One petition. All figures are sums of its tally's parts, but for those that are held."""

    template_name = "campaigns/staff/petitions/petition.html"

    def get_object(self, queryset: Any = None) -> Petition:
        super().get_object(queryset)  # 404 where there is none.
        return Petition.objects.select_related("case", "tally", "office").get(pk=self.pk)

    @property
    def tally(self) -> Tally:
        return getattr(self.object, "tally", None) or Tally()

    def sections(self) -> list[Section]:
        return [self._state(), self._figures(), *self._held()]

    def charts(self) -> list[Chart]:
        return charts_of(curve_of(self.object))

    def more_sections(self) -> list[Section]:
        """What stands below the charts."""
        partners = partner_names()
        return [
            self._groups(_("Sources"), "source", lambda key: source_words(key, partners)),
            self._groups(_("Countries"), "country", country_words),
            self._groups(_("Languages"), "language", language_words),
            self._milestones(),
            self._policy(),
            self._invalidations(),
            *self._embeds(),
        ]

    def _embeds(self) -> list[Section]:
        """For those who know the partner sites."""
        sees_partners = self.request.user.has_perm("petitions.view_embedpartner")
        return [embed_section(self.object)] if sees_partners else []

    def _state(self) -> Section:
        petition = self.object
        words, mark = _state_of(petition)
        case_url = (
            reverse("cases:inspect", args=[petition.case_id])
            if self.request.user.has_perm("cases.view_case")
            else ""
        )
        return Section(
            _("Petition"),
            rows=[
                [Cell(_("Case")), Cell(petition.case, case_url)],
                [Cell(_("State")), Cell(words, mark=mark)],
                [Cell(_("Opens")), Cell(moment_words(petition.opens_at))],
                [Cell(_("Closes")), Cell(moment_words(petition.closes_at))],
            ],
        )

    def _figures(self) -> Section:
        tally = self.tally
        share = tally.confirmed * 100 // tally.received if tally.received else 0
        notes = []
        if tally.counted_at:
            notes.append(_("Counted on %(moment)s.") % {"moment": moment_words(tally.counted_at)})
        notes += _recount_words(self.object, tally)
        return Section(
            _("Signatures"),
            rows=[
                [Cell(_("Received")), Cell(tally.received)],
                [
                    Cell(_("Confirmed")),
                    Cell(
                        _("%(count)s (%(percent)s %% of those received)")
                        % {"count": tally.confirmed, "percent": share}
                    ),
                ],
                [Cell(_("Held")), Cell(tally.held, mark="wait" if tally.held else "")],
                [Cell(_("Invalid")), Cell(tally.invalid)],
            ],
            notes=notes,
        )

    def _held(self) -> list[Section]:
        """From where the held ones come: what one looks at before releasing them."""
        if not self.tally.held:
            return []
        return [
            Section(
                _("Where the held signatures come from"),
                [_("Network"), _("Signatures")],
                [
                    [Cell(network_words(stream.key)), Cell(stream.number)]
                    for stream in held_networks(self.object)
                ],
                notes=[
                    _(
                        "Held signatures may have been sent by a program, or by very many people"
                        " from one place. Each got its mail, and counts once that confirms it."
                    )
                ],
            )
        ]

    def _groups(self, title: str, field: str, words: Any) -> Section:
        def cells(group: Group) -> list[Cell]:
            name = _("all others") if group.key is None else words(group.key)
            figures = (group.received, group.confirmed, group.held, group.invalid)
            return [Cell(name), *(Cell(figure) for figure in figures)]

        return Section(
            title,
            [title, _("Received"), _("Confirmed"), _("Held"), _("Invalid")],
            [cells(group) for group in groups_by(self.object, self.tally, field)],
            _("Nobody has signed yet."),
        )

    def _milestones(self) -> Section:
        return Section(
            _("Milestones"),
            [_("Figure"), _("Reached")],
            [
                [Cell(milestone.figure), Cell(moment_words(milestone.reached_at))]
                for milestone in self.object.milestones.all()
            ],
            _("No round number has been reached yet."),
        )

    def _policy(self) -> Section:
        petition = self.object
        goal = selectors.progress(petition).goal
        rises = _("rises by itself") if petition.goal_rises else _("stays")
        rows = [
            (_("Figure shown"), petition.get_figure_display()),
            (_("Shown from"), petition.shown_from),
            (
                _("Goal"),
                _("%(goal)s now (%(rises)s)") % {"goal": goal, "rises": rises},
            ),
            (_("Goes to"), petition.office or "–"),
            (_("Handed over"), petition.get_handover_display()),
            (_("About the handover"), label_in(petition.handover_words) or "–"),
            (_("Words to share"), label_in(petition.share_words) or _("the standard words")),
        ]
        return Section(_("Policy"), rows=[[Cell(name), Cell(value)] for name, value in rows])

    def _invalidations(self) -> Section:
        may_look = self.request.user.has_perm("petitions.view_invalidation")
        return Section(
            _("Signatures found invalid"),
            [_("Counted on"), _("Signatures"), _("Reason"), _("State")],
            [
                [
                    Cell(
                        moment_words(row.counted_at),
                        reverse("invalidations:inspect", args=[row.pk]) if may_look else "",
                    ),
                    Cell(row.counted),
                    Cell(row.reason),
                    state_cell(row),
                ]
                for row in self.object.invalidations.all()
            ],
            _("None."),
        )

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        key = [self.object.pk]
        has_perm = self.request.user.has_perm
        links = [
            (TRENDS_PERMISSION, "staff_petitions:trends", _("What came in lately")),
            (EXPORT_PERMISSION, "staff_petitions:handover", _("Export for the handover")),
            ("petitions.view_petition", "staff_petitions:history", _("History")),
        ]
        return super().get_context_data(
            links=[
                (reverse(name, args=key), label)
                for permission, name, label in links
                if has_perm(permission)
            ],
            charts=self.charts(),
            more_sections=self.more_sections(),
            **more,
        )


def _state_of(petition: Petition) -> tuple[str, str]:
    """Whether it takes signatures, and if not, why; and the mark of that."""
    now = timezone.now()
    if petition.is_open(at=now):
        return _("open: it takes signatures"), "good"
    if petition.closes_at and petition.closes_at <= now:
        return _("closed: its time is over"), ""
    if petition.opens_at and petition.opens_at > now:
        return _("not open yet"), "wait"
    return _("closed: nobody can act for its case at the moment"), ""


def _recount_words(petition: Petition, tally: Tally) -> list[str]:
    """What the nightly recount found the last time, and when it last had to put something right."""
    if not tally.recounted_at:
        return []
    repair = (
        ModelLogEntry.objects.for_instance(petition)
        .filter(action="petitions.recount")
        .order_by("-timestamp")
        .first()
    )
    moment = moment_words(tally.recounted_at)
    if repair is None or repair.timestamp < tally.recounted_at:
        words = [_("Counted anew on %(moment)s: nothing was wrong.") % {"moment": moment}]
    else:
        words = [_("Counted anew on %(moment)s.") % {"moment": moment}]
    if repair is not None:
        words.append(
            _("Figures were wrong and put right on %(moment)s (%(what)s).")
            % {"moment": moment_words(repair.timestamp), "what": _drift_words(repair.data)}
        )
    return words


def _drift_words(data: dict[str, Any]) -> str:
    names = {
        "received": _("received"),
        "confirmed": _("confirmed"),
        "held": _("held"),
        "invalid": _("invalid"),
    }
    drift = data.get("drift") or {}
    if not drift:
        return _("parts of the figures, not their sums")
    return ", ".join(f"{names[kind]} {number:+d}" for kind, number in drift.items())


def charts_of(curve: Curve) -> list[Chart]:
    """Signatures in all, and per day or week; none before the second day."""
    if len(curve.steps) < 2:
        return []
    is_daily = curve.days == 1
    days = [date_format(step.day, "SHORT_DATE_FORMAT") for step in curve.steps]
    unit = _("Day") if is_daily else _("Week from")
    received, confirmed = _("received"), _("confirmed")
    return [
        line_chart(
            title=_("Signatures in all"),
            summary=_("By the day they were signed; confirmed are those confirmed until now."),
            unit=unit,
            points=days,
            series=[
                Series("received", received, [step.received_so_far for step in curve.steps]),
                Series("confirmed", confirmed, [step.confirmed_so_far for step in curve.steps]),
            ],
        ),
        line_chart(
            title=_("Signatures per day") if is_daily else _("Signatures per week"),
            summary=_("The last one may not be over yet."),
            unit=unit,
            points=days,
            series=[
                Series("received", received, [step.received for step in curve.steps]),
                Series("confirmed", confirmed, [step.confirmed for step in curve.steps]),
            ],
        ),
    ]
