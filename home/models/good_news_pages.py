from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.cases.models import Case
from campaigns.cases.selectors import badge
from home import selectors
from home.blocks.bodies import PageBody

from .base import BasePage, SynchronizedField


class GoodNewsIndexPage(BasePage):
    """After the letters, newest first."""

    template = "pages/good_news_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.GoodNewsPage"]
    max_count_per_parent = 1
    page_description = _("The list of good news.")

    class Meta:
        verbose_name = _("list of good news")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["good_news"] = selectors.good_news_cards(self.locale_id)
        return context


class GoodNewsPage(BasePage):
    """Something has become better for somebody, and what has not."""

    template = "pages/good_news_page.html"
    parent_page_types = ["home.GoodNewsIndexPage"]
    subpage_types: list[str] = []
    page_description = _("Good news about a case, with the nuance that the facts need.")

    case = models.ForeignKey(
        "cases.Case",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("case"),
    )
    happened_on = models.DateField(_("date"))
    nuance = models.TextField(
        _("but"),
        blank=True,
        default="",
        help_text=_("What is not right yet: “released, but the conviction stands”."),
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("nuance"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("case"), FieldPanel("happened_on")], heading=_("Facts")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("nuance"),
        index.SearchField("body"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("case", overridable=False),
        SynchronizedField("happened_on", overridable=False),
    ]

    class Meta:
        verbose_name = _("good news page")

    @cached_property
    def facts(self) -> Case | None:
        """The case with its country, situation, persons and consents, if there is one."""
        return selectors.case_facts(self.case_id) if self.case_id else None

    @property
    def about_case(self) -> Case | None:
        return self.facts

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        if self.facts is not None:
            context["case"] = self.facts
            context["badge"] = badge(self.facts)
            context["case_page"] = selectors.page_of_case(self.case_id, self.locale_id)
        return context
