"""Signatures to look at, for those who may."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from campaigns.ledgers import LedgerViewSet, register_ledgers

from ..models import Signature, Tally

register_ledgers(Signature, Tally)


class SignatureFilterSet(WagtailFilterSet):
    """The standing is a column of the database's own: filters cannot tell its choices."""

    standing = django_filters.ChoiceFilter(
        label=_("Standing"), choices=Signature.Standing.choices, empty_label=_("all")
    )

    class Meta:
        model = Signature
        fields = ("petition", "language", "country")


class SignatureViewSet(LedgerViewSet):
    model = Signature
    icon = "edit"
    menu_label = _("Signatures")
    list_display = [
        "__str__",
        "petition",
        "country",
        "language",
        "signed_at",
        "standing",
    ]
    filterset_class = SignatureFilterSet
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
        "held_at",
        "standing",
        "source",
        "passes_on_name",
        "is_minor",
    ]
    ordering = ["-signed_at"]


signature_viewset = SignatureViewSet("signatures")
