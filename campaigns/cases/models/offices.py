from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from campaigns.localized import LabelsField, label_in

from .countries import Country


class Reachable(models.Model):
    """How somebody can be written to, how they are addressed, and when that was last checked."""

    postal_lines = models.TextField(
        _("postal address"),
        blank=True,
        help_text=_("One line each, as on the envelope; the country last, in capitals."),
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    email_dead_since = models.DateField(
        _("e-mail does not arrive since"),
        null=True,
        blank=True,
        help_text=_("Mails come back: readers are offered the next best way."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    sms = models.CharField(_("number for text messages"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    social = models.CharField(
        _("social networks"),
        max_length=200,
        blank=True,
        help_text=_(
            "One after the other: “X @name, Bluesky name.example.org, Mastodon @name@host”."
        ),
    )
    salutation = LabelsField(
        _("salutation"),
        blank=True,
        max_length=120,
        help_text=_("Where nobody knows who holds the office. Empty: as is usual for its kind."),
    )
    closing = LabelsField(_("complimentary close"), blank=True, max_length=200)
    verified_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("When somebody last made sure.")
    )

    class Meta:
        abstract = True

    @property
    def is_usable(self) -> bool:
        """Whether there is any way to reach them."""
        email = "" if self.email_dead_since else self.email
        return any((self.postal_lines, email, self.phone, self.sms, self.fax, self.social))


class Office(Reachable, ClusterableModel):
    """An authority that letters go to: the office, whoever holds it."""

    class Kind(models.TextChoices):
        MONARCH = "MONARCH", _("monarch")
        HEAD_OF_STATE = "HEAD_OF_STATE", _("head of state")
        HEAD_OF_GOVERNMENT = "HEAD_OF_GOVERNMENT", _("head of government")
        MINISTER = "MINISTER", _("minister")
        JUDICIARY = "JUDICIARY", _("judiciary")
        PROSECUTOR = "PROSECUTOR", _("prosecutor")
        DIRECTOR = "DIRECTOR", _("director of a service or prison")
        OTHER = "OTHER", _("other")

    reference = models.SlugField(_("reference"), unique=True)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="offices", verbose_name=_("country")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    title = LabelsField(_("title"), max_length=160)
    languages = models.CharField(
        _("languages"),
        max_length=80,
        blank=True,
        help_text=_("Codes of the languages they read best, separated by commas: “es, en”."),
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["country", "reference"]

    def __str__(self) -> str:
        return f"{label_in(self.title)} ({self.country.code})"


class OfficeHolder(models.Model):
    """Who holds an office from one day to another; how to address them follows from it."""

    class Gender(models.TextChoices):
        FEMALE = "F", _("woman")
        MALE = "M", _("man")
        OTHER = "X", _("other or unknown")

    office = ParentalKey(
        Office, on_delete=models.CASCADE, related_name="holders", verbose_name=_("office")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, default=Gender.OTHER)
    since = models.DateField(_("from"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty while in office.")
    )
    salutation = LabelsField(_("salutation"), blank=True, max_length=120)
    closing = LabelsField(_("complimentary close"), blank=True, max_length=200)

    class Meta:
        verbose_name = _("holder of an office")
        verbose_name_plural = _("holders of offices")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="cases_officeholder_ends_after_it_begins",
                violation_error_message=_("The last day comes after the first."),
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(until=None),
                name="cases_officeholder_one_at_present",
                violation_error_message=_("Somebody holds this office at present already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.office)

    def holds(self, *, on: date) -> bool:
        """Whether in office on that day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def overlaps(self, other: "OfficeHolder") -> bool:
        """Whether both would hold the office on some day."""
        return (other.until is None or self.since <= other.until) and (
            self.until is None or other.since <= self.until
        )


class DiplomaticMission(Reachable):
    """The embassy of a country in another one, or the fact that there is none."""

    sending_country = models.ForeignKey(
        Country, models.PROTECT, related_name="missions", verbose_name=_("embassy of")
    )
    accredited_in = models.CharField(
        _("accredited in"),
        max_length=2,
        help_text=_("Two capital letters: BE. Copies go to the one in the reader’s country."),
    )
    title = LabelsField(_("title"), blank=True, max_length=160)
    is_none = models.BooleanField(
        _("there is none"), default=False, help_text=_("Then say where else to write.")
    )
    fallback_mission = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("embassy to write to instead"),
    )
    fallback = LabelsField(_("where else to write"), blank=True, max_length=280)

    class Meta:
        verbose_name = _("diplomatic mission")
        verbose_name_plural = _("diplomatic missions")
        ordering = ["sending_country", "accredited_in"]
        constraints = [
            models.UniqueConstraint(
                fields=["sending_country", "accredited_in"],
                name="cases_diplomaticmission_one_per_country",
                violation_error_message=_("This embassy is in the list already."),
            ),
        ]

    def __str__(self) -> str:
        return label_in(self.title) or f"{self.sending_country.code} → {self.accredited_in}"

    def clean(self) -> None:
        """Either there is an address, or a way out."""
        if self.is_none and not (self.fallback_mission_id or self.fallback):
            raise ValidationError({"fallback": _("Say where people should write instead.")})
        if self.is_none and self.is_usable:
            raise ValidationError({"is_none": _("An embassy that is not there has no address.")})
        if not self.is_none and not (self.title and self.is_usable):
            raise ValidationError({"title": _("Give a title and at least one way to write.")})
