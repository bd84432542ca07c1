"""Reports for staff: what is running out, what has not been checked, what is behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from campaigns.cases import address_book
from campaigns.cases.models import CaseConsent, DiplomaticMission, Office
from campaigns.letters.address_checks import Concern, Finding, addresses_to_check
from campaigns.letters.models import UrgentActionIssue
from campaigns.petitions.viewsets.trends import TRENDS_PERMISSION, trends_context
from campaigns.workspaces import Cell, Section

from .translations import texts_of
from .workspaces import consent_cell, texts_section

SOON = timedelta(days=7)
REVIEW_AHEAD = timedelta(days=30)


class _Report(WagtailAdminTemplateMixin, TemplateView):
    """A page with tables. `permission` is what one has to have to read it."""

    template_name = "campaigns/staff/report.html"
    permission = ""
    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def sections(self) -> Sequence[Section]:
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**self.content(), **more)

    def content(self) -> dict[str, Any]:
        """What the template shows."""
        return {"sections": self.sections()}


class ExpiringReport(_Report):
    page_title = gettext_lazy("Urgent actions expiring within 7 days")
    permission = "letters.view_urgentaction"
    header_icon = "warning"

    def sections(self) -> Sequence[Section]:
        today = timezone.localdate()
        issues = (
            UrgentActionIssue.objects.filter(
                state=UrgentActionIssue.State.OPEN, act_before__lte=today + SOON
            )
            .select_related("urgent_action__case")
            .order_by("act_before")
        )
        return [
            Section(
                "",
                [_("Number"), _("Case"), _("Act before"), _("Days left")],
                [
                    [
                        Cell(
                            issue.urgent_action,
                            reverse("urgent_actions:inspect", args=[issue.urgent_action_id]),
                        ),
                        Cell(
                            issue.urgent_action.case,
                            reverse("cases:inspect", args=[issue.urgent_action.case_id]),
                        ),
                        Cell(date_format(issue.act_before, "DATE_FORMAT")),
                        Cell((issue.act_before - today).days, mark="wait"),
                    ]
                    for issue in issues
                    if issue.act_before
                ],
                _("No action ends within the next seven days."),
            )
        ]


CONCERNS = {
    Concern.UNREACHABLE: gettext_lazy("no way to reach them is left"),
    Concern.EMAIL_DEAD: gettext_lazy("mails come back"),
    Concern.TERM_ENDED: gettext_lazy("nobody holds the office: the last term has ended"),
    Concern.DEADLINE: gettext_lazy("people are writing there; not checked for two weeks"),
    Concern.UNCHECKED: gettext_lazy("not checked for six months"),
    Concern.POST_SUSPENDED: gettext_lazy("no post goes there at the moment"),
}
GRAVE = {Concern.UNREACHABLE, Concern.EMAIL_DEAD, Concern.TERM_ENDED}


class AddressesReport(_Report):
    """The address book with what is the matter in it, and a press to say that it is right."""

    page_title = gettext_lazy("Address book: what to check")
    permission = "cases.view_office"
    header_icon = "site"
    template_name = "campaigns/staff/letters/addresses.html"

    def content(self) -> dict[str, Any]:
        user = self.request.user
        findings = addresses_to_check(now=timezone.now())
        return {"rows": [_address_row(finding, user) for finding in findings]}


def _address_row(finding: Finding, user: Any) -> dict[str, Any]:
    where = finding.where
    kind = "offices" if isinstance(where, Office) else "diplomatic_missions"
    presses = []
    if user.has_perm(ADDRESSES[kind].permission):
        presses.append(("checked", _("Checked today")))
        if where.email and not where.email_dead_since:
            presses.append(("returned", _("Mails come back")))
    return {
        "where": where,
        "edit_url": reverse(f"{kind}:edit", args=[where.pk]),
        "concerns": [
            Cell(CONCERNS[concern], mark="bad" if concern in GRAVE else "wait")
            for concern in finding.concerns
        ],
        "needed_until": _date(finding.needed_until),
        "verified_on": _date(where.verified_on) if where.verified_on else _("never"),
        "presses": [
            (reverse("press_address", args=[kind, where.pk, name]), label)
            for name, label in presses
        ],
    }


@dataclass(frozen=True)
class _Addresses:
    """One kind of address, and who may say something of it."""

    model: type[Office] | type[DiplomaticMission]
    permission: str


ADDRESSES = {
    "offices": _Addresses(Office, "cases.change_office"),
    "diplomatic_missions": _Addresses(DiplomaticMission, "cases.change_diplomaticmission"),
}
PRESSES = {
    "checked": address_book.confirm_address,
    "returned": address_book.note_returned_mails,
}


@require_POST
def press_address(request: HttpRequest, kind: str, pk: int, press: str) -> HttpResponse:
    """One press in the report, and back to it."""
    if kind not in ADDRESSES or press not in PRESSES:
        raise Http404("No such press.")
    addresses = ADDRESSES[kind]
    if not request.user.has_perm(addresses.permission):
        raise PermissionDenied
    where: Any = get_object_or_404(addresses.model, pk=pk)
    PRESSES[press](where=where, by=request.user, now=timezone.now())
    messages.success(request, _("Noted: %(name)s.") % {"name": where})
    return HttpResponseRedirect(reverse("report_unverified"), status=303)


class TranslationsReport(_Report):
    page_title = gettext_lazy("Translations behind their source")
    permission = "wagtailadmin.access_admin"
    header_icon = "globe"

    def sections(self) -> Sequence[Section]:
        pages = (
            Page.objects.filter(depth__gt=2)
            .select_related("locale", "content_type")
            .order_by("path")
        )
        behind = [
            text for text in texts_of(pages) if any(state.is_behind for state in text.languages)
        ]
        section = texts_section(behind)
        return [
            Section(
                "", section.headings, section.rows, _("Every page is up to date in every language.")
            )
        ]


class ConsentsReport(_Report):
    page_title = gettext_lazy("Consents to review")
    permission = "cases.view_caseconsent"
    header_icon = "user"

    def sections(self) -> Sequence[Section]:
        until = timezone.localdate() + REVIEW_AHEAD
        due = (
            CaseConsent.objects.filter(withdrawn_at=None)
            .select_related("case", "subject")
            .order_by("review_by", "ends_on", "case")
        )
        return [
            Section(
                "",
                [_("Case"), _("Covers"), _("For"), _("Review by"), _("Last day"), _("State")],
                [
                    [
                        Cell(consent.case, reverse("cases:inspect", args=[consent.case_id])),
                        Cell(consent.get_scope_display()),
                        Cell(consent.subject or _("everybody")),
                        Cell(_date(consent.review_by)),
                        Cell(_date(consent.ends_on)),
                        consent_cell(consent),
                    ]
                    for consent in due
                    if (consent.review_by and consent.review_by <= until)
                    or (consent.ends_on and consent.ends_on <= until)
                ],
                _("No consent has to be reviewed within the next 30 days."),
            )
        ]


class SignaturesReport(_Report):
    page_title = gettext_lazy("Signatures: what came in lately")
    permission = TRENDS_PERMISSION
    header_icon = "history"
    template_name = "campaigns/staff/petitions/trends.html"

    def content(self) -> dict[str, Any]:
        return trends_context(self.request, None)


def _date(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else "–"


REPORTS = {
    "expiring": ExpiringReport,
    "unverified": AddressesReport,
    "translations": TranslationsReport,
    "consents": ConsentsReport,
    "signatures": SignaturesReport,
}

report_urls = [
    path(f"reports/campaigns/{name}/", report.as_view(), name=f"report_{name}")
    for name, report in REPORTS.items()
] + [
    path(
        "reports/campaigns/unverified/<slug:kind>/<int:pk>/<slug:press>/",
        press_address,
        name="press_address",
    )
]


class _ReportItem(MenuItem):
    """Shown to those who may read the report."""

    def __init__(self, name: str, report: type[_Report], order: int) -> None:
        self.permission = report.permission
        super().__init__(
            report.page_title,
            reverse(f"report_{name}"),
            name=f"report-{name}",
            icon_name=report.header_icon,
            order=order,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))


def menu_items() -> list[MenuItem]:
    """One item per report."""
    return [
        _ReportItem(name, report, order)
        for order, (name, report) in enumerate(REPORTS.items(), start=100)
    ]
