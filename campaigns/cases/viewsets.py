"""Cases and what happens to them, offices, missions, countries and themes."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.permissions import register_permission_policy

from campaigns.facts import FactEditView, FactViewSet, NoAddPolicy, day_column
from campaigns.ledgers import LedgerPermissionPolicy
from campaigns.workspaces import Transition, WorkspaceViewSet

from . import forms, services
from .models import (
    Case,
    CaseConsent,
    Country,
    DiplomaticMission,
    Office,
    SituationEvent,
    Theme,
)
from .selectors import badge

# Events and consents are made by services alone.
register_permission_policy(SituationEvent, NoAddPolicy(SituationEvent))
register_permission_policy(CaseConsent, LedgerPermissionPolicy(CaseConsent))


def _begins(name: str) -> Any:
    return lambda case: case.state in services.FROM[name]


def _case_transition(name: str, label: Any, explanation: Any, **more: Any) -> Transition:
    more.setdefault("is_offered", _begins(name))
    service = more.pop("service", None) or getattr(services, f"{name}_case")
    return Transition(name, label, explanation, service, "case", **more)


CASE_TRANSITIONS = (
    _case_transition(
        "event",
        _("Record an event"),
        _("What happened, and when. It changes badge and timeline in every language."),
        service=services.record_event,
        form_class=forms.RecordEventForm,
        is_offered=lambda case: case.state != Case.State.REMOVED,
    ),
    _case_transition(
        "consent",
        _("Record a consent"),
        _("What somebody agreed to. What it covers may be shown from that day on."),
        service=services.give_consent,
        form_class=forms.GiveConsentForm,
        is_offered=lambda case: case.state != Case.State.REMOVED,
    ),
    _case_transition(
        "accept", _("Accept"), _("Somebody has consented to work on it; the case can be prepared.")
    ),
    _case_transition(
        "activate", _("Make active"), _("From now on people may sign and write for this case.")
    ),
    _case_transition(
        "rest",
        _("Put to rest"),
        _("Nobody should write for now. Open urgent actions stop, the petition closes."),
    ),
    _case_transition(
        "close",
        _("Close"),
        _("The work ends, with a reason and words for those who acted. The page stays."),
        form_class=forms.CloseForm,
    ),
    _case_transition("reopen", _("Open again"), _("Work on a closed case begins again.")),
    _case_transition(
        "embargo",
        _("Embargo"),
        _(
            "Nothing of the case appears before that moment: no page, list, feed or mail."
            " Open urgent actions stop."
        ),
        service=services.set_embargo,
        form_class=forms.EmbargoForm,
        is_offered=lambda case: case.state not in {Case.State.HIDDEN, Case.State.REMOVED},
    ),
    _case_transition(
        "hide",
        _("Take down"),
        _(
            "Within a minute the case is gone in all languages: pages, pictures, documents,"
            " lists, feeds, search, queued mails and mailed links. It can be shown again."
        ),
        form_class=forms.HideForm,
        permission="cases.hide_case",
        is_grave=True,
    ),
    _case_transition(
        "show",
        _("Show again"),
        _("The case may be shown again. Each page waits to be published by an editor."),
        permission="cases.hide_case",
    ),
    _case_transition(
        "remove",
        _("Remove for ever"),
        _("Deletes names, words, pages, pictures and documents. This cannot be taken back."),
        form_class=forms.RemoveForm,
        permission="cases.delete_case",
        is_grave=True,
    ),
)


class CaseEditView(FactEditView):
    """Names and persons decide what may be shown; what follows from them follows at once."""

    def save_instance(self) -> Any:
        case = super().save_instance()
        services.follow_change(case=case, now=timezone.now())
        return case


class CaseViewSet(WorkspaceViewSet):
    model = Case
    transitions = CASE_TRANSITIONS
    stable_fields = ("reference",)
    edit_view_class = CaseEditView
    icon = "user"
    menu_label = _("Cases")
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("reference"),
                    FieldPanel("full_name"),
                    FieldPanel("brief_name"),
                    FieldPanel("alias"),
                    FieldPanel("subject"),
                    FieldPanel("country"),
                    FieldPanel("themes"),
                    FieldPanel("is_historical"),
                ],
                heading=_("Case"),
            ),
            InlinePanel(
                "subjects", heading=_("Persons and communities"), label=_("person or community")
            ),
            InlinePanel("writer_rules", heading=_("Rules for writers"), max_num=1),
        ]
    )
    list_display = [
        "__str__",
        "country",
        "get_state_display",
        Column("situation", label=_("Situation"), accessor=lambda case: _badge_words(case)),
    ]
    list_filter = ["state", "country", "themes", "is_historical"]
    search_fields = ["full_name", "reference"]

    def rows(self) -> Any:
        return Case.objects.with_situation().select_related("country")


def _badge_words(case: Case) -> str:
    shown = badge(case)
    return shown.words if shown else "–"


class SituationEventViewSet(FactViewSet):
    """Events to look at, and to correct their words. New ones come from the case's workspace."""

    model = SituationEvent
    icon = "history"
    menu_label = _("Events")
    form_fields = ["title", "text", "nuance", "source", "is_visible"]
    list_display = ["__str__", "case", day_column("occurred_on", _("Date")), "is_visible"]
    list_filter = ["case", "situation"]

    def rows(self) -> Any:
        return SituationEvent.objects.select_related("case")


