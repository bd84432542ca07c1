"""Supporters, and how they can be reached."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.encryption import EncryptedTextField
from campaigns.mailboxes import KEY_LENGTH


class Supporter(models.Model):
    """One person, known by one mailbox."""

    email = models.EmailField(_("e-mail address"), help_text=_("As typed; mail goes here."))
    email_canonical = models.CharField(max_length=254, unique=True, editable=False)
    mailbox = models.CharField(
        max_length=KEY_LENGTH, db_index=True, editable=False, help_text=_("Its keyed hash.")
    )
    given_name = models.CharField(_("first name"), max_length=80, blank=True)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # No date of birth: all that the rules for minors need.
    is_minor = models.BooleanField(_("13 to 17 years old"), default=False)
    paused_until = models.DateField(_("pauses until"), null=True, blank=True)
    most_mails_a_month = models.PositiveSmallIntegerField(
        _("at most so many mails a month"), null=True, blank=True
    )
    created_at = models.DateTimeField(_("first seen"))
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    # Devices and mailed links that knew the supporter before this moment know nobody any more.
    recognised_from = models.DateTimeField(
        _("recognised from"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")

    def __str__(self) -> str:
        return _("Supporter %(number)s") % {"number": self.pk}


class ContactPoint(models.Model):
    """A phone number or a postal address. Encrypted: a stolen database gives nobody's home away."""

    class Kind(models.TextChoices):
        PHONE = "PHONE", _("phone number")
        POSTAL = "POSTAL", _("postal address")

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # A phone number in E.164, or the fields of a PostalAddress as JSON.
    value = EncryptedTextField(_("value"))
    # Keyed hash of the postcode and country, or of the number: to find, not to read.
    search_key = models.CharField(max_length=KEY_LENGTH, blank=True, db_index=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = [
            models.UniqueConstraint(
                fields=["supporter", "kind"], name="supporters_contactpoint_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["PHONE", "POSTAL"]),
                name="supporters_contactpoint_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class SupporterNote(models.Model):
    """What the supporter service wrote down about a conversation. The supporter may read it."""

    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d}"
