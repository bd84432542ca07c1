"""Imports and exports in the menu of supporters."""

from collections.abc import Collection

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from campaigns.facts import day_column
from campaigns.ledgers import LedgerViewSet, register_ledgers

from . import views
from .models import ExportJob, ImportJob
from .sources import source_of

register_ledgers(ImportJob, ExportJob)


def _index_apart(
    patterns: list[URLPattern], *, without: Collection[str]
) -> tuple[list[URLPattern], list[URLPattern]]:
    """The pattern of the list, and the others but those `without`."""
    kept = [each for each in patterns if each.name not in without]
    return [each for each in kept if each.name == "index"], [
        each for each in kept if each.name != "index"
    ]


class ImportJobViewSet(LedgerViewSet):
    model = ImportJob
    icon = "upload"
    menu_label = _("Imports")
    index_view_class = views.ImportIndexView
    list_display = [
        "__str__",
        "state",
        "row_count",
        "rows_done",
        "refused",
        day_column("created_at", _("Uploaded on")),
        "started_by",
    ]
    ordering = ["-created_at"]

    def get_urlpatterns(self) -> list[URLPattern]:
        own = {
            "inspect": views.ImportView,
            "meaning": views.MeaningView,
            "reading": views.ReadingView,
            "preview": views.PreviewView,
            "cancel": views.CancelView,
            "problems": views.ProblemsView,
        }
        # The list first: that is where the menu leads.
        index, kept = _index_apart(super().get_urlpatterns(), without=own.keys())
        return [
            *index,
            path("upload/", views.UploadView.as_view(), name="upload"),
            *(path(f"{name}/<int:pk>/", view.as_view(), name=name) for name, view in own.items()),
            *kept,
        ]


class ExportJobViewSet(LedgerViewSet):
    model = ExportJob
    icon = "download"
    menu_label = _("Exports")
    index_view_class = views.ExportIndexView
    list_display = [
        "__str__",
        Column("list", label=_("List"), accessor=lambda job: source_of(job).title),
        "state",
        "row_count",
        "format",
        day_column("created_at", _("Asked for on")),
        "started_by",
    ]
    ordering = ["-created_at"]

    def get_urlpatterns(self) -> list[URLPattern]:
        own = {"inspect": views.ExportView, "download": views.DownloadView}
        # The list first: that is where the menu leads.
        index, kept = _index_apart(super().get_urlpatterns(), without=own.keys())
        return [
            *index,
            path("ask/", views.AskView.as_view(), name="ask"),
            *(path(f"{name}/<uuid:pk>/", view.as_view(), name=name) for name, view in own.items()),
            *kept,
        ]


import_job_viewset = ImportJobViewSet("imports")
export_job_viewset = ExportJobViewSet("exports")
