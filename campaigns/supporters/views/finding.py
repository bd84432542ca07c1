"""Finding a supporter: what is typed is posted, and stands in no address, log or history."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from campaigns.workspaces import Cell, Section

from ..models import Supporter
from ..selectors import find_supporters, likely_duplicates
from ..staff_forms import FindForm

A_PAGE = 25


@method_decorator(sensitive_post_parameters("q"), name="dispatch")
class FindSupporterView(WagtailAdminTemplateMixin, FormView):
    """The search form; after a post also what it found, a page at a time."""

    template_name = "campaigns/staff/find_supporter.html"
    page_title = gettext_lazy("Find a supporter")
    header_icon = "search"
    form_class = FindForm
    permission = "supporters.view_supporter"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        found = find_supporters(form.cleaned_data["q"])
        page = Paginator(found, A_PAGE).get_page(self.request.POST.get("page"))
        section = people_section(
            _("Found: %(count)s") % {"count": page.paginator.count},
            page.object_list,
            self.row_url,
            empty=_(
                "Nobody. Try a part of the address or the last name alone; many people gave us"
                " no postcode and no phone number."
            ),
        )
        return self.render_to_response(
            self.get_context_data(form=form, sections=[section], page_of_results=page)
        )

    def row_url(self, supporter: Supporter) -> str:
        return reverse("staff_supporters:inspect", args=[supporter.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]


class FindDuplicateView(FindSupporterView):
    """The same search, for the other entry of one person."""

    page_title = gettext_lazy("Join with another entry")
    header_icon = "group"
    permission = "supporters.change_supporter"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.supporter = get_object_or_404(Supporter, pk=kwargs["pk"])

    def row_url(self, supporter: Supporter) -> str:
        if supporter.pk == self.supporter.pk:
            return ""
        return merge_url(self.supporter, supporter)

    def get_page_subtitle(self) -> str:
        return str(self.supporter)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": super().row_url(self.supporter), "label": str(self.supporter)},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        if "sections" not in more:
            more["sections"] = [
                people_section(
                    _("Probably the same person"),
                    likely_duplicates(self.supporter),
                    self.row_url,
                    empty=_("No other entry has this name with this postcode or phone number."),
                )
            ]
        return super().get_context_data(**more)


def merge_url(kept: Supporter, merged: Supporter) -> str:
    """Where joining these two is looked at beforehand."""
    return reverse("staff_supporters:merge", args=[kept.pk, merged.pk])


def people_section(title: str, people: Any, url_of: Any, *, empty: str) -> Section:
    """Supporters as the supporter service may see them in a list."""
    return Section(
        title,
        [_("Supporter"), _("Name"), _("E-mail address"), _("Language"), _("First seen"), ""],
        [
            [
                Cell(supporter, url_of(supporter)),
                Cell(name_of(supporter)),
                Cell(supporter.email),
                Cell(supporter.get_language_display()),
                Cell(date_format(supporter.created_at, "SHORT_DATE_FORMAT")),
                Cell(_("confirmed"), mark="good")
                if supporter.confirmed_at
                else Cell(_("not confirmed"), mark="wait"),
            ]
            for supporter in people
        ],
        empty,
    )


def name_of(supporter: Supporter) -> str:
    """The whole name, or words where there is none."""
    return f"{supporter.given_name} {supporter.family_name}".strip() or _("(no name)")
