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
from .petition_fields import PetitionFields


class CaseIndexPage(BasePage):
    """The persons in danger, then those whose case is closed."""

    template = "pages/case_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.CasePage"]
    max_count_per_parent = 1
    page_description = _("The list of cases.")

    class Meta:
        verbose_name = _("list of cases")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["cases"] = selectors.open_case_cards(self.locale_id)
        context["closed_cases"] = selectors.closed_case_cards(self.locale_id)
        return context


class CasePage(PetitionFields, BasePage):
    """One case in one language: the story is here, the facts are the Case's."""

    template = "pages/case_page.html"
    parent_page_types = ["home.CaseIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A person or community in danger, with petition and story.")

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", verbose_name=_("case"))
    portrait = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("portrait"),
        help_text=_("Only under consent. Without one, the initial stands on ruled paper."),
    )
    portrait_alt = models.CharField(_("portrait in words"), max_length=255, blank=True, default="")
    need = models.TextField(
        _("what they need from you"), blank=True, default="", help_text=_("One or two sentences.")
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("need"),
        MultiFieldPanel(
            [FieldPanel("portrait"), FieldPanel("portrait_alt")], heading=_("Portrait")
        ),
        FieldPanel("body"),
        PetitionFields.petition_words_panel,
        MultiFieldPanel([FieldPanel("case"), FieldPanel("petition")], heading=_("Facts")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("need"),
        index.SearchField("body"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *PetitionFields.petition_translatable_fields,
        SynchronizedField("case", overridable=False),
        SynchronizedField("portrait", overridable=False),
    ]

    class Meta:
        verbose_name = _("case page")

    @cached_property
    def facts(self) -> Case:
        """The case with its country and situation, in one query."""
        return selectors.case_facts(self.case_id)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["case"] = self.facts
        context["badge"] = badge(self.facts)
        context["sign"] = self.sign_context()
        context["urgent_actions"] = selectors.urgent_actions_of_case(self.case_id, self.locale_id)
        context["good_news"] = selectors.good_news_of_case(self.case_id, self.locale_id)
        return context
