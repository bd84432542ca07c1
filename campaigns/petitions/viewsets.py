"""Petitions with their figures; signatures to look at, for those who may."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.facts import FactViewSet
from campaigns.ledgers import LedgerViewSet, register_ledgers

from .models import Petition, Signature, Tally

register_ledgers(Signature, Tally)


class PetitionViewSet(FactViewSet):
    model = Petition
    stable_fields = ("reference", "case")
    icon = "edit"
    menu_label = _("Petitions")
    form_fields = ["reference", "case", "opens_at", "closes_at", "figure", "goal"]
    list_display = [
        "reference",
        "case",
        Column("received", label=_("Received"), accessor="tally.received"),
        Column("confirmed", label=_("Confirmed"), accessor="tally.confirmed"),
        "goal",
        "closes_at",
    ]
    search_fields = ["reference", "case__name"]

    def rows(self) -> Any:
        return Petition.objects.select_related("case", "tally")


class SignatureViewSet(LedgerViewSet):
    model = Signature
    icon = "edit"
    menu_label = _("Signatures")
    list_display = ["__str__", "petition", "country", "language", "signed_at", "confirmed_at"]
    list_filter = ["petition", "language", "country"]
    inspect_view_fields = [
        "petition",
        "supporter",
        "given_name",
        "family_name",
        "country",
        "language",
        "page_id",
        "signed_at",
        "confirmed_at",
    ]
    ordering = ["-signed_at"]


petition_viewset = PetitionViewSet("staff_petitions", url_prefix="petitions")
signature_viewset = SignatureViewSet("signatures")
