from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from home.blocks.bodies import PageBody
from home.media.models import shown

from .base import BasePage, SynchronizedField


class StandardPage(BasePage):
    """Any other page: how a campaign works, who we are, the privacy charter."""

    template = "pages/standard_page.html"
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    page_description = _("A page with any blocks.")

    picture = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [*BasePage.content_panels, FieldPanel("picture"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("picture"),
    ]

    class Meta:
        verbose_name = _("page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["picture"] = shown(self.picture)
        return context
