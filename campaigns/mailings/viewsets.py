"""Mailings, audiences, the calendar and the test readers in the admin."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from campaigns.facts import FactEditView, FactViewSet
from campaigns.workspaces import Transition, WorkspaceViewSet

from . import words
from .forms import AudienceForm, MailingForm
from .labels import recipients_words, when_words
from .models import Audience, Mailing, ProofReader
from .staff_acts import EITHER, MAILING_TRANSITIONS
from .staff_views import (
    VIEW,
    CalendarView,
    FindRecipientView,
    MailView,
    PeopleView,
    ProgressView,
    WordsView,
)
from .workspaces import (
    AudienceWorkspaceView,
    MailingTransitionView,
    MailingWorkspaceView,
    is_in_use,
)


class KeptPolicy(ModelPermissionPolicy):
    """What has been sent, or could have been, is deleted by nobody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return super().user_has_any_permission(user, set(actions) - {"delete"})


register_permission_policy(Mailing, KeptPolicy(Mailing))


class LifeView(HistoryView):
    """Who did what, for whoever may look at the mailing."""

    any_permission_required = ("add", "change", "view")


class AddMailingView(generic.CreateView):
    """Begins with the page that somebody came from, and leads to the new mailing."""

    def get_initial(self) -> dict[str, Any]:
        page = self.request.GET.get("page", "")
        if self.request.method != "GET" or not page.isdecimal():
            return {}
        chosen = Page.objects.filter(pk=page).first()
        if chosen is None or not isinstance(chosen.specific, tuple(words.source().page_types())):
            return {}
        return {"page": chosen.pk, "title": chosen.title[:120]}

    def get_success_url(self) -> str:
        return reverse("mailings_of_staff:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class MailingEditView(FactEditView):
    """Leads back to the mailing."""

    def get_success_url(self) -> str:
        return reverse("mailings_of_staff:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class MailingViewSet(WorkspaceViewSet):
    model = Mailing
    icon = "mail"
    menu_label = _("Mailings")
    transitions = MAILING_TRANSITIONS
    inspect_view_class = MailingWorkspaceView
    transition_view_class = MailingTransitionView
    history_view_class = LifeView
    add_view_class = AddMailingView
    edit_view_class = MailingEditView
    list_display = [
        "title",
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("audience", label=_("Audience"), accessor="audience"),
        Column("when", label=_("When"), accessor=when_words),
        Column("recipients", label=_("Recipients"), accessor=recipients_words),
    ]
    list_filter = ["state", "audience"]
    search_fields = ["title"]
    ordering = ["-created_at"]

    def rows(self) -> Any:
        return Mailing.objects.select_related("audience")

    def get_form_class(self, for_update: bool = False) -> Any:
        return MailingForm

    def may(self, user: Any, transition: Transition) -> bool:
        if transition.name in EITHER:
            return any(user.has_perm(each) for each in EITHER[transition.name])
        return super().may(user, transition)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<uuid:pk>/progress/", ProgressView.as_view(), name="progress"),
            path("<uuid:pk>/words/<slug:language>/", WordsView.as_view(), name="words"),
            path("<uuid:pk>/words/<slug:language>/mail/", MailView.as_view(), name="mail"),
            path("<uuid:pk>/find/", FindRecipientView.as_view(), name="find"),
            path(
                "<uuid:pk>/people/<slug:state>/<slug:reason>/",
                PeopleView.as_view(),
                name="people",
            ),
        ]


class AudienceEditView(FactEditView):
    """Refuses while a mailing depends on it that somebody has read as it is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        url = reverse("audiences:inspect", args=[self.object.pk])
        if is_in_use(self.object):
            messages.error(request, _("A mailing uses it as it is: see below which."))
            return HttpResponseRedirect(url)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_success_url(self) -> str:
        return reverse("audiences:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class AddAudienceView(generic.CreateView):
    """Leads to the count of the new audience."""

    def get_success_url(self) -> str:
        return reverse("audiences:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class AudienceViewSet(WorkspaceViewSet):
    model = Audience
    icon = "group"
    menu_label = _("Audiences")
    inspect_view_class = AudienceWorkspaceView
    add_view_class = AddAudienceView
    edit_view_class = AudienceEditView
    history_view_class = LifeView
    list_display = [
        "title",
        "formula",
        Column("languages", label=_("Languages"), accessor=lambda row: ", ".join(row.languages)),
        "note",
    ]
    list_filter = ["formula"]
    search_fields = ["title"]
    ordering = ["title"]

    def rows(self) -> Any:
        return Audience.objects.select_related("formula")

    def get_form_class(self, for_update: bool = False) -> Any:
        return AudienceForm


class CalendarViewSet(ViewSet):
    """One page, for those who see mailings."""

    icon = "calendar-alt"
    menu_label = _("Calendar")

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        def is_shown(_item: Any, request: Any) -> bool:
            return bool(request.user.has_perm(VIEW))

        return type("CalendarMenuItem", (MenuItem,), {"is_shown": is_shown})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", CalendarView.as_view(), name="index")]


class ProofReaderViewSet(FactViewSet):
    model = ProofReader
    icon = "user"
    menu_label = _("Test readers")
    form_fields = ["name", "email", "language"]
    list_display = ["name", "email", "language"]
    ordering = ["name"]


mailing_viewset = MailingViewSet("mailings_of_staff", url_prefix="mailings")
audience_viewset = AudienceViewSet("audiences")
calendar_viewset = CalendarViewSet("mailing_calendar", url_prefix="mailing-calendar")
proof_reader_viewset = ProofReaderViewSet("proof_readers", url_prefix="test-readers")
