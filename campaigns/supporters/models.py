"""People, what they agreed to, and the mails they asked for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.localized import LabelsField, label_in


class Supporter(models.Model):
    """One person, known by one mailbox."""

    email = models.EmailField(_("e-mail address"), help_text=_("As typed; mail goes here."))
    email_canonical = models.CharField(max_length=254, unique=True, editable=False)
    given_name = models.CharField(_("first name"), max_length=80, blank=True)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("first seen"))
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")

    def __str__(self) -> str:
        return _("Supporter %(number)s") % {"number": self.pk}


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

    class Channel(models.TextChoices):
        WEB = "WEB", _("web")
        EMAIL = "EMAIL", _("e-mail")

    class Action(models.TextChoices):
        GIVEN = "GIVEN", _("given")
        CONFIRMED = "CONFIRMED", _("confirmed")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")

    supporter = models.ForeignKey(Supporter, models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
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


class FormulaQuerySet(models.QuerySet["Formula"]):
    def offered(self) -> "FormulaQuerySet":
        """The formulas that the public can choose, in the staff's order."""
        return self.filter(is_offered=True).order_by("position", "pk")


class Formula(models.Model):
    """A kind of mail that people can ask for, and how often it comes."""

    class Rhythm(models.TextChoices):
        TWICE_A_MONTH = "TWICE_A_MONTH", _("twice a month")
        MONTHLY = "MONTHLY", _("once a month")
        OCCASIONAL = "OCCASIONAL", _("now and then")

    code = models.SlugField(_("code"), unique=True, help_text=_("Stays the same for ever."))
    title = LabelsField(_("title"))
    description = LabelsField(_("description"))
    rhythm = models.CharField(_("rhythm"), max_length=20, choices=Rhythm)
    is_offered = models.BooleanField(_("offered to the public"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = FormulaQuerySet.as_manager()

    class Meta:
        verbose_name = _("formula")
        verbose_name_plural = _("formulas")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return label_in(self.title) or self.code

    @property
    def summary(self) -> str:
        """The description in the active language."""
        return label_in(self.description)


class Subscription(models.Model):
    """What one supporter asked to receive, and whether the mailbox confirmed it."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("to be confirmed")
        ACTIVE = "ACTIVE", _("active")
        ENDED = "ENDED", _("ended")

    supporter = models.ForeignKey(Supporter, models.PROTECT, related_name="subscriptions")
    formula = models.ForeignKey(Formula, models.PROTECT, related_name="subscriptions")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    requested_at = models.DateTimeField(_("requested at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["supporter", "formula"], name="supporters_subscription_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["REQUESTED", "ACTIVE", "ENDED"]),
                name="supporters_subscription_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formula} ({self.get_state_display()})"
