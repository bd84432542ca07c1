"""Signatures taken out of the count: counted first, then applied, and reversed if need be."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.ledgers import register_ledgers
from campaigns.workspaces import (
    Cell,
    Section,
    Transition,
    WorkspaceView,
    WorkspaceViewSet,
)

from ..labels import country_words, language_words, network_words, partner_names, source_words
from ..models import Invalidation
from ..services.invalidating import Conditions, apply_invalidation, reverse_invalidation

register_ledgers(Invalidation)
CHANGE_PERMISSION = "petitions.change_invalidation"


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


def state_cell(row: Invalidation) -> Cell:
    """Where it stands, in words."""
    if row.reversed_at:
        return Cell(_now("reversed: they count again"))
    if row.applied_at:
        return Cell(_now("applied: they do not count"), mark="bad")
    return Cell(_now("counted, and nothing changed"), mark="wait")


def conditions_in_words(conditions: Conditions) -> list[str]:
    """What all of the signatures have in common, a line each."""
    said = []
    if conditions.network:
        said.append(_now("from %(network)s") % {"network": network_words(conditions.network)})
    if conditions.domain:
        said.append(_now("addresses at %(domain)s") % {"domain": conditions.domain})
    if conditions.country:
        said.append(_now("country: %(name)s") % {"name": country_words(conditions.country)})
    if conditions.language:
        said.append(_now("language: %(name)s") % {"name": language_words(conditions.language)})
    if conditions.source is not None:
        words = source_words(conditions.source, partner_names())
        said.append(_now("source: %(name)s") % {"name": words})
    if conditions.signed_from:
        said.append(_now("signed from %(moment)s on") % {"moment": _moment(conditions.signed_from)})
    if conditions.signed_until:
        said.append(_now("signed before %(moment)s") % {"moment": _moment(conditions.signed_until)})
    if conditions.only_unconfirmed:
        said.append(_now("not confirmed"))
    if conditions.only_held:
        said.append(_now("held"))
    return said


class InvalidationWorkspaceView(WorkspaceView):
    """What was counted, by which conditions, why, and what became of it."""

    def get_object(self, queryset: Any = None) -> Invalidation:
        super().get_object(queryset)  # 404 where there is none.
        return Invalidation.objects.select_related("petition", "counted_by").get(pk=self.pk)

    def sections(self) -> list[Section]:
        row = self.object
        petition_url = reverse("staff_petitions:inspect", args=[row.petition_id])
        facts = [
            Cell(row.petition, petition_url),
            state_cell(row),
            Cell(row.counted),
            Cell(_moment(row.counted_at)),
            Cell(row.counted_by or "–"),
            Cell(row.reason),
            Cell(_moment(row.applied_at)),
            Cell(row.signatures.count()),
            Cell(_moment(row.reversed_at)),
        ]
        names = [
            _now("Petition"),
            _now("State"),
            _now("Signatures that fit"),
            _now("Counted on"),
            _now("Counted by"),
            _now("Why they should not count"),
            _now("Taken out on"),
            _now("Out of the count now"),
            _now("Put back on"),
        ]
        return [
            Section("", rows=[[Cell(name), cell] for name, cell in zip(names, facts, strict=True)]),
            Section(
                _now("Which signatures are meant"),
                notes=conditions_in_words(Conditions.from_json(row.conditions)),
                empty=_now(
                    "All of these have to be true of a signature, and it was given before"
                    " the count."
                ),
            ),
        ]


APPLY = Transition(
    "apply",
    _("Take them out of the count"),
    _(
        "The figures follow within a minute, and these signatures are not handed over. Whoever"
        " signed sees the same pages as before. You can put them back at any time."
    ),
    apply_invalidation,
    "invalidation",
    is_offered=lambda row: row.applied_at is None,
    permission=CHANGE_PERMISSION,
    is_grave=True,
)
REVERSE = Transition(
    "reverse",
    _("Put them back into the count"),
    _("Each counts again as what it is: confirmed, received or held."),
    reverse_invalidation,
    "invalidation",
    is_offered=lambda row: row.applied_at is not None and row.reversed_at is None,
    permission=CHANGE_PERMISSION,
)


class InvalidationViewSet(WorkspaceViewSet):
    model = Invalidation
    icon = "warning"
    menu_label = _("Invalid signatures")
    transitions = (APPLY, REVERSE)
    inspect_view_class = InvalidationWorkspaceView
    form_fields: list[str] = []
    list_display = [
        "__str__",
        "counted",
        "reason",
        Column("state", label=_("State"), accessor=lambda row: state_cell(row).words),
    ]
    list_filter = ["petition"]

    def rows(self) -> Any:
        return Invalidation.objects.select_related("petition")


invalidation_viewset = InvalidationViewSet("invalidations")
