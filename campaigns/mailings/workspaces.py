"""The page of a mailing and that of an audience: how it stands first, then everything else."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.charts import Chart, Series, line_chart
from campaigns.workspaces import Cell, Section, TransitionView, WorkspaceView

from . import selectors
from .audience_rows import AudienceCount, Occasion, count_audience
from .drafts import Look, look_at
from .forms import OccasionForm
from .labels import (
    MARKS,
    audience_words,
    moment_words,
)
from .models import Audience, Mailing
from .sections import (
    audience_sections,
    before_it_leaves,
    not_reached_section,
    progress_context,
    reports_sections,
    uncertain_sections,
    words_section,
)
from .selectors import Ledger
from .staff_acts import APPROVE, SEES_RECIPIENTS

State = Mailing.State
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class MailingWorkspaceView(WorkspaceView):
    """One mailing, from the draft to what followed."""

    template_name = "campaigns/staff/mailings/mailing.html"

    def get_object(self, queryset: Any = None) -> Mailing:
        super().get_object(queryset)  # 404 where there is none.
        return found_mailing(self.pk)

    @cached_property
    def look(self) -> Look:
        return look_at(self.object)

    @cached_property
    def count(self) -> AudienceCount:
        """Whom it would reach now: one look at everybody, however many parts show it."""
        return count_audience(self.object.audience, self.look.occasion, now=timezone.now())

    @cached_property
    def ledger(self) -> Ledger:
        return selectors.ledger(self.object)

    @cached_property
    def followed(self) -> selectors.Followed:
        return selectors.followed(self.object)

    def sections(self) -> list[Section]:
        mailing = self.object
        found = []
        if mailing.state in Mailing.UNSENT:
            found.append(before_it_leaves(self.look, self.count))
        found += [words_section(self.look, self._words_url), *self._people(), *self._followed()]
        found.append(self._facts())
        return found

    def _words_url(self, language: str) -> str:
        return reverse("mailings_of_staff:words", args=[self.object.pk, language])

    def _people(self) -> list[Section]:
        mailing = self.object
        if mailing.state in Mailing.UNSENT:
            return audience_sections(mailing.audience, self.look.occasion, self.count)
        if mailing.prepared_at is None:
            return []
        sees_people = self.request.user.has_perm(SEES_RECIPIENTS)
        return [
            *uncertain_sections(mailing),
            not_reached_section(mailing, self.ledger, leads_to_people=sees_people),
            *reports_sections(mailing),
            Section(_("Whom it is for"), notes=[audience_words(mailing.audience)]),
        ]

    def _followed(self) -> list[Section]:
        mailing = self.object
        if mailing.started_at is None:
            return []
        followed = self.followed
        rows = [[Cell(_("Stopped these mails in the week after it")), Cell(followed.stopped)]]
        if mailing.petition_id or mailing.edition_id or followed.received:
            rows = [
                [Cell(_("Signatures through its links")), Cell(followed.received)],
                [Cell(_("Of these confirmed")), Cell(followed.confirmed)],
                *rows,
            ]
        return [Section(_("What readers did afterwards"), rows=rows)]

    def charts(self) -> list[Chart]:
        """Signatures through its links by day; none before the second day."""
        if self.object.started_at is None:
            return []
        days = self.followed.signatures
        if len(days) < 2:
            return []
        return [
            line_chart(
                title=_("Signatures per day"),
                summary=_("Through links in this mail; confirmed are those confirmed until now."),
                unit=_("Day"),
                points=[date_format(day, "SHORT_DATE_FORMAT") for day, _all, _sure in days],
                series=[
                    Series("received", _("received"), [each[1] for each in days]),
                    Series("confirmed", _("confirmed"), [each[2] for each in days]),
                ],
            )
        ]

    def _facts(self) -> Section:
        mailing = self.object
        page = mailing.page
        page_url = reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else ""
        may_edit = page is not None and page.permissions_for_user(self.request.user).can_edit()
        sees_audience = self.request.user.has_perm("mailings.view_audience")
        audience_url = reverse("audiences:inspect", args=[mailing.audience_id])
        rows = [
            (_("Page"), Cell(page or _("gone"), page_url if may_edit else "")),
            (_("Kind"), Cell(self.look.mailing.get_kind_display() or "–")),
            (_("Audience"), Cell(mailing.audience, audience_url if sees_audience else "")),
            (_("Sent to review by"), Cell(mailing.author or "–")),
            (_("Approved by"), Cell(mailing.approver or "–")),
            (_("To be sent on"), Cell(moment_words(mailing.send_at))),
            (_("Prepared on"), Cell(moment_words(mailing.prepared_at))),
            (_("Sending since"), Cell(moment_words(mailing.started_at))),
            (_("Ended on"), Cell(moment_words(mailing.ended_at))),
            (_("Reference"), Cell(mailing.reference)),
        ]
        return Section(_("Facts"), rows=[[Cell(name), cell] for name, cell in rows])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        mailing, user = self.object, self.request.user
        is_author = mailing.author_id == user.pk
        if is_author:
            # It would be refused: somebody else has to.
            context["offered"] = [each for each in context["offered"] if each[0] is not APPROVE]
        may_find = user.has_perm(SEES_RECIPIENTS) and mailing.prepared_at is not None
        return {
            **context,
            **progress_context(mailing, self.ledger if mailing.prepared_at else None),
            "charts": self.charts(),
            "waits_for_others": is_author and mailing.state == State.SUBMITTED,
            "find_url": reverse("mailings_of_staff:find", args=[mailing.pk]) if may_find else "",
        }


def found_mailing(pk: Any) -> Mailing:
    """The mailing with all that its pages show."""
    return Mailing.objects.select_related(
        "page",
        "audience__formula",
        "audience__theme",
        "audience__case",
        "author",
        "approver",
    ).get(pk=pk)


class MailingTransitionView(TransitionView):
    """The form of a transition, with what it is about below it."""

    template_name = "campaigns/staff/mailings/transition.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more, sections=self._sections())

    def _sections(self) -> list[Section]:
        mailing = found_mailing(self.object.pk)
        if self.transition.name not in {"submit", "approve", "schedule", "send"}:
            return []
        look = look_at(mailing)

        def words_url(language: str) -> str:
            return reverse("mailings_of_staff:words", args=[mailing.pk, language])

        return [
            words_section(look, words_url),
            *audience_sections(
                mailing.audience,
                look.occasion,
                count_audience(mailing.audience, look.occasion, now=timezone.now()),
            ),
        ]


class AudienceWorkspaceView(WorkspaceView):
    """One audience: in words, and how many it finds now, if need be for a certain mailing."""

    template_name = "campaigns/staff/mailings/audience.html"

    def get_object(self, queryset: Any = None) -> Audience:
        super().get_object(queryset)  # 404 where there is none.
        return Audience.objects.select_related("formula", "theme", "case").get(pk=self.pk)

    @cached_property
    def form(self) -> OccasionForm:
        return OccasionForm(self.request.GET or None)

    def sections(self) -> list[Section]:
        occasion = self._occasion()
        counted = count_audience(self.object, occasion, now=timezone.now())
        return [*audience_sections(self.object, occasion, counted), self._mailings()]

    def _occasion(self) -> Occasion:
        mailing = self.form.cleaned_data.get("mailing") if self.form.is_valid() else None
        return look_at(mailing).occasion if mailing else Occasion(languages=tuple(LANGUAGES))

    def _mailings(self) -> Section:
        mailings = self.object.mailings.order_by("-created_at")[:20]
        return Section(
            _("Mailings to it"),
            [_("Mailing"), _("State"), _("On")],
            [
                [
                    Cell(mailing, reverse("mailings_of_staff:inspect", args=[mailing.pk])),
                    Cell(mailing.get_state_display(), mark=MARKS.get(State(mailing.state), "")),
                    Cell(moment_words(mailing.started_at or mailing.send_at)),
                ]
                for mailing in mailings
            ],
            _("None yet."),
        )

    def get_edit_url(self) -> Any:
        """None while what somebody has approved depends on it."""
        return None if is_in_use(self.object) else super().get_edit_url()

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        holding = list(mailings_holding(self.object))
        held = (
            ngettext(
                "It cannot be changed while this mailing, which is no draft any more, uses it:"
                " %(mailings)s.",
                "It cannot be changed while these mailings, which are no drafts any more, use it:"
                " %(mailings)s.",
                len(holding),
            )
            % {"mailings": ", ".join(map(str, holding))}
            if holding
            else ""
        )
        return super().get_context_data(form=self.form, held=held, note=self.object.note, **more)


def mailings_holding(audience: Audience) -> Any:
    """The mailings whose approval would mean nothing if it changed."""
    return audience.mailings.exclude(state__in=[State.DRAFT, State.SENT, State.CANCELLED])


def is_in_use(audience: Audience) -> bool:
    """Whether it has to stay as it is for now."""
    return bool(mailings_holding(audience).exists())
