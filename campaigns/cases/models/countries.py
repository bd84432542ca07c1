from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.localized import LabelsField, label_in


class Country(models.Model):
    """A country, by its ISO 3166-1 code; XA to XZ are free for invented ones."""

    code = models.CharField(
        _("code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in ISO 3166-1."))],
    )
    name = LabelsField(_("name"))

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]

    def __str__(self) -> str:
        return label_in(self.name) or self.code


class Theme(models.Model):
    """What a case is about: torture, freedom of expression, land."""

    code = models.SlugField(_("code"), unique=True, help_text=_("Part of the lists' addresses."))
    name = LabelsField(_("name"))

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["code"]

    def __str__(self) -> str:
        return label_in(self.name) or self.code
