"""Postage, and where no post goes, as staff keep them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.facts import FactViewSet, day_column

from ..models import PostageRate, PostalSuspension


class PostageRateViewSet(FactViewSet):
    """A new price is a new row from its day on; the old one says what it was."""

    model = PostageRate
    icon = "tag"
    menu_label = _("Postage")
    form_fields = ["posted_in", "zone", "price", "currency", "valid_from"]
    list_display = [
        "posted_in",
        Column("zone", label=_("To"), accessor="get_zone_display"),
        "price",
        "currency",
        day_column("valid_from", _("Valid from")),
    ]
    list_filter = ["posted_in", "zone"]
    ordering = ["posted_in", "zone", "-valid_from"]


class PostalSuspensionViewSet(FactViewSet):
    model = PostalSuspension
    icon = "no-view"
    menu_label = _("Postal suspensions")
    form_fields = ["country", "since", "until", "words"]
    list_display = [
        "country",
        day_column("since", _("From")),
        day_column("until", _("Until")),
    ]
    list_filter = ["country"]
    ordering = ["-since"]

    def rows(self) -> Any:
        return PostalSuspension.objects.select_related("country")


postage_rate_viewset = PostageRateViewSet("postage_rates", url_prefix="postage")
postal_suspension_viewset = PostalSuspensionViewSet(
    "postal_suspensions", url_prefix="postal-suspensions"
)
