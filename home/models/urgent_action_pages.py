from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.letters.models import UrgentAction
from campaigns.letters.selectors import Deadline
from campaigns.letters.selectors import deadline as deadline_of
from home import selectors
from home.blocks.bodies import AddresseesBody, InstructionsBody, LetterBody, PageBody

from .base import BasePage, SynchronizedField
from .petition_fields import PetitionFields


class UrgentActionIndexPage(BasePage):
    """What is open, by deadline; then what is over."""

    template = "pages/urgent_action_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.UrgentActionPage"]
    max_count_per_parent = 1
    page_description = _("The list of urgent actions.")

    class Meta:
        verbose_name = _("list of urgent actions")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["urgent_actions"] = selectors.open_urgent_actions(self.locale_id)
        context["closed_urgent_actions"] = selectors.closed_urgent_actions(self.locale_id)
        return context


class UrgentActionPage(PetitionFields, BasePage):
    """An urgent action in its five parts.

    The introduction is the short description, the body is more information; instructions, letter
    and addresses follow.
    """

    template = "pages/urgent_action_page.html"
    parent_page_types = ["home.UrgentActionIndexPage"]
    subpage_types: list[str] = []
    page_description = _("An urgent action: five parts, one deadline.")

    urgent_action = models.ForeignKey(
        "letters.UrgentAction", models.PROTECT, related_name="+", verbose_name=_("urgent action")
    )
    picture = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(_("picture in words"), max_length=255, blank=True, default="")
    body = StreamField(PageBody(), blank=True, verbose_name=_("more information"))
    instructions = StreamField(InstructionsBody(), blank=True, verbose_name=_("instructions"))
    letter = StreamField(LetterBody(), blank=True, verbose_name=_("model letter"))
    addresses = StreamField(AddresseesBody(), blank=True, verbose_name=_("addresses"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        FieldPanel("instructions"),
        FieldPanel("letter"),
        FieldPanel("addresses"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading=_("Picture")),
        PetitionFields.petition_words_panel,
        MultiFieldPanel([FieldPanel("urgent_action"), FieldPanel("petition")], heading=_("Facts")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *PetitionFields.petition_translatable_fields,
        SynchronizedField("urgent_action", overridable=False),
        SynchronizedField("picture", overridable=False),
    ]

    class Meta:
        verbose_name = _("urgent action page")

    @cached_property
    def facts(self) -> UrgentAction:
        """The urgent action with its case and deadline, in one query."""
        return selectors.urgent_action_facts(self.urgent_action_id)

    @cached_property
    def deadline(self) -> Deadline:
        """Until when it can be acted on, as seen when the page is made."""
        return deadline_of(self.facts, now=timezone.now())

    def sign_context(self) -> dict[str, Any] | None:
        """The form, which closes with the action even where the petition goes on elsewhere."""
        context = super().sign_context()
        if context is not None:
            context["goes_on"] = context["is_open"] and not self.deadline.is_open
            context["is_open"] = context["is_open"] and self.deadline.is_open
        return context

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["urgent_action"] = self.facts
        context["deadline"] = self.deadline
        context["case"] = self.facts.case
        context["case_page"] = selectors.page_of_case(self.facts.case_id, self.locale_id)
        context["sign"] = self.sign_context()
        return context
