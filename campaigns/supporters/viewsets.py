"""Formulas to edit; people and their consents to look at, for those who may."""

from django.utils.translation import gettext_lazy as _

from campaigns.facts import FactViewSet
from campaigns.ledgers import LedgerViewSet, register_ledgers

from .models import Consent, ConsentWording, Formula, Subscription, Supporter

register_ledgers(Supporter, Consent, ConsentWording, Subscription)


class FormulaViewSet(FactViewSet):
    model = Formula
    stable_fields = ("code",)
    icon = "list-ul"
    menu_label = _("Formulas")
    form_fields = ["code", "title", "description", "rhythm", "is_offered", "position"]
    list_display = ["__str__", "rhythm", "is_offered", "position"]
    ordering = ["position", "pk"]


class SupporterViewSet(LedgerViewSet):
    model = Supporter
    icon = "group"
    menu_label = _("People")
    list_display = ["__str__", "email", "family_name", "language", "confirmed_at", "created_at"]
    list_filter = ["language"]
    inspect_view_fields = [
        "email",
        "given_name",
        "family_name",
        "language",
        "created_at",
        "confirmed_at",
    ]
    ordering = ["-created_at"]


class SubscriptionViewSet(LedgerViewSet):
    model = Subscription
    icon = "mail"
    menu_label = _("Subscriptions")
    list_display = ["supporter", "formula", "language", "state", "requested_at", "confirmed_at"]
    list_filter = ["state", "formula", "language"]
    ordering = ["-requested_at"]


class ConsentViewSet(LedgerViewSet):
    model = Consent
    icon = "tick"
    menu_label = _("Consents")
    list_display = ["supporter", "about", "action", "channel", "language", "recorded_at"]
    list_filter = ["purpose", "action", "channel", "language"]
    ordering = ["-recorded_at"]


formula_viewset = FormulaViewSet("formulas")
supporter_viewset = SupporterViewSet("staff_supporters", url_prefix="supporters")
subscription_viewset = SubscriptionViewSet("subscriptions")
consent_viewset = ConsentViewSet("consents")
