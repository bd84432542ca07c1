from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.mailings.words import MailFacts
from campaigns.petitions.marathon import edition_called, marathon, petitions_of, takes_signatures
from campaigns.petitions.marathon_forms import many_context
from campaigns.source_codes import source_in
from campaigns.supporters.models import Formula
from home.blocks.bodies import MarathonBody, PageBody
from home.marathons import words_of_page

from .base import BasePage, SynchronizedField
from .mailable import Mailable


class MarathonPage(Mailable, BasePage):
    """One edition of the letter marathon in one language: all its cases, and one form for them.

    Which cases, in which order, until when: facts of the edition. Their short texts are here.
    """

    template = "pages/marathon_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    page_description = _("A letter marathon: up to ten cases, signed with one press.")
    mail_kind = "marathon"

    edition = models.ForeignKey(
        "petitions.Edition",
        models.PROTECT,
        related_name="+",
        verbose_name=_("edition of the letter marathon"),
    )
    theme = models.CharField(_("theme of the year"), max_length=120, blank=True, default="")
    body = StreamField(PageBody(), blank=True, verbose_name=_("body"))
    cases = StreamField(
        MarathonBody(),
        blank=True,
        verbose_name=_("words of the cases"),
        help_text=_("A case without words here is introduced as on its own page."),
    )
    thanks = models.TextField(
        _("words of thanks"),
        blank=True,
        default="",
        help_text=_("What everybody reads who has signed. Claim no more than is known."),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("theme"),
        FieldPanel("cases"),
        FieldPanel("body"),
        FieldPanel("thanks"),
        Mailable.mail_panel,
        MultiFieldPanel([FieldPanel("edition")], heading=_("Facts")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("theme"),
        index.SearchField("body"),
        index.SearchField("cases"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("edition", overridable=False),
    ]

    class Meta:
        verbose_name = _("letter marathon page")

    def clean(self) -> None:
        """One page for each edition and language: links of mails lead to it."""
        super().clean()
        others = MarathonPage.objects.filter(edition=self.edition_id, locale=self.locale_id)
        if self.edition_id and others.exclude(pk=self.pk).exists():
            raise ValidationError({"edition": _("This edition has its page in this language.")})

    @property
    def mail_source(self) -> str:
        return f"mail-marathon-{self.edition.year}"

    def mail_facts(self, *, now: datetime) -> MailFacts:
        edition = edition_called(self.edition_id)
        return MailFacts(
            kind=Formula.Content.MARATHON,
            edition_id=edition.pk,
            asks_to_act=takes_signatures(edition, now=now),
        )

    def mail_context(self, *, now: datetime) -> dict[str, Any]:
        edition = edition_called(self.edition_id)
        words = words_of_page(self, petitions_of(edition, now=now))
        return {
            "marathon": marathon(edition, now=now, words=words),
            "signs_in_one_press": takes_signatures(edition, now=now),
        }

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now = timezone.now()
        context.update(
            many_context(
                edition_called(self.edition_id),
                find_words=lambda petitions: words_of_page(self, petitions),
                page_id=self.pk,
                source=source_in(request.GET),
                now=now,
            )
        )
        return context
