"""The two menus of our own in the admin: what we campaign on, and who supports it."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from campaigns.cases.viewsets import case_viewset, country_viewset, situation_event_viewset
from campaigns.letters.viewsets import urgent_action_issue_viewset, urgent_action_viewset
from campaigns.outbox.viewsets import outgoing_message_viewset
from campaigns.petitions.viewsets import petition_viewset, signature_viewset
from campaigns.supporters.viewsets import (
    consent_viewset,
    formula_viewset,
    subscription_viewset,
    supporter_viewset,
)


class CampaignsGroup(ViewSetGroup):
    """Facts: cases, events, petitions, urgent actions, formulas."""

    menu_label = _("Campaigns")
    menu_icon = "mail"
    menu_order = 150
    items = (
        case_viewset,
        situation_event_viewset,
        petition_viewset,
        urgent_action_viewset,
        urgent_action_issue_viewset,
        formula_viewset,
        country_viewset,
    )


class SupportersGroup(ViewSetGroup):
    """People. Only the supporter service sees this menu."""

    menu_label = _("Supporters")
    menu_icon = "group"
    menu_order = 160
    items = (
        supporter_viewset,
        signature_viewset,
        subscription_viewset,
        consent_viewset,
        outgoing_message_viewset,
    )
