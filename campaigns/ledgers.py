"""Ledgers in the admin: to look at. Services write them, and corrections are new rows."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy


class LedgerPermissionPolicy(ModelPermissionPolicy):
    """Grants `view` to whoever has it, and nothing else to anybody, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return "view" in actions and super().user_has_any_permission(user, ["view"])


class LedgerViewSet(ModelViewSet):
    """A list and a detail view over rows that nobody edits."""

    inspect_view_enabled = True
    copy_view_enabled = False
    # The reference index copies text of what it indexes; people do not belong in it.
    add_to_reference_index = False
    form_fields: list[str] = []
    list_per_page = 50


def register_ledgers(*models: type[Model]) -> None:
    """Make these models read-only in the admin."""
    for model in models:
        register_permission_policy(model, LedgerPermissionPolicy(model))
