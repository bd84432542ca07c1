"""Urgent actions and their issues, from the draft to the end."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.permissions import register_permission_policy

from campaigns.facts import FactEditView, NoAddPolicy, day_column
from campaigns.workspaces import Transition, WorkspaceViewSet

from .. import forms, services
from ..models import UrgentAction, UrgentActionIssue
from .model_letters import PreviewView

# A new issue begins in the workspace of its action.
register_permission_policy(UrgentActionIssue, NoAddPolicy(UrgentActionIssue))

State = UrgentActionIssue.State


def _latest_state(action: UrgentAction) -> str:
    issues = UrgentActionIssue.objects.issued().filter(urgent_action=action)
    issue = issues.order_by("-ordinal").first()
    return issue.state if issue else ""


def _is_draftable(action: UrgentAction) -> bool:
    return not action.issues.filter(state__in=UrgentActionIssue.UNISSUED).exists()


ACTION_TRANSITIONS = (
    Transition(
        "draft",
        _("Prepare an issue"),
        _("The first one, or further information; begins with what the last one asked for."),
        services.draft_issue,
        "urgent_action",
        is_offered=_is_draftable,
    ),
    Transition(
        "stop",
        _("Stop action"),
        _("Acting ends at once, in all languages. No second person is needed."),
        services.stop_urgent_action,
        "urgent_action",
        form_class=forms.StopForm,
        is_offered=lambda action: _latest_state(action) == State.OPEN,
        is_grave=True,
    ),
    Transition(
        "outcome",
        _("Record the outcome"),
        _("What was asked for has happened. Acting ends, and the page says what became of it."),
        services.record_outcome,
        "urgent_action",
        form_class=forms.OutcomeForm,
        is_offered=lambda action: _latest_state(action) not in {"", State.SUCCEEDED},
    ),
)


def _issue_transition(name: str, label: Any, explanation: Any, **more: Any) -> Transition:
    return Transition(
        name.replace("_", "-"),
        label,
        explanation,
        getattr(services, f"{name}_issue"),
        "issue",
        is_offered=lambda issue: issue.state in services.FROM[name],
        **more,
    )


ISSUE_TRANSITIONS = (
    _issue_transition(
        "submit", _("Send to review"), _("Somebody else reads it. It cannot be changed meanwhile.")
    ),
    _issue_transition(
        "approve",
        _("Approve"),
        _("You have read it, with its letters and addresses. The author cannot do this."),
        form_class=forms.ApproveForm,
    ),
    _issue_transition(
        "open", _("Open at once"), _("People are asked to write from now on, until the deadline.")
    ),
    _issue_transition(
        "schedule",
        _("Schedule"),
        _("Opens by itself at that moment, if nothing stands against it then."),
        form_class=forms.ScheduleForm,
    ),
    _issue_transition(
        "send_back", _("Send back"), _("Back to draft, to be changed; approvals are taken back.")
    ),
    _issue_transition(
        "cancel",
        _("Cancel"),
        _("It is never sent out: the situation has changed meanwhile."),
        is_grave=True,
    ),
)


class UrgentActionViewSet(WorkspaceViewSet):
    model = UrgentAction
    transitions = ACTION_TRANSITIONS
    stable_fields = ("kind", "case", "number", "year")
    icon = "warning"
    menu_label = _("Urgent actions")
    form_fields = ["kind", "case", "number", "year", "external_index"]
    ordering = ["-year", "-number"]
    list_filter = ["kind", "year", "case"]

    def rows(self) -> Any:
        return UrgentAction.objects.with_latest_issue().select_related("case")


class IssueEditView(FactEditView):
    """Whoever changes a draft becomes its author, and cannot review it."""

    def save_instance(self) -> Any:
        issue = super().save_instance()
        services.change_author(issue=issue, by=self.request.user)
        return issue


class UrgentActionIssueViewSet(WorkspaceViewSet):
    model = UrgentActionIssue
    transitions = ISSUE_TRANSITIONS
    edit_view_class = IssueEditView
    icon = "calendar-alt"
    menu_label = _("Issues and deadlines")
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("act_before"),
                    FieldPanel("what_changed"),
                    FieldPanel("languages_wanted"),
                ],
                heading=_("Issue"),
            ),
            InlinePanel("targets", heading=_("Addressees"), label=_("addressee")),
            InlinePanel("demands", heading=_("Demands"), label=_("demand")),
            InlinePanel(
                "letters",
                heading=_("Model letters"),
                label=_("model letter"),
                help_text=_(
                    "{name}, {short_name} and {number} (of the action) are filled in, the names as"
                    " they may be shown. What stands in [square brackets] is for the writer."
                ),
            ),
        ],
        base_form_class=forms.IssueForm,
    )
    list_display = [
        "__str__",
        "get_state_display",
        day_column("issued_on", _("Issued")),
        day_column("act_before", _("Act before")),
    ]
    list_filter = ["state", "kind"]
    ordering = ["-act_before"]

    def rows(self) -> Any:
        return UrgentActionIssue.objects.select_related("urgent_action")

    def get_urlpatterns(self) -> list[URLPattern]:
        view = PreviewView.as_view(policy=self.permission_policy)
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/letters/<int:letter>/<slug:kind>/", view, name="model_letter"),
        ]
