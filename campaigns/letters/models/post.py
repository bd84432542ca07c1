"""What posting a letter costs, and where no post goes: facts with dates, kept by staff."""

from datetime import date

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Country
from campaigns.localized import LabelsField


class PostageRate(models.Model):
    """The stamp for an ordinary letter, from one country, from one day on."""

    class Zone(models.TextChoices):
        INLAND = "INLAND", _("inland")
        EUROPE = "EUROPE", _("Europe")
        WORLD = "WORLD", _("rest of the world")

    posted_in = models.CharField(
        _("posted in"),
        max_length=2,
        default="BE",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in ISO 3166-1."))],
    )
    zone = models.CharField(_("to"), max_length=6, choices=Zone, default=Zone.WORLD)
    price = models.DecimalField(
        _("price"), max_digits=6, decimal_places=2, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("postage")
        verbose_name_plural = _("postage")
        ordering = ["posted_in", "zone", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["posted_in", "zone", "valid_from"],
                name="letters_postagerate_once_a_day",
                violation_error_message=_("There is a price from that day on already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posted_in} → {self.get_zone_display()}: {self.price} {self.currency}"


class PostalSuspension(models.Model):
    """No post goes to a country for a while. Other channels, or the embassy, have to do."""

    country = models.ForeignKey(
        Country,
        models.PROTECT,
        related_name="postal_suspensions",
        verbose_name=_("country"),
    )
    since = models.DateField(_("from"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty while it lasts.")
    )
    words = LabelsField(
        _("in words"),
        blank=True,
        max_length=280,
        help_text=_("What to do instead, if it is not one of the other ways on the page."),
    )

    class Meta:
        verbose_name = _("postal suspension")
        verbose_name_plural = _("postal suspensions")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="letters_suspension_ends_after_it_begins",
                violation_error_message=_("The last day comes after the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}, {self.since:%Y-%m-%d}"

    def is_on(self, day: date) -> bool:
        """Whether no post goes there on that day."""
        return self.since <= day and (self.until is None or day <= self.until)
