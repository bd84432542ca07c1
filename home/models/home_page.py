from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.fields import StreamField

from home import selectors
from home.blocks.bodies import PageBody

from .base import BasePage, SynchronizedField


class HomePage(BasePage):
    """The front door: what needs you most, who is in danger, and letters that worked."""

    template = "pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.CaseIndexPage",
        "home.UrgentActionIndexPage",
        "home.GoodNewsIndexPage",
        "home.StandardPage",
        "home.SearchPage",
    ]
    page_description = _("The first page of the site in one language.")

    headline = models.CharField(_("headline"), max_length=80, blank=True, default="")
    featured = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what needs you most"),
        help_text=_("An urgent action or a case with a petition; its form stands on this page."),
    )
    picture = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("headline"),
        PageChooserPanel("featured", ["home.UrgentActionPage", "home.CasePage"]),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("featured"),
        SynchronizedField("picture"),
    ]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        urgent_actions = selectors.open_urgent_actions(self.locale_id)
        featured = self._open_featured(urgent_actions)
        if featured is not None:
            context["featured"] = featured
            context["featured_sign"] = featured.sign_context()
            context["featured_deadline"] = getattr(featured, "deadline", None)
        context["urgent_actions"] = [
            card for card in urgent_actions if featured is None or card.page.pk != featured.pk
        ][:4]
        context["cases"] = selectors.open_case_cards(self.locale_id)[:6]
        context["good_news"] = selectors.good_news_cards(self.locale_id)[:6]
        return context

    def _open_featured(self, urgent_actions: list[selectors.UrgentActionCard]) -> Any:
        """The chosen page while it can be signed in this language, else the nearest deadline."""
        chosen: list[Any] = [self.featured.localized.specific] if self.featured_id else []
        for page in [*chosen, *(card.page for card in urgent_actions)]:
            if not page.live or page.locale_id != self.locale_id or page.get_view_restrictions():
                continue
            sign = page.sign_context()
            if sign and sign["is_open"]:
                return page
        return None
