"""Editions of the letter marathon: year, dates, and up to ten petitions in order."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from campaigns.workspaces import WorkspaceViewSet

from ..choosers import petition_chooser_viewset
from ..edition_forms import EditionForm
from ..models import Edition
from ..models.editions import MOST_CASES
from ..workspaces import EditionWorkspaceView, moment_words


def _state(edition: Edition) -> str:
    now = timezone.now()
    if edition.is_open(at=now):
        return _now("open")
    return _now("not open yet") if now < edition.opens_at else _now("over")


class EditionViewSet(WorkspaceViewSet):
    model = Edition
    inspect_view_class = EditionWorkspaceView
    # Its page and its messages stand under that year.
    stable_fields = ("year",)
    icon = "calendar-alt"
    menu_label = _("Letter marathon")
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("year"), FieldPanel("opens_at"), FieldPanel("closes_at")],
                heading=_("Edition"),
            ),
            InlinePanel(
                "entries",
                heading=_("Cases, in the order in which they are shown"),
                label=_("petition"),
                panels=[
                    FieldPanel("petition", widget=petition_chooser_viewset.widget_class),
                ],
                max_num=MOST_CASES,
            ),
        ],
        base_form_class=EditionForm,
    )
    list_display = [
        "__str__",
        Column("state", label=_("State"), accessor=_state),
        Column("opens_at", label=_("Opens"), accessor=lambda row: moment_words(row.opens_at)),
        Column("closes_at", label=_("Closes"), accessor=lambda row: moment_words(row.closes_at)),
        Column("cases", label=_("Cases"), accessor=lambda row: len(row.entries.all())),
    ]

    def rows(self) -> Any:
        return Edition.objects.prefetch_related("entries")
