"""The menus of our own in the admin: what we campaign on, what we send, who supports it."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup

from campaigns.cases import services as case_services
from campaigns.cases.models import CaseConsent
from campaigns.cases.viewsets import (
    CaseViewSet,
    country_viewset,
    diplomatic_mission_viewset,
    office_viewset,
    situation_event_viewset,
    theme_viewset,
)
from campaigns.facts import day_column
from campaigns.letters.models import UrgentAction
from campaigns.letters.replying import NEW_REPLIES
from campaigns.letters.viewsets import (
    UrgentActionIssueViewSet,
    UrgentActionViewSet,
    postage_rate_viewset,
    postal_suspension_viewset,
    reply_viewset,
)
from campaigns.mailings.viewsets import (
    audience_viewset,
    calendar_viewset,
    mailing_viewset,
    proof_reader_viewset,
)
from campaigns.outbox.viewsets import outgoing_message_viewset, suppression_viewset
from campaigns.petitions.viewsets import (
    EditionViewSet,
    embed_partner_viewset,
    invalidation_viewset,
    petition_viewset,
    signature_viewset,
    solidarity_message_viewset,
)
from campaigns.supporters.viewsets import (
    consent_viewset,
    finder_viewset,
    formula_viewset,
    subscription_viewset,
    supporter_viewset,
)
from campaigns.transfers.viewsets import export_job_viewset, import_job_viewset
from campaigns.workspaces import Transition, WorkspaceViewSet

from .workspaces import (
    CaseWorkspaceView,
    IssueWorkspaceView,
    MarathonWorkspaceView,
    UrgentActionWorkspaceView,
    state_cell,
)


class CaseWorkspaceViewSet(CaseViewSet):
    inspect_view_class = CaseWorkspaceView


class UrgentActionWorkspaceViewSet(UrgentActionViewSet):
    inspect_view_class = UrgentActionWorkspaceView
    list_display = [
        "__str__",
        "case",
        Column("state", label=_("State"), accessor=lambda row: state_cell(row.issue_state).words),
        day_column("act_before", _("Act before")),
        Column(
            "languages",
            label=_("Letters in"),
            accessor=lambda row: ", ".join(
                sorted(
                    letter.language
                    for issue in row.issues.all()
                    if issue.pk == row.issue_id
                    for letter in issue.letters.all()
                    if letter.approved_at
                )
            ),
        ),
        Column("signatures", label=_("Signatures"), accessor="signatures"),
        Column("new_replies", label=_("New replies"), accessor="new_replies"),
    ]

    def rows(self) -> Any:
        return (
            UrgentAction.objects.with_latest_issue()
            .select_related("case")
            .prefetch_related("issues__letters")
            .annotate(
                signatures=Count(
                    "case__petitions__signatures",
                    filter=Q(case__petitions__signatures__confirmed_at__isnull=False),
                    distinct=True,
                ),
                new_replies=NEW_REPLIES,
            )
        )


class IssueWorkspaceViewSet(UrgentActionIssueViewSet):
    inspect_view_class = IssueWorkspaceView


class MarathonViewSet(EditionViewSet):
    inspect_view_class = MarathonWorkspaceView


class CaseConsentViewSet(WorkspaceViewSet):
    """Consents of cases. They are given in the case's workspace, and withdrawn from there."""

    model = CaseConsent
    icon = "check"
    menu_label = _("Consents of cases")
    transitions = (
        Transition(
            "withdraw",
            _("Withdraw the consent"),
            _(
                "What it covers disappears within a minute. Without consent to work the case"
                " rests; without consent for the website it is taken down."
            ),
            case_services.withdraw_consent,
            "consent",
            is_offered=lambda consent: consent.withdrawn_at is None,
            permission="cases.change_case",
            is_grave=True,
        ),
    )
    form_fields: list[str] = []
    list_display = [
        "__str__",
        "given_by",
        day_column("given_on", _("From")),
        day_column("review_by", _("Review by")),
        day_column("withdrawn_at", _("Withdrawn")),
    ]
    list_filter = ["scope", "given_by"]

    def rows(self) -> Any:
        return CaseConsent.objects.select_related("case")

    def workspace_url(self, instance: Any) -> str:
        return case_viewset.workspace_url(instance.case)


case_viewset = CaseWorkspaceViewSet("cases")
urgent_action_viewset = UrgentActionWorkspaceViewSet("urgent_actions")
urgent_action_issue_viewset = IssueWorkspaceViewSet("urgent_action_issues")
edition_viewset = MarathonViewSet("editions", url_prefix="letter-marathon")
case_consent_viewset = CaseConsentViewSet("consents_of_cases")


class CampaignsGroup(ViewSetGroup):
    """Facts: cases, urgent actions, petitions, addresses."""

    menu_label = _("Campaigns")
    menu_icon = "mail"
    menu_order = 150
    items = (
        case_viewset,
        urgent_action_viewset,
        reply_viewset,
        petition_viewset,
        invalidation_viewset,
        edition_viewset,
        solidarity_message_viewset,
        embed_partner_viewset,
        office_viewset,
        diplomatic_mission_viewset,
        postage_rate_viewset,
        postal_suspension_viewset,
        formula_viewset,
        country_viewset,
        theme_viewset,
        situation_event_viewset,
        urgent_action_issue_viewset,
        case_consent_viewset,
    )


class MailingsGroup(ViewSetGroup):
    """What goes to whom."""

    menu_label = _("Mailings")
    menu_icon = "mail"
    menu_order = 155
    items = (mailing_viewset, audience_viewset, calendar_viewset, proof_reader_viewset)


class SupportersGroup(ViewSetGroup):
    """People. Only the supporter service sees this menu."""

    menu_label = _("Supporters")
    menu_icon = "group"
    menu_order = 160
    items = (
        finder_viewset,
        supporter_viewset,
        import_job_viewset,
        export_job_viewset,
        signature_viewset,
        subscription_viewset,
        consent_viewset,
        outgoing_message_viewset,
        suppression_viewset,
    )
