"""What came in lately, on a page: per petition, and over all of them in the reports."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from campaigns.charts import Chart, Series, line_chart
from campaigns.workspaces import Cell, Section

from ..labels import (
    SHOWN_DIGITS,
    country_words,
    language_words,
    network_words,
    partner_names,
    source_words,
)
from ..models import Petition
from ..trends import Stream, Trends, trends

TRENDS_PERMISSION = "petitions.view_tally"
COUNT_PERMISSION = "petitions.add_invalidation"
# Days by the word in the address.
SPANS = {"1": gettext_lazy("last 24 hours"), "7": gettext_lazy("last 7 days")}
HEADINGS = (
    gettext_lazy("Signatures"),
    gettext_lazy("Confirmed"),
    gettext_lazy("Held"),
)
# Where something may stand out.
COMPARED = {"network", "domain"}


def trends_context(request: HttpRequest, petition: Petition | None) -> dict[str, Any]:
    """What `petitions/trends.html` shows: the span chosen, a chart and tables."""
    days = request.GET.get("days", "1")
    days = days if days in SPANS else "1"
    found = trends(petition=petition, hours=24 * int(days), now=timezone.now())
    may_count = petition is not None and request.user.has_perm(COUNT_PERMISSION)
    return {
        "spans": [(f"?days={each}", words, each == days) for each, words in SPANS.items()],
        "charts": charts_of(found),
        "sections": sections_of(found, petition if may_count else None),
    }


def charts_of(found: Trends) -> list[Chart]:
    """Signatures per hour."""
    if not found.everything.number:
        return []
    return [
        line_chart(
            title=_("Signatures per hour"),
            summary=_("By the hour they were signed; confirmed are those confirmed until now."),
            unit=_("Hour from"),
            points=[_hour_words(hour) for hour, _number, _confirmed in found.hours],
            series=[
                Series("received", _("signed"), [each[1] for each in found.hours]),
                Series("confirmed", _("confirmed"), [each[2] for each in found.hours]),
            ],
        )
    ]


def _hour_words(hour: Any) -> str:
    return date_format(timezone.localtime(hour), "SHORT_DATETIME_FORMAT")


def sections_of(found: Trends, countable: Petition | None) -> list[Section]:
    """A table for each thing that signatures are told apart by.

    `countable`: the petition whose rows lead to counting what could be taken out, if any.
    """
    partners = partner_names()

    def section(title: str, streams: Sequence[Stream], words: Any, field: str = "") -> Section:
        is_compared = field in COMPARED
        return Section(
            title,
            [title, *HEADINGS, *([_("To look at")] if is_compared else [])],
            [
                [
                    Cell(words(stream.key), _count_url(countable, field, stream.key)),
                    Cell(stream.number),
                    _confirmed_cell(stream),
                    Cell(stream.held or "–"),
                    *([_remark_cell(stream)] if is_compared else []),
                ]
                for stream in streams
            ],
            _("Nothing came in."),
        )

    everything = [found.everything] if found.everything.number else []
    sections = [
        section(_("All signatures"), everything, lambda key: _("all that came in")),
        section(_("Networks"), found.networks, network_words, "network"),
        section(_("Domains of e-mail addresses"), found.domains, str, "domain"),
        section(_("Sources"), found.sources, lambda key: source_words(key, partners), "source"),
        section(_("Countries"), found.countries, country_words, "country"),
        section(_("Languages"), found.languages, language_words, "language"),
    ]
    if found.petitions:
        references = dict(
            Petition.objects.filter(pk__in=[each.key for each in found.petitions]).values_list(
                "pk", "reference"
            )
        )
        petitions = section(_("Petitions"), found.petitions, lambda key: references.get(key, key))
        rows = [
            [
                Cell(row[0].words, reverse("staff_petitions:trends", args=[stream.key])),
                *row[1:],
            ]
            for row, stream in zip(petitions.rows, found.petitions, strict=True)
        ]
        sections.insert(1, Section(petitions.title, petitions.headings, rows))
    return sections


def _remark_cell(stream: Stream) -> Cell:
    return Cell(_("far above the rest"), mark="wait") if stream.is_far_above else Cell("")


def _confirmed_cell(stream: Stream) -> Cell:
    return Cell(
        _("%(count)s (%(percent)s %%)")
        % {"count": stream.confirmed, "percent": stream.percent_confirmed}
    )


def _count_url(petition: Petition | None, field: str, key: str) -> str:
    """The form that counts them. It learns a network by its few digits alone."""
    if petition is None or not field:
        return ""
    value = key[:SHOWN_DIGITS] if field == "network" else f"={key}" if field == "source" else key
    path = reverse("staff_petitions:transition", args=[petition.pk, "count"])
    return f"{path}?{urlencode({field: value})}"


class TrendsView(WagtailAdminTemplateMixin, TemplateView):
    """What came in lately for one petition."""

    template_name = "campaigns/staff/petitions/trends.html"
    page_title = gettext_lazy("What came in lately")
    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(TRENDS_PERMISSION):
            raise PermissionDenied
        self.petition = get_object_or_404(Petition, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("staff_petitions:inspect", args=[self.petition.pk]),
                "label": str(self.petition),
            },
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**trends_context(self.request, self.petition), **more)
