"""Messages of solidarity in the admin: for those who moderate them, and without their writers."""

from collections.abc import Collection
from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.generic.history import HistoryView
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from campaigns.workspaces import Transition, WorkspaceViewSet

from .. import services
from ..models import SolidarityMessage
from ..moderation_forms import RefuseForm
from ..views.moderating import PERMISSION, MessageView, ModerationView, PrintView

State = SolidarityMessage.State


class ModerationPolicy(ModelPermissionPolicy):
    """Whoever moderates looks at messages; what they say is changed by nobody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(user.has_perm(PERMISSION))

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return "view" in actions and bool(user.has_perm(PERMISSION))


register_permission_policy(SolidarityMessage, ModerationPolicy(SolidarityMessage))


class DecisionsView(HistoryView):
    """Who decided, and when."""

    any_permission_required = ("view",)


class SolidarityMessageViewSet(WorkspaceViewSet):
    model = SolidarityMessage
    index_view_class = ModerationView
    inspect_view_class = MessageView
    history_view_class = DecisionsView
    # The reference index copies what it indexes; people do not belong in it.
    add_to_reference_index = False
    icon = "mail"
    menu_label = _("Messages of solidarity")
    form_fields: list[str] = []
    transitions = (
        Transition(
            "approve",
            _("Approve"),
            _("You have read it, and it keeps to the rules of the case: it is passed on."),
            services.approve_message,
            "message",
            is_offered=lambda message: message.state != State.APPROVED,
            permission=PERMISSION,
        ),
        Transition(
            "refuse",
            _("Refuse"),
            _("It is not passed on. Its writer can read on their own page why."),
            services.refuse_message,
            "message",
            form_class=RefuseForm,
            is_offered=lambda message: message.state != State.REFUSED,
            permission=PERMISSION,
            is_grave=True,
        ),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        view = require_admin_access(PrintView.as_view())
        return [
            *super().get_urlpatterns(),
            path("print/<int:edition>/<int:case>/", view, name="print"),
        ]


solidarity_message_viewset = SolidarityMessageViewSet(
    "solidarity_messages", url_prefix="messages-of-solidarity"
)
