"""Petitions: one demand each, with the policy that its figure and its hand-over follow."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case, leads_nowhere_else
from campaigns.localized import LabelsField


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

    class Handover(models.TextChoices):
        """What of the signatures is handed over to the addressee."""

        NAMES = "NAMES", _("names and countries")
        NUMBER = "NUMBER", _("the number alone")

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
    goal_rises = models.BooleanField(
        _("the goal rises by itself"),
        default=True,
        help_text=_("Once it is reached, the next round number is the goal."),
    )
    shown_from = models.PositiveIntegerField(
        _("figure shown from"),
        default=0,
        help_text=_("Below this number the page shows no figure."),
    )
    office = models.ForeignKey(
        "cases.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goes to"),
        help_text=_("The authority that it will be handed to."),
    )
    handover = models.CharField(
        _("handed over"), max_length=10, choices=Handover, default=Handover.NAMES
    )
    handover_words = LabelsField(
        _("about the handover"),
        blank=True,
        max_length=300,
        help_text=_("When and how it will be handed over; part of what people agree to."),
    )
    share_words = LabelsField(
        _("words to share"),
        blank=True,
        max_length=200,
        help_text=_("What people pass on with the link. Leave empty for the standard words."),
    )

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        ordering = ["reference"]
        permissions = [("export_signatures", "Can export names for a handover")]
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
            models.CheckConstraint(
                condition=Q(handover__in=["NAMES", "NUMBER"]), name="petitions_petition_handover"
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

    def figure_of(self, counts: Any) -> int:
        """The figure that this petition shows, of a tally or anything else that counts."""
        is_confirmed = self.figure == self.Figure.CONFIRMED
        return int(counts.confirmed if is_confirmed else counts.received)
