"""Cases, what happened in them, and countries."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.facts import FactViewSet

from .models import Case, Country, SituationEvent
from .selectors import badge


class CaseViewSet(FactViewSet):
    model = Case
    stable_fields = ("reference",)
    icon = "user"
    menu_label = _("Cases")
    form_fields = [
        "reference",
        "name",
        "short_name",
        "subject",
        "country",
        "state",
        "is_historical",
    ]
    list_display = [
        "__str__",
        "country",
        "state",
        Column("situation", label=_("Situation"), accessor=lambda case: _badge_words(case)),
        "is_historical",
    ]
    list_filter = ["state", "country", "is_historical"]
    search_fields = ["name", "reference"]
    inspect_view_enabled = True

    def rows(self) -> Any:
        return Case.objects.with_situation().select_related("country")


def _badge_words(case: Case) -> str:
    shown = badge(case)
    return shown.words if shown else "–"


class SituationEventViewSet(FactViewSet):
    model = SituationEvent
    icon = "history"
    menu_label = _("Events")
    form_fields = ["case", "situation", "occurred_on", "precision", "source", "is_visible"]
    list_display = ["case", "situation", "occurred_on", "precision", "is_visible"]
    list_filter = ["case", "situation"]


class CountryViewSet(FactViewSet):
    model = Country
    icon = "globe"
    menu_label = _("Countries")
    form_fields = ["code", "name"]
    list_display = ["__str__", "code"]


case_viewset = CaseViewSet("cases")
situation_event_viewset = SituationEventViewSet("situation_events")
country_viewset = CountryViewSet("countries")
