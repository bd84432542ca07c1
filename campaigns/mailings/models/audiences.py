"""Whom a mailing goes to, as a question that can be asked again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case, Theme
from campaigns.codes import CodesField
from campaigns.supporters.models import Formula


class Audience(models.Model):
    """People of one formula, narrowed down. A question, no list: it is asked when a mailing is
    counted, and once more when it is prepared."""

    class Language(models.TextChoices):
        """The languages of the site, by their own names."""

        FR = "fr", "Français"
        NL = "nl", "Nederlands"
        DE = "de", "Deutsch"
        EN = "en", "English"

    class Acted(models.TextChoices):
        ANY = "ANY", _("whether they have signed or not")
        HAS = "HAS", _("who have signed for the case of the mail")
        HAS_NOT = "HAS_NOT", _("who have not signed for the case of the mail")

    title = models.CharField(_("title"), max_length=120, unique=True)
    note = models.TextField(_("what it is for"), blank=True)
    formula = models.ForeignKey(
        Formula,
        models.PROTECT,
        related_name="+",
        verbose_name=_("formula"),
        help_text=_("Only who has asked for it gets the mail."),
    )
    languages = CodesField(
        _("languages"), codes=Language, help_text=_("Nothing ticked: all languages.")
    )
    countries = models.CharField(
        _("countries"),
        max_length=200,
        blank=True,
        help_text=_("Codes of where people live, separated by commas: “BE, FR”. Empty: all."),
    )
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("theme"),
        help_text=_("Only who has chosen it."),
    )
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("case"),
        help_text=_("Only who has chosen to write for this person."),
    )
    acted = models.CharField(_("people"), max_length=8, choices=Acted, default=Acted.ANY)
    joined_since = models.DateField(_("with us since, at the earliest"), null=True, blank=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def country_codes(self) -> list[str]:
        """The countries, as ISO 3166 codes."""
        return [code for code in self.countries.upper().replace(",", " ").split() if code]
