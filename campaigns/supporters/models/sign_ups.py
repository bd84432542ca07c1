"""What was typed to sign up, until the mailbox says that it was its owner."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.encryption import EncryptedTextField

from .people import Supporter


class SignUp(models.Model):
    """One sent sign-up form. Nothing of it counts before the mailbox has confirmed it.

    Otherwise whoever types somebody else's address could move that person's post elsewhere.
    """

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="sign_ups")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    # JSON of `services.sign_ups.Details`: formulas, choices, phone number, postal address, names.
    details = EncryptedTextField(_("details"))
    requested_at = models.DateTimeField(_("requested at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d}"
