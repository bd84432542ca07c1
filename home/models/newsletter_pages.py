from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.mailings.words import MailFacts
from campaigns.supporters.models import Formula
from home import selectors
from home.blocks.bodies import PageBody

from .base import BasePage, SynchronizedField
from .mailable import Mailable


class NewsletterIndexPage(BasePage):
    """The archive of the newsletters, newest first."""

    template = "pages/newsletter_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.NewsletterPage"]
    max_count_per_parent = 1
    page_description = _("The archive of the newsletters.")

    class Meta:
        verbose_name = _("list of newsletters")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["newsletters"] = selectors.newsletter_cards(self.locale_id)
        return context


class NewsletterPage(Mailable, BasePage):
    """One newsletter: a page of the archive, and a mail from the same blocks."""

    template = "pages/newsletter_page.html"
    parent_page_types = ["home.NewsletterIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A newsletter: a mail, and its page in the archive.")
    mail_kind = "newsletter"

    issued_on = models.DateField(_("date"))
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        Mailable.mail_panel,
        MultiFieldPanel([FieldPanel("issued_on")], heading=_("Facts")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("issued_on", overridable=False),
    ]

    class Meta:
        verbose_name = _("newsletter")

    @property
    def mail_source(self) -> str:
        return f"mail-newsletter-{self.issued_on:%Y-%m-%d}"

    def mail_facts(self, *, now: datetime) -> MailFacts:
        return MailFacts(kind=Formula.Content.NEWSLETTER)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["newsletter_index"] = self.get_parent()
        return context
