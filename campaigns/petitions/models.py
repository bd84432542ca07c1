"""Petitions and their signatures. A signature is an INSERT; counting is somebody else's work."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case, leads_nowhere_else
from campaigns.supporters.models import Supporter


class PetitionQuerySet(models.QuerySet["Petition"]):
    def open(self, *, at: datetime) -> "PetitionQuerySet":
        """The petitions that take signatures at that moment."""
        return self.filter(
            Q(opens_at=None) | Q(opens_at__lte=at),
            Q(closes_at=None) | Q(closes_at__gt=at),
            Q(case__embargo_until=None) | Q(case__embargo_until__lte=at),
            case__state=Case.State.ACTIVE,
        )


class Petition(models.Model):
    """One demand to sign, the same row for every page, language and embed."""

    class Figure(models.TextChoices):
        CONFIRMED = "CONFIRMED", _("confirmed signatures")
        RECEIVED = "RECEIVED", _("received signatures")

    reference = models.SlugField(
        _("reference"),
        unique=True,
        validators=[leads_nowhere_else],
        help_text=_("Part of its addresses. Better no family name: it may have to disappear."),
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="petitions", verbose_name=_("case"))
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    figure = models.CharField(
        _("figure shown"), max_length=10, choices=Figure, default=Figure.CONFIRMED
    )
    goal = models.PositiveIntegerField(_("goal"), default=1000)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None)
                | Q(closes_at=None)
                | Q(opens_at__lt=models.F("closes_at")),
                name="petitions_petition_opens_before_it_closes",
                violation_error_message=_("A petition opens before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(figure__in=["CONFIRMED", "RECEIVED"]), name="petitions_petition_figure"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_open(self, *, at: datetime) -> bool:
        """Whether it takes signatures at that moment."""
        return (
            self.case.takes_acts(at=at)
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )


class Signature(models.Model):
    """One person under one petition. Received when pressed; confirmed from the mailbox."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="signatures", verbose_name=_("petition")
    )
    # None once the person has been erased: the signature stays counted, and is nobody's.
    supporter = models.ForeignKey(
        Supporter,
        models.PROTECT,
        null=True,
        related_name="signatures",
        verbose_name=_("supporter"),
    )
    given_name = models.CharField(_("first name"), max_length=80, blank=True)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    # A number and no foreign key: deleting a page must not rewrite a million signatures.
    page_id = models.PositiveIntegerField(_("number of the page"), null=True)
    signed_at = models.DateTimeField(_("signed at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    is_minor = models.BooleanField(_("13 to 17 years old"), default=False)
    # Not counted until the mailbox confirms it or staff release it.
    held_at = models.DateTimeField(_("held since"), null=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            # Behind every press: whoever signs again, in any language, has signed once.
            models.UniqueConstraint(
                fields=["petition", "supporter"], name="petitions_signature_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["petition"],
                name="petitions_signature_held",
                condition=Q(held_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return _("Signature %(number)s") % {"number": self.pk}


class Tally(models.Model):
    """How many signatures a petition had when they were last counted. Written by a worker."""

    petition = models.OneToOneField(Petition, models.CASCADE, related_name="tally")
    received = models.PositiveIntegerField(_("received"), default=0)
    confirmed = models.PositiveIntegerField(_("confirmed"), default=0)
    # Neither received nor confirmed: whoever looks after the petition decides.
    held = models.PositiveIntegerField(_("held"), default=0)
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.petition}: {self.received} / {self.confirmed}"
