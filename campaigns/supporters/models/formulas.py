"""The mails on offer, and who asked for which."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.codes import CodesField
from campaigns.localized import LabelsField, label_in

from .people import Supporter

DIGITAL_AGE = 13  # In Belgium, by the law of 30 July 2018, art. 7 (GDPR, art. 8).


class FormulaQuerySet(models.QuerySet["Formula"]):
    def offered(self) -> "FormulaQuerySet":
        """The formulas that the public can choose, in the staff's order."""
        return self.filter(is_offered=True).order_by("position", "pk")


class Formula(models.Model):
    """A kind of mail that people can ask for, and how often it comes."""

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", _("e-mail")
        SMS = "SMS", _("SMS")
        POST = "POST", _("post")

    class Content(models.TextChoices):
        URGENT_ACTION = "URGENT_ACTION", _("urgent actions")
        ACTION_UPDATE = "ACTION_UPDATE", _("updates and outcomes of actions")
        MONTHLY_LETTER = "MONTHLY_LETTER", _("letters of the month")
        CASE_NEWS = "CASE_NEWS", _("news of a case")
        NEWSLETTER = "NEWSLETTER", _("newsletters")
        MARATHON = "MARATHON", _("the letter marathon")

    class Choosing(models.TextChoices):
        NONE = "NONE", _("nothing to choose")
        ONE = "ONE", _("one to choose")
        MANY = "MANY", _("any number to choose")

    class Rhythm(models.TextChoices):
        TWICE_A_MONTH = "TWICE_A_MONTH", _("twice a month")
        MONTHLY = "MONTHLY", _("once a month")
        OCCASIONAL = "OCCASIONAL", _("now and then")

    code = models.SlugField(_("code"), unique=True, help_text=_("Stays the same for ever."))
    title = LabelsField(_("title"))
    description = LabelsField(_("description"))
    rhythm = models.CharField(_("rhythm"), max_length=20, choices=Rhythm)
    channels = CodesField(_("channels"), codes=Channel)
    content_kinds = CodesField(_("what it brings"), codes=Content)
    theme_choice = models.CharField(
        _("themes"), max_length=4, choices=Choosing, default=Choosing.NONE
    )
    country_choice = models.CharField(
        _("countries"), max_length=4, choices=Choosing, default=Choosing.NONE
    )
    case_choice = models.CharField(
        _("cases"), max_length=4, choices=Choosing, default=Choosing.NONE
    )
    needs_phone = models.BooleanField(_("needs a phone number"), default=False)
    needs_postal_address = models.BooleanField(_("needs a postal address"), default=False)
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), default=DIGITAL_AGE, validators=[MinValueValidator(DIGITAL_AGE)]
    )
    is_offered = models.BooleanField(_("offered to the public"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = FormulaQuerySet.as_manager()

    class Meta:
        verbose_name = _("formula")
        verbose_name_plural = _("formulas")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return label_in(self.title) or self.code

    def choosing(self, kind: str) -> str:
        """Whether the formula asks for themes, countries or cases (`choices.ChoiceKind.code`)."""
        return str(getattr(self, f"{kind}_choice"))

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

    class EndReason(models.TextChoices):
        UNSUBSCRIBED = "UNSUBSCRIBED", _("stopped by the supporter")
        STOPPED_ALL = "STOPPED_ALL", _("all mails stopped by the supporter")
        BOUNCED = "BOUNCED", _("the mailbox does not exist")
        COMPLAINED = "COMPLAINED", _("reported as spam")
        STAFF = "STAFF", _("ended by the supporter service")
        MERGED = "MERGED", _("joined with another entry")

    supporter = models.ForeignKey(Supporter, models.PROTECT, related_name="subscriptions")
    formula = models.ForeignKey(Formula, models.PROTECT, related_name="subscriptions")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    requested_at = models.DateTimeField(_("requested at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)

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


class SubscriptionChoice(models.Model):
    """A theme, a country or a case that a subscription is about, by its code or reference."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="choices")
    kind = models.CharField(_("kind"), max_length=20)
    code = models.CharField(_("code"), max_length=80)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "kind", "code"], name="supporters_choice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.code}"
