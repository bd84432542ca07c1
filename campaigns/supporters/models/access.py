"""How people reach their own data, without an account."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.mailboxes import KEY_LENGTH

from .people import Supporter


class AccessRequest(models.Model):
    """Somebody typed an address to see what we know about it. Made for unknown ones, too.

    Holds the keyed hash of the mailbox and no address. The newest request of a mailbox is the
    only one that opens anything, once.
    """

    class Wish(models.TextChoices):
        SEE = "SEE", _("see their own data")
        STOP = "STOP", _("stop all mails")

    mailbox = models.CharField(max_length=KEY_LENGTH, db_index=True, editable=False)
    wish = models.CharField(_("wish"), max_length=4, choices=Wish)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    requested_at = models.DateTimeField(_("requested at"))
    opened_at = models.DateTimeField(_("opened at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d}"


class AddressChange(models.Model):
    """A new address that its mailbox has to confirm before anything goes there."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="address_changes")
    email = models.EmailField(_("new e-mail address"))
    requested_at = models.DateTimeField(_("requested at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d}"
