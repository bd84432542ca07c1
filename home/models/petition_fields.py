from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from campaigns.petitions.blocks import sign_context
from campaigns.source_codes import source_in

from .base import SynchronizedField


class PetitionFields(models.Model):
    """A page with a petition of its own: the petition is a fact, its demand is words."""

    petition = models.ForeignKey(
        "petitions.Petition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("petition"),
    )
    demand = models.TextField(
        _("demand"), blank=True, default="", help_text=_("What the petition asks of whom.")
    )
    sign_button = models.CharField(_("button of the form"), max_length=30, blank=True, default="")

    petition_words_panel = MultiFieldPanel(
        [FieldPanel("demand"), FieldPanel("sign_button")], heading=_("The petition in words")
    )
    petition_translatable_fields = [SynchronizedField("petition", overridable=False)]

    class Meta:
        abstract = True

    def sign_context(self, request: Any) -> dict[str, Any] | None:
        """What the signing form of this page needs; None without a petition."""
        if not self.petition_id:
            return None
        return sign_context(
            self.petition_id,
            self.pk,
            case=getattr(self, "about_case", None),
            source=source_in(request.GET),
        )
