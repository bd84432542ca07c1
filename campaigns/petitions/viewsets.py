"""Petitions with their figures; signatures to look at, for those who may."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.ledgers import LedgerViewSet, register_ledgers
from campaigns.workspaces import Cell, Section, Transition, WorkspaceView, WorkspaceViewSet

from . import services
from .models import Petition, Signature, Tally

register_ledgers(Signature, Tally)


class PetitionWorkspaceView(WorkspaceView):
    """One petition: whether it takes signatures, and how many it has."""

    def get_object(self, queryset: Any = None) -> Petition:
        super().get_object(queryset)  # 404 where there is none.
        return Petition.objects.select_related("case", "tally").get(pk=self.pk)

    def sections(self) -> list[Section]:
        petition = self.object
        tally = getattr(petition, "tally", None) or Tally()
        is_open = petition.is_open(at=timezone.now())
        return [
            Section(
                _("Petition"),
                rows=[
                    [Cell(_("Case")), Cell(petition.case)],
                    [
                        Cell(_("State")),
                        Cell(_("open") if is_open else _("closed"), mark="good" if is_open else ""),
                    ],
                ],
            ),
            Section(
                _("Signatures"),
                rows=[
                    [Cell(_("Received")), Cell(tally.received)],
                    [Cell(_("Confirmed")), Cell(tally.confirmed)],
                    [Cell(_("Held")), Cell(tally.held, mark="wait" if tally.held else "")],
                    [Cell(_("Goal")), Cell(petition.goal)],
                ],
                notes=[
                    _(
                        "Held signatures may have been sent by a program, or by very many people"
                        " from one place. Each got its mail, and counts once that confirms it."
                    )
                ]
                if tally.held
                else [],
            ),
        ]


RELEASE = Transition(
    "release",
    _("Release held signatures"),
    _(
        "All signatures that are held count as received from now on. Please look first where they"
        " come from: a stall or a school sends many at once, and so does a program."
    ),
    services.release_signatures,
    "petition",
    is_offered=lambda petition: petition.signatures.filter(held_at__isnull=False).exists(),
)


class PetitionViewSet(WorkspaceViewSet):
    model = Petition
    transitions = (RELEASE,)
    inspect_view_class = PetitionWorkspaceView
    stable_fields = ("reference", "case")
    icon = "edit"
    menu_label = _("Petitions")
    form_fields = ["reference", "case", "opens_at", "closes_at", "figure", "goal"]
    list_display = [
        "reference",
        "case",
        Column("received", label=_("Received"), accessor="tally.received"),
        Column("confirmed", label=_("Confirmed"), accessor="tally.confirmed"),
        Column("held", label=_("Held"), accessor="tally.held"),
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
    list_display = [
        "__str__",
        "petition",
        "country",
        "language",
        "signed_at",
        "confirmed_at",
        "held_at",
    ]
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
        "held_at",
        "is_minor",
    ]
    ordering = ["-signed_at"]


petition_viewset = PetitionViewSet("staff_petitions", url_prefix="petitions")
signature_viewset = SignatureViewSet("signatures")