def _address_panels() -> list[Any]:
    return [
        FieldPanel("postal_lines"),
        FieldPanel("email"),
        FieldPanel("email_dead_since"),
        FieldPanel("phone"),
        FieldPanel("sms"),
        FieldPanel("fax"),
        FieldPanel("social"),
        FieldPanel("verified_on"),
    ]


class OfficeViewSet(FactViewSet):
    model = Office
    icon = "site"
    menu_label = _("Offices")
    stable_fields = ("reference",)
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("reference"),
                    FieldPanel("country"),
                    FieldPanel("kind"),
                    FieldPanel("title"),
                    FieldPanel("languages"),
                ],
                heading=_("Office"),
            ),
            MultiFieldPanel(_address_panels(), heading=_("Address")),
            MultiFieldPanel(
                [FieldPanel("salutation"), FieldPanel("closing")],
                heading=_("While nobody knows who holds it"),
            ),
            InlinePanel("holders", heading=_("Who holds it"), label=_("holder")),
        ],
        base_form_class=forms.OfficeForm,
    )
    list_display = ["__str__", "country", "kind", day_column("verified_on", _("Checked on"))]
    list_filter = ["country", "kind"]

    def rows(self) -> Any:
        return Office.objects.select_related("country")


class DiplomaticMissionViewSet(FactViewSet):
    model = DiplomaticMission
    icon = "globe"
    menu_label = _("Diplomatic missions")
    form_fields = [
        "sending_country",
        "accredited_in",
        "title",
        "postal_lines",
        "email",
        "email_dead_since",
        "phone",
        "sms",
        "fax",
        "social",
        "salutation",
        "closing",
        "verified_on",
        "is_none",
        "fallback_mission",
        "fallback",
    ]
    list_display = [
        "__str__",
        "sending_country",
        "accredited_in",
        day_column("verified_on", _("Checked on")),
    ]
    list_filter = ["sending_country", "accredited_in"]

    def rows(self) -> Any:
        return DiplomaticMission.objects.select_related("sending_country")


class CountryViewSet(FactViewSet):
    model = Country
    icon = "globe"
    menu_label = _("Countries")
    form_fields = ["code", "name"]
    list_display = ["__str__", "code"]


class ThemeViewSet(FactViewSet):
    model = Theme
    icon = "tag"
    menu_label = _("Themes")
    stable_fields = ("code",)
    form_fields = ["code", "name"]
    list_display = ["__str__", "code"]


situation_event_viewset = SituationEventViewSet("situation_events")
office_viewset = OfficeViewSet("offices")
diplomatic_mission_viewset = DiplomaticMissionViewSet("diplomatic_missions")
country_viewset = CountryViewSet("countries")
theme_viewset = ThemeViewSet("themes")
