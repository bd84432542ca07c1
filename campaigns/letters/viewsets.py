"""Urgent actions and their issues."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.facts import FactViewSet

from .models import UrgentAction, UrgentActionIssue


class UrgentActionViewSet(FactViewSet):
    model = UrgentAction
    stable_fields = ("case", "number", "year")
    icon = "warning"
    menu_label = _("Urgent actions")
    form_fields = ["case", "number", "year", "external_index"]
    list_display = ["__str__", "case", "external_index"]
    list_filter = ["year"]

    def rows(self) -> Any:
        return UrgentAction.objects.select_related("case")


class UrgentActionIssueViewSet(FactViewSet):
    model = UrgentActionIssue
    icon = "calendar-alt"
    menu_label = _("Issues and deadlines")
    form_fields = ["urgent_action", "kind", "ordinal", "issued_on", "act_before"]
    list_display = ["urgent_action", "kind", "ordinal", "issued_on", "act_before"]
    list_filter = ["kind"]
    ordering = ["-act_before"]


urgent_action_viewset = UrgentActionViewSet("urgent_actions")
urgent_action_issue_viewset = UrgentActionIssueViewSet("urgent_action_issues")
