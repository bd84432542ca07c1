from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.cases.models import Case
from campaigns.cases.selectors import badge, people, timeline
from campaigns.localized import words_in
from campaigns.mailings.words import MailFacts
from campaigns.supporters.models import Formula
from home import selectors
from home.blocks.bodies import DownloadsBody, PageBody
from home.filters import CaseFilter

from .base import BasePage, SynchronizedField
from .mailable import Mailable
from .petition_fields import PetitionFields


class CaseIndexPage(BasePage):
    """The persons in danger, then those whose case is closed."""

    template = "pages/case_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.CasePage", "home.CountryPage"]
    max_count_per_parent = 1
    page_description = _("The list of cases.")

    class Meta:
        verbose_name = _("list of cases")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        wanted = CaseFilter(
            request.GET, selectors.with_themes(selectors.case_cards(self.locale_id))
        )
        context["filter"] = wanted
        context["cases"] = [card for card in wanted.cards if not card.is_closed]
        context["closed_cases"] = [card for card in wanted.cards if card.is_closed]
        return context


class CasePage(PetitionFields, BasePage):
    """One case in one language: the story is here, the facts are the Case's."""

    template = "pages/case_page.html"
    parent_page_types = ["home.CaseIndexPage"]
    subpage_types = ["home.CaseUpdatePage"]
    page_description = _("A person or community in danger, with petition and story.")

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", verbose_name=_("case"))
    portrait = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("portrait"),
        help_text=_("Shown while consent holds. Else the initial stands on ruled paper."),
    )
    portrait_alt = models.CharField(_("portrait in words"), max_length=255, blank=True, default="")
    need = models.TextField(
        _("what they need from you"), blank=True, default="", help_text=_("One or two sentences.")
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))
    downloads = StreamField(DownloadsBody(), blank=True, verbose_name=_("downloads"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("need"),
        MultiFieldPanel(
            [FieldPanel("portrait"), FieldPanel("portrait_alt")], heading=_("Portrait")
        ),
        FieldPanel("body"),
        PetitionFields.petition_words_panel,
        FieldPanel("downloads"),
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
        """The case with its country, situation, persons and consents."""
        return selectors.case_facts(self.case_id)

    @property
    def main_picture(self) -> Any:
        """The picture that stands for this page elsewhere. Ask the case whether it may."""
        return self.portrait

    @property
    def main_picture_alt(self) -> str:
        return self.portrait_alt

    @property
    def about_case(self) -> Case | None:
        return self.facts

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        case = self.facts
        context["case"] = case
        context["badge"] = badge(case)
        context["portrait"] = self.portrait if case.shows_image else None
        context["people"] = people(case)
        context["themes"] = list(case.themes.all())
        context["timeline"] = timeline(case)
        context["sign"] = self.sign_context(request)
        cards, monthly = selectors.actions_of_case(case, self.locale_id)
        context["urgent_actions"], context["monthly_letters"] = cards, monthly
        context["good_news"] = selectors.good_news_of_case(case, self.locale_id)
        context["updates"] = selectors.updates_of(self)
        context["country_page"] = selectors.page_of_country(case.country_id, self.locale_id)
        context["downloads"] = selectors.downloads(self.downloads)
        context["short_address"] = selectors.short_address(case.reference)
        context["closing_words"] = words_in(case.closing_text)
        return context


class CaseUpdatePage(Mailable, BasePage):
    """What has happened in a case since its page was written."""

    template = "pages/case_update_page.html"
    parent_page_types = ["home.CasePage"]
    subpage_types: list[str] = []
    page_description = _("News about one case, below its page.")
    mail_kind = "case_update"

    happened_on = models.DateField(_("date"))
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        Mailable.mail_panel,
        MultiFieldPanel([FieldPanel("happened_on")], heading=_("Facts")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("happened_on", overridable=False),
    ]

    class Meta:
        verbose_name = _("update on a case")

    @cached_property
    def case_page(self) -> CasePage:
        """The page of the case that this is an update on."""
        return CasePage.objects.parent_of(self).defer("body", "downloads").get()

    @property
    def about_case(self) -> Case | None:
        return self.case_page.facts

    @property
    def mail_source(self) -> str:
        return f"mail-{self.case_page.facts.reference}-{self.happened_on:%Y-%m-%d}"

    def mail_facts(self, *, now: datetime) -> MailFacts:
        return MailFacts(
            kind=Formula.Content.CASE_NEWS,
            case_id=self.case_page.case_id,
            petition_id=self.case_page.petition_id,
        )

    def mail_context(self, *, now: datetime) -> dict[str, Any]:
        case = self.case_page.facts
        return {"case": case, "case_page": self.case_page, "badge": badge(case)}

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        case = self.case_page.facts
        context["case"] = case
        context["badge"] = badge(case)
        context["case_page"] = self.case_page
        context["updates"] = [
            update for update in selectors.updates_of(self.case_page) if update.pk != self.pk
        ]
        return context


class CountryPage(BasePage):
    """The background: what the human rights of a country's people are worth."""

    template = "pages/country_page.html"
    parent_page_types = ["home.CaseIndexPage"]
    subpage_types: list[str] = []
    page_description = _("The background of a country, with the cases there.")

    country = models.ForeignKey(
        "cases.Country", models.PROTECT, related_name="+", verbose_name=_("country")
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("country")], heading=_("Facts")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("country", overridable=False),
    ]

    class Meta:
        verbose_name = _("country page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["cases"] = [
            card
            for card in selectors.case_cards(self.locale_id)
            if card.case.country_id == self.country_id
        ]
        return context
