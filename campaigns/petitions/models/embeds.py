"""Where our petitions may be signed besides our own pages."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

is_origin = RegexValidator(
    r"^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$",
    _("Give the beginning of the site's address: https://partner.example.org"),
)


class EmbedPartner(models.Model):
    """A site that may show our petitions in a frame."""

    name = models.CharField(_("name"), max_length=120)
    origin = models.CharField(
        _("address"),
        max_length=200,
        unique=True,
        validators=[is_origin],
        help_text=_("Scheme and host, as in https://partner.example.org"),
    )
    code = models.SlugField(
        _("source code"),
        max_length=40,
        unique=True,
        help_text=_("Signatures from there are counted under this source."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("partner site")
        verbose_name_plural = _("partner sites")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
