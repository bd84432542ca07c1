"""What every page of the site has.

wagtail-localize is imported here and nowhere else, so that leaving it would touch one file.
"""

from typing import Any

from django.db import models
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from campaigns.cases.models import Case

__all__ = ["BasePage", "SynchronizedField", "TranslatableField"]


class BasePage(Page):
    """A page with a standfirst, and with everything its template needs in its context."""

    introduction = models.TextField(
        _("introduction"),
        blank=True,
        default="",
        help_text=_("One to three sentences under the title; also used on cards and in feeds."),
    )

    content_panels = [*Page.content_panels, "introduction"]
    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("For the site's menu")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    override_translatable_fields = [SynchronizedField("show_in_menus", overridable=False)]

    class Meta:
        abstract = True

    @property
    def about_case(self) -> Case | None:
        """The case that this page is about, with its consents; None on most pages."""
        return None

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Nothing about a case that may not be shown, whatever is published."""
        case = self.about_case
        if case is not None and not case.is_public():
            raise Http404("Not to be shown.")
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.frame import SiteFrame  # The frame knows page types, and they know it.

        context = super().get_context(request, *args, **kwargs)
        context["contents"] = self.table_of_contents()
        context["frame"] = SiteFrame(request, self)
        return context

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The draft in the editor's frame, with Wagtail's own scripts around it."""
        response = super().serve_preview(request, mode_name)
        response._csp_exempt = True
        return response

    def table_of_contents(self) -> list[dict[str, str]]:
        """The headings of the body, with their anchors."""
        return [
            {"anchor": slugify(block.value), "title": block.value}
            for block in getattr(self, "body", [])
            if block.block_type == "heading"
        ]
