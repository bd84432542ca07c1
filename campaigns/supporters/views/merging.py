"""Joining two entries of one person: what will happen side by side, and one button."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from campaigns.transitions import Refused
from campaigns.workspaces import Cell, Section

from ..models import Subscription, Supporter
from ..services.merging import merge_supporters, preview_merge, reasons_not_to_merge
from .finding import merge_url, name_of


class MergeView(WagtailAdminTemplateMixin, TemplateView):
    """The entry in the address stays, the other one goes."""

    template_name = "campaigns/staff/merge_supporters.html"
    page_title = gettext_lazy("Join two entries")
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kept = get_object_or_404(Supporter, pk=kwargs["pk"])
        self.merged = Supporter.objects.filter(pk=kwargs["other"]).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("supporters.change_supporter"):
            raise PermissionDenied
        if self.merged is None:
            messages.warning(request, _("The other entry is gone: they have been joined already."))
            return HttpResponseRedirect(self._page_of(self.kept))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        assert self.merged is not None  # noqa: S101  (`dispatch` has looked)
        try:
            merge_supporters(
                kept=self.kept, merged=self.merged, by=request.user, now=timezone.now()
            )
        except Refused as refused:
            for reason in refused.messages:
                messages.error(request, reason)
            return self.get(request)
        messages.success(request, _("The two entries are one now."))
        return HttpResponseRedirect(self._page_of(self.kept))

    @staticmethod
    def _page_of(supporter: Supporter) -> str:
        return reverse("staff_supporters:inspect", args=[supporter.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": self._page_of(self.kept), "label": str(self.kept)},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        kept, merged = self.kept, self.merged
        assert merged is not None  # noqa: S101  (`dispatch` has looked)
        reasons = reasons_not_to_merge(kept=kept, merged=merged)
        return super().get_context_data(
            sections=[
                Section(
                    _("Side by side"),
                    ["", _("Stays"), _("Goes")],
                    _side_by_side(kept, merged),
                ),
                Section(_("What will happen"), notes=preview_merge(kept=kept, merged=merged)),
            ],
            reasons=reasons,
            may_merge=not reasons,
            other_way_url=merge_url(merged, kept),
            back_url=self._page_of(kept),
            **more,
        )


def _side_by_side(kept: Supporter, merged: Supporter) -> list[list[Cell]]:
    pair = (kept, merged)
    formulas = _formulas(pair)

    def day(moment: Any) -> str:
        return date_format(moment, "SHORT_DATE_FORMAT") if moment else "–"

    rows = [
        (_("Supporter"), [Cell(each, MergeView._page_of(each)) for each in pair]),
        (_("Name"), [Cell(name_of(each)) for each in pair]),
        (_("E-mail address"), [Cell(each.email) for each in pair]),
        (_("Address confirmed"), [Cell(day(each.confirmed_at)) for each in pair]),
        (_("Language"), [Cell(each.get_language_display()) for each in pair]),
        (_("First seen"), [Cell(day(each.created_at)) for each in pair]),
        (_("Subscriptions"), [Cell(formulas[each.pk] or "–") for each in pair]),
    ]
    return [[Cell(label), *cells] for label, cells in rows]


def _formulas(pair: tuple[Supporter, Supporter]) -> dict[int, str]:
    lines: dict[int, list[str]] = {each.pk: [] for each in pair}
    rows = Subscription.objects.filter(supporter__in=pair).select_related("formula")
    for row in rows.order_by("formula__position"):
        lines[row.supporter_id].append(str(row))
    return {key: "\n".join(words) for key, words in lines.items()}
