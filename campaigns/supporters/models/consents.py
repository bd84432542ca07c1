"""What people agreed to, line by line."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Supporter


class ConsentWording(models.Model):
    """The exact words that somebody agreed to, kept once per text."""

    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the text."))
    purpose = models.CharField(_("purpose"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"))
    first_used_at = models.DateTimeField(_("first used"))

    class Meta:
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wordings")

    def __str__(self) -> str:
        return f"{self.purpose} {self.version} ({self.language})"


class Consent(models.Model):
    """One line of the consent ledger. Lines are added, never changed.

    GIVEN is what somebody typed on a form, and proves nothing of the mailbox's owner. Consent
    stands when the last line that came from the mailbox, CONFIRMED or WITHDRAWN, confirms it.
    """

    class Purpose(models.TextChoices):
        SIGNATURE = "SIGNATURE", _("signature")
        SUBSCRIPTION = "SUBSCRIPTION", _("mails of a formula")
        MESSAGE = "MESSAGE", _("message of solidarity")

    class Channel(models.TextChoices):
        """By which way the purpose reaches somebody."""

        NONE = "NONE", _("no contact")
        EMAIL = "EMAIL", _("e-mail")
        SMS = "SMS", _("SMS")
        POST = "POST", _("post")

    class Method(models.TextChoices):
        """By which act the line came about."""

        FORM = "FORM", _("form on the site")
        MAILED_LINK = "MAILED_LINK", _("link in a mail")
        ONE_CLICK = "ONE_CLICK", _("one click in the mail program")
        SELF_SERVICE = "SELF_SERVICE", _("own page of the supporter")
        DEVICE = "DEVICE", _("recognised device")
        IMPORT = "IMPORT", _("import")
        STAFF = "STAFF", _("supporter service")
        PROVIDER = "PROVIDER", _("report of the mail provider")

    class Action(models.TextChoices):
        GIVEN = "GIVEN", _("given")
        CONFIRMED = "CONFIRMED", _("confirmed")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")

    supporter = models.ForeignKey(Supporter, models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    method = models.CharField(_("method"), max_length=12, choices=Method)
    action = models.CharField(_("action"), max_length=10, choices=Action)
    about = models.CharField(
        _("about"), max_length=120, help_text=_("What it covers, such as petition:ana-drovik.")
    )
    wording = models.ForeignKey(
        ConsentWording, models.PROTECT, null=True, related_name="+", verbose_name=_("wording")
    )
    language = models.CharField(_("language"), max_length=12)
    # A number and no foreign key: deleting a page must not rewrite a ledger.
    page_id = models.PositiveIntegerField(_("number of the page"), null=True)
    block_id = models.CharField(_("block of the page"), max_length=36, blank=True)
    proof = models.CharField(
        _("proof"),
        max_length=200,
        blank=True,
        help_text=_("Where the original is kept, of consent that was given elsewhere."),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    dedupe_key = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                # Whoever agrees agrees to words; a confirmation or withdrawal needs none.
                condition=~models.Q(action="GIVEN") | models.Q(wording__isnull=False),
                name="supporters_consent_given_to_words",
            ),
        ]
        indexes = [models.Index(fields=["supporter", "about"], name="supporters_consent_about")]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_action_display()}"
