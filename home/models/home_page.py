from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.fields import StreamField

from home import selectors
from home.blocks.bodies import PageBody
from home.media.models import shown

from .base import BasePage, SynchronizedField


class HomePage(BasePage):
    """The front door: what needs you most, who is in danger, and letters that worked."""

    template = "pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.CaseIndexPage",
        "home.UrgentActionIndexPage",
        "home.GoodNewsIndexPage",
        "home.MarathonPage",
        "home.NewsletterIndexPage",
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
        lists = selectors.front_page(self.locale_id)
        featured, sign = self._open_featured(lists, request)
        if featured is not None:
            context["featured"] = featured
            context["featured_sign"] = sign
            case = featured.about_case
            context["featured_picture"] = case and case.shows_image and featured.main_picture
            context["featured_deadline"] = getattr(featured, "deadline", None)
        context["urgent_actions"] = [
            card for card in lists.urgent_actions if featured is None or card.page != featured
        ][:4]
        context["cases"] = lists.cases[:6]
        context["good_news"] = lists.good_news[:6]
        context["picture"] = shown(self.picture)
        return context

    def _open_featured(self, lists: selectors.FrontPage, request: Any) -> tuple[Any, Any]:
        """The chosen page while it can be signed in this language, else the nearest deadline."""
        urgent: list[Any] = [card.page for card in lists.urgent_actions if not card.language]
        cases: list[Any] = [card.page for card in lists.cases if not card.language]
        key = self.featured.translation_key if self.featured_id else None
        chosen = [page for page in (*urgent, *cases) if page.translation_key == key]
        for page in [*chosen, *urgent]:
            sign = page.sign_context(request)
            if sign and sign["is_open"]:
                return page, sign
        return None, None
