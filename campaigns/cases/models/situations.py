from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.localized import LabelsField

if TYPE_CHECKING:
    from .cases import CaseSubject


class Situation(models.TextChoices):
    """What a person's life is like after a dated event."""

    THREATENED = "THREATENED", _("threatened")
    MISSING = "MISSING", _("missing")
    DISAPPEARED = "DISAPPEARED", _("forcibly disappeared")
    INCOMMUNICADO = "INCOMMUNICADO", _("held incommunicado")
    PRETRIAL = "PRETRIAL", _("in pre-trial detention")
    CHARGED = "CHARGED", _("charged")
    ON_TRIAL = "ON_TRIAL", _("on trial")
    SENTENCED = "SENTENCED", _("sentenced")
    DEATH_ROW = "DEATH_ROW", _("sentenced to death")
    APPEALING = "APPEALING", _("appealing")
    SUSPENDED_SENTENCE = "SUSPENDED_SENTENCE", _("suspended sentence")
    HOUSE_ARREST = "HOUSE_ARREST", _("under house arrest")
    RELEASE_ORDERED = "RELEASE_ORDERED", _("release ordered, not carried out")
    REARRESTED = "REARRESTED", _("arrested again")
    BAIL = "BAIL", _("released on bail")
    CONDITIONAL_RELEASE = "CONDITIONAL_RELEASE", _("released under conditions")
    RELEASED = "RELEASED", _("released")
    SENTENCE_SERVED = "SENTENCE_SERVED", _("released, sentence served")
    COMMUTED = "COMMUTED", _("released, sentence commuted")
    PARDONED = "PARDONED", _("pardoned")
    ACQUITTED = "ACQUITTED", _("acquitted")
    CHARGES_DROPPED = "CHARGES_DROPPED", _("charges dropped")
    EXILE = "EXILE", _("in exile")
    EXECUTED = "EXECUTED", _("executed")
    DIED_IN_CUSTODY = "DIED_IN_CUSTODY", _("died in custody")
    KILLED = "KILLED", _("killed")


FREED = frozenset(
    {
        Situation.BAIL,
        Situation.CONDITIONAL_RELEASE,
        Situation.RELEASED,
        Situation.SENTENCE_SERVED,
        Situation.COMMUTED,
        Situation.PARDONED,
        Situation.ACQUITTED,
        Situation.CHARGES_DROPPED,
    }
)
# After these, what was asked for can no longer be asked for.
FINAL = frozenset({Situation.EXECUTED, Situation.DIED_IN_CUSTODY, Situation.KILLED})


class SituationEvent(models.Model):
    """A dated fact in a case, and the only way in which a situation changes.

    The last event that has a situation and concerns everybody gives the badge.
    """

    class Precision(models.TextChoices):
        DAY = "DAY", _("day")
        MONTH = "MONTH", _("month")
        YEAR = "YEAR", _("year")

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="situation_events", verbose_name=_("case")
    )
    subjects: "models.ManyToManyField[CaseSubject, models.Model]" = models.ManyToManyField(
        "cases.CaseSubject",
        blank=True,
        related_name="situation_events",
        verbose_name=_("whom it concerns"),
        help_text=_("Nobody chosen: everybody."),
    )
    situation = models.CharField(
        _("situation"),
        max_length=30,
        choices=Situation,
        blank=True,
        help_text=_("Empty where the event changes nobody’s situation."),
    )
    occurred_on = models.DateField(
        _("date"), help_text=_("The first day of the month or year when no more is known.")
    )
    precision = models.CharField(
        _("precision of the date"), max_length=5, choices=Precision, default=Precision.DAY
    )
    title = LabelsField(
        _("what happened"), blank=True, max_length=80, help_text=_("A few words: “The trial”.")
    )
    text = LabelsField(
        _("more"), blank=True, max_length=280, help_text=_("One or two sentences for the timeline.")
    )
    nuance = LabelsField(
        _("but"),
        blank=True,
        max_length=120,
        help_text=_("Follows the badge: “released, but the conviction stands”."),
    )
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("For staff; never shown.")
    )
    is_visible = models.BooleanField(_("shown to the public"), default=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_on", "-pk"]

    def __str__(self) -> str:
        what = self.get_situation_display() if self.situation else _("no change")
        return f"{self.case}: {what}, {self.occurred_on}"

    def clean(self) -> None:
        """An event is something that has happened."""
        if self.occurred_on and self.occurred_on > timezone.localdate():
            raise ValidationError({"occurred_on": _("This day has not come yet.")})
