"""The supporter service's page about one person."""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.workspaces import Cell, Section, TransitionView, WorkspaceView

from ..models import ContactPoint, Subscription, Supporter
from ..phones import written_phone
from ..postal import PostalAddress, country_name
from ..selectors import (
    likely_duplicates,
    mails_this_month,
    moment,
    most_mails,
    timeline,
    why_silent,
)
from ..services.care import note_viewing
from .finding import merge_url, name_of, people_section

A_PAGE = 50
STATE_MARKS = {
    Subscription.State.ACTIVE: "good",
    Subscription.State.REQUESTED: "wait",
    Subscription.State.ENDED: "",
}


@dataclass(frozen=True)
class Way:
    """A button that leads to a page of its own, beside the transitions."""

    label: Any
    is_grave: bool = False


class SupporterView(WorkspaceView):
    """Who it is, what they receive, why they get nothing, and all that has happened."""

    template_name = "campaigns/staff/supporter.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        note_viewing(supporter=self.object, by=request.user)
        return response

    def sections(self) -> list[Section]:
        supporter, now = self.object, timezone.now()
        silences = why_silent(supporter, now=now)
        duplicates = likely_duplicates(supporter)
        found = [
            Section(
                _("Why they get nothing, or not everything"),
                [_("Reason"), _("Since"), _("What can be done")],
                [
                    [
                        Cell(silence.reason, mark="wait"),
                        Cell(moment(silence.since) if silence.since else "–"),
                        Cell(silence.remedy),
                    ]
                    for silence in silences
                ],
                _("Nothing stands in the way: they get what they asked for."),
            ),
            Section(_("Who"), rows=self._who()),
            self._subscriptions(),
        ]
        if duplicates:
            found.append(
                people_section(
                    _("Probably the same person"),
                    duplicates,
                    lambda other: merge_url(supporter, other),
                    empty="",
                )
            )
        return found

    def _who(self) -> list[list[Cell]]:
        supporter = self.object
        language = get_language() or supporter.language
        reach = _reach(supporter, language)
        confirmed = supporter.confirmed_at
        rows = [
            (_("Name"), Cell(name_of(supporter))),
            (_("E-mail address"), Cell(supporter.email)),
            (
                _("Address confirmed"),
                Cell(moment(confirmed), mark="good")
                if confirmed
                else Cell(_("not confirmed"), mark="wait"),
            ),
            (_("Phone number"), Cell(reach.get(ContactPoint.Kind.PHONE, "–"))),
            (_("Postal address"), Cell(reach.get(ContactPoint.Kind.POSTAL, "–"))),
            (_("Language"), Cell(supporter.get_language_display())),
            (
                _("Country"),
                Cell(country_name(supporter.country, language) if supporter.country else "–"),
            ),
            (_("First seen"), Cell(moment(supporter.created_at))),
        ]
        if supporter.is_minor:
            rows.append((_("Age"), Cell(_("13 to 17 years old"), mark="wait")))
        return [[Cell(label), cell] for label, cell in rows]

    def _subscriptions(self) -> Section:
        supporter = self.object
        until = supporter.paused_until
        notes = [
            _("%(sent)s mails of formulas in the last 30 days; they get %(most)s at most.")
            % {
                "sent": mails_this_month(supporter, now=timezone.now()),
                "most": most_mails(supporter),
            }
        ]
        if until:
            notes.append(_("They pause until %(day)s.") % {"day": date_format(until)})
        rows = (
            supporter.subscriptions.select_related("formula")
            .prefetch_related("choices")
            .order_by("formula__position", "formula")
        )
        return Section(
            _("What they receive"),
            [_("Formula"), _("State"), _("Language"), _("Chosen"), _("Since"), _("Ended")],
            [
                [
                    Cell(row.formula),
                    Cell(row.get_state_display(), mark=STATE_MARKS[Subscription.State(row.state)]),
                    Cell(row.get_language_display()),
                    Cell("\n".join(str(choice) for choice in row.choices.all()) or "–"),
                    Cell(moment(row.confirmed_at or row.requested_at)),
                    Cell(_ended(row)),
                ]
                for row in rows
            ],
            _("They have asked for no mails."),
            notes,
        )

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        entries = Paginator(timeline(self.object), A_PAGE)
        if self.request.user.has_perm("supporters.change_supporter"):
            way = Way(gettext_lazy("Join with another entry"))
            url = reverse("staff_supporters:find_duplicate", args=[self.object.pk])
            offered = [*context["offered"], (way, url)]
            # What cannot be taken back comes last.
            context["offered"] = sorted(offered, key=lambda each: each[0].is_grave)
        return {
            **context,
            "entries": entries.get_page(self.request.GET.get("page")),
            # The timeline is the history; Wagtail's is for those who edit rows.
            "history_url": None,
        }


class SupporterTransitionView(TransitionView):
    """A button of the page. After an erasure there is no page to go back to."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        is_done = isinstance(response, HttpResponseRedirect)
        if is_done and not Supporter.objects.filter(pk=self.kwargs["pk"]).exists():
            return HttpResponseRedirect(reverse("find_supporter:find"))
        return response


def _reach(supporter: Supporter, language: str) -> dict[str, str]:
    """Phone number and postal address in words, decrypted here and nowhere else."""
    try:
        points = {point.kind: point.value for point in supporter.contact_points.all()}
    except InvalidToken:
        unreadable = _("cannot be read: its key is missing")
        return {ContactPoint.Kind.PHONE: unreadable, ContactPoint.Kind.POSTAL: unreadable}
    words = {}
    if ContactPoint.Kind.PHONE in points:
        words[ContactPoint.Kind.PHONE.value] = written_phone(points[ContactPoint.Kind.PHONE])
    if ContactPoint.Kind.POSTAL in points:
        address = PostalAddress(**json.loads(points[ContactPoint.Kind.POSTAL]))
        words[ContactPoint.Kind.POSTAL.value] = "\n".join(address.lines(language))
    return words


def _ended(subscription: Subscription) -> str:
    if not subscription.ended_at:
        return "–"
    return f"{moment(subscription.ended_at)}: {subscription.get_end_reason_display()}"
