"""Petitions in the admin: the list, the form, and what can be done with one."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.workspaces import Transition, TransitionView, WorkspaceViewSet

from .. import services
from ..invalidation_forms import CountForm
from ..models import Invalidation, Petition, Signature
from ..services.invalidating import count_invalidation
from .handover import HandoverView
from .petition_page import PetitionWorkspaceView
from .trends import COUNT_PERMISSION, TrendsView

RELEASE = Transition(
    "release",
    _("Release held signatures"),
    _(
        "All signatures that are held count as received from now on. Please look first where they"
        " come from: a stall or a school sends many at once, and so does a program."
    ),
    services.release_signatures,
    "petition",
    is_offered=lambda petition: petition.signatures.filter(
        held_at__isnull=False, standing=Signature.Standing.HELD
    ).exists(),
)


def _to_the_count(invalidation: Invalidation) -> str:
    return reverse("invalidations:inspect", args=[invalidation.pk])


COUNT = Transition(
    "count",
    _("Count signatures that should not count"),
    _(
        "Nothing changes yet: you see how many signatures fit what you say here, and then decide"
        " whether to take them out. Those that come in afterwards are not meant, whatever they"
        " look like."
    ),
    count_invalidation,
    "petition",
    is_offered=lambda petition: hasattr(petition, "tally"),
    form_class=CountForm,
    permission=COUNT_PERMISSION,
    leads_to=_to_the_count,
)


class PetitionTransitionView(TransitionView):
    """A form may begin with what an address says, such as a row of the trends."""

    def get_initial(self) -> dict[str, Any]:
        return self.request.GET.dict() if _is_read(self.request) else {}


def _is_read(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"}


class PetitionViewSet(WorkspaceViewSet):
    model = Petition
    transitions = (RELEASE, COUNT)
    transition_view_class = PetitionTransitionView
    inspect_view_class = PetitionWorkspaceView
    stable_fields = ("reference", "case")
    icon = "edit"
    menu_label = _("Petitions")
    form_fields = [
        *("reference", "case", "opens_at", "closes_at", "office"),
        *("figure", "shown_from", "goal", "goal_rises"),
        *("handover", "handover_words", "share_words"),
    ]
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

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/trends/", TrendsView.as_view(), name="trends"),
            path("<int:pk>/handover/", HandoverView.as_view(), name="handover"),
        ]


petition_viewset = PetitionViewSet("staff_petitions", url_prefix="petitions")
