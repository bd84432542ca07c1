"""Reports for staff: what is running out, what has not been checked, what is behind."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from campaigns.cases.models import CaseConsent, DiplomaticMission, Office
from campaigns.letters.models import UrgentActionIssue
from campaigns.petitions.viewsets.trends import TRENDS_PERMISSION, trends_context
from campaigns.workspaces import Cell, Section

from .translations import texts_of
from .workspaces import consent_cell, texts_section

SOON = timedelta(days=7)
UNVERIFIED_AFTER = timedelta(days=182)
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


class UnverifiedReport(_Report):
    page_title = gettext_lazy("Addresses not checked for 6 months")
    permission = "cases.view_office"
    header_icon = "site"

    def sections(self) -> Sequence[Section]:
        before = timezone.localdate() - UNVERIFIED_AFTER
        headings = [_("Address"), _("Checked on")]
        return [
            Section(
                title,
                headings,
                [
                    [
                        Cell(row, reverse(f"{name}:edit", args=[row.pk])),
                        Cell(
                            date_format(row.verified_on, "DATE_FORMAT")
                            if row.verified_on
                            else _("never"),
                            mark="wait",
                        ),
                    ]
                    for row in model._default_manager.select_related(relation).order_by(
                        "verified_on"
                    )
                    if row.verified_on is None or row.verified_on < before
                ],
                _("All have been checked."),
            )
            for title, name, model, relation in [
                (_("Offices"), "offices", Office, "country"),
                (
                    _("Diplomatic missions"),
                    "diplomatic_missions",
                    DiplomaticMission,
                    "sending_country",
                ),
            ]
        ]


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
    "unverified": UnverifiedReport,
    "translations": TranslationsReport,
    "consents": ConsentsReport,
    "signatures": SignaturesReport,
}

report_urls = [
    path(f"reports/campaigns/{name}/", report.as_view(), name=f"report_{name}")
    for name, report in REPORTS.items()
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
