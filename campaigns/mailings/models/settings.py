"""Which installation may send, and who reads tests."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SendingSite(models.Model):
    """The address of the one site that may send from this database.

    A copy of the database at another address, for rehearsals say, refuses to send: the row came
    along and names the original.
    """

    base_url = models.CharField(_("address of the site"), max_length=200)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("site that sends")
        verbose_name_plural = _("site that sends")

    def __str__(self) -> str:
        return self.base_url


class ProofReader(models.Model):
    """Somebody of ours who gets test mails."""

    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)

    class Meta:
        verbose_name = _("test reader")
        verbose_name_plural = _("test readers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
