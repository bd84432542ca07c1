"""Formulas to edit; people and their consents to look at, for those who may."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.viewsets.base import ViewSet

from campaigns.facts import FactViewSet
from campaigns.ledgers import LedgerViewSet, register_ledgers
from campaigns.workspaces import WorkspaceViewSet

from .formula_forms import FormulaForm
from .models import Consent, ConsentWording, Formula, Subscription, Supporter
from .staff_acts import SUPPORTER_TRANSITIONS
from .views.finding import FindDuplicateView, FindSupporterView
from .views.merging import MergeView
from .views.supporter import SupporterTransitionView, SupporterView

register_ledgers(Supporter, Consent, ConsentWording, Subscription)


class FormulaViewSet(FactViewSet):
    model = Formula
    stable_fields = ("code",)
    icon = "list-ul"
    menu_label = _("Formulas")
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("code"),
                    FieldPanel("title"),
                    FieldPanel("description"),
                    FieldPanel("is_offered"),
                    FieldPanel("position"),
                ],
                heading=_("Formula"),
            ),
            MultiFieldPanel(
                [FieldPanel("content_kinds"), FieldPanel("rhythm"), FieldPanel("channels")],
                heading=_("What comes, how often and by which way"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("theme_choice"),
                    FieldPanel("country_choice"),
                    FieldPanel("case_choice"),
                ],
                heading=_("What people choose"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("needs_phone"),
                    FieldPanel("needs_postal_address"),
                    FieldPanel("minimum_age"),
                ],
                heading=_("What the form asks them for"),
            ),
        ],
        base_form_class=FormulaForm,
    )
    list_display = ["__str__", "rhythm", "is_offered", "position"]
    ordering = ["position", "pk"]


class FinderViewSet(ViewSet):
    """One search over people, for those who may see them."""

    icon = "search"
    menu_label = _("Find a supporter")

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        def is_shown(_item: Any, request: Any) -> bool:
            return bool(request.user.has_perm(FindSupporterView.permission))

        return type("FinderMenuItem", (MenuItem,), {"is_shown": is_shown})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", FindSupporterView.as_view(), name="find")]


class SupporterViewSet(WorkspaceViewSet):
    """People: a list to look at, and a page each where the supporter service works."""

    model = Supporter
    icon = "group"
    menu_label = _("People")
    add_to_reference_index = False
    form_fields: list[str] = []
    list_display = ["__str__", "email", "family_name", "language", "confirmed_at", "created_at"]
    list_filter = ["language"]
    list_per_page = 50
    ordering = ["-created_at"]
    inspect_view_class = SupporterView
    transition_view_class = SupporterTransitionView
    transitions = SUPPORTER_TRANSITIONS

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/merge/", FindDuplicateView.as_view(), name="find_duplicate"),
            path("<int:pk>/merge/<int:other>/", MergeView.as_view(), name="merge"),
        ]


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
finder_viewset = FinderViewSet("find_supporter", url_prefix="find-a-supporter")
supporter_viewset = SupporterViewSet("staff_supporters", url_prefix="supporters")
subscription_viewset = SubscriptionViewSet("subscriptions")
consent_viewset = ConsentViewSet("consents")
