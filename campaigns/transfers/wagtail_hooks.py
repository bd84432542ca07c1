"""Registrations in Wagtail's admin; no logic."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "transfers.upload": _("File for an import uploaded"),
    "transfers.start": _("Import started"),
    "transfers.cancel": _("Import stopped"),
    "transfers.ask": _("Export asked for"),
    "transfers.export": _("Export written"),
    "transfers.download": _("Export downloaded"),
}


@hooks.register("register_log_actions")
def name_actions(actions: Any) -> None:
    """Each action by its name in the reports of the admin."""
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
