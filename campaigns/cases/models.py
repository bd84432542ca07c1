"""Who is in danger, where, and what has happened to them: facts, without a language."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.localized import LabelsField, label_in


class Country(models.Model):
    """A country, by its ISO 3166-1 code; XA to XZ are free for invented ones."""

    code = models.CharField(
        _("code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in ISO 3166-1."))],
    )
    name = LabelsField(_("name"))

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]

    def __str__(self) -> str:
        return label_in(self.name) or self.code


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


class CaseQuerySet(models.QuerySet["Case"]):
    def with_situation(self) -> "CaseQuerySet":
        """Adds `situation`, `…_since` and `…_precision`, from the last visible event."""
        events = SituationEvent.objects.filter(
            Q(case=OuterRef("pk")), is_visible=True, occurred_on__lte=timezone.localdate()
        ).order_by("-occurred_on", "-pk")
        return self.annotate(
            situation=Subquery(events.values("situation")[:1]),
            situation_since=Subquery(events.values("occurred_on")[:1]),
            situation_precision=Subquery(events.values("precision")[:1]),
        )


class Case(models.Model):
    """What we work on: a person, a family or a community in danger."""

    class Subject(models.TextChoices):
        PERSON = "PERSON", _("a person")
        GROUP = "GROUP", _("several persons")
        COMMUNITY = "COMMUNITY", _("a community")

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("active")
        DORMANT = "DORMANT", _("dormant")
        CLOSED = "CLOSED", _("closed")

    reference = models.SlugField(_("reference"), unique=True)
    name = models.CharField(
        _("name"), max_length=120, help_text=_("In full, in the order the person uses.")
    )
    short_name = models.CharField(
        _("short name"), max_length=60, help_text=_("As on a button: “Sign for …”.")
    )
    subject = models.CharField(_("who"), max_length=10, choices=Subject, default=Subject.PERSON)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="cases", verbose_name=_("country")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    is_historical = models.BooleanField(
        _("historical"),
        default=False,
        help_text=_("Kept to remember; the page says that nobody should write any more."),
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["ACTIVE", "DORMANT", "CLOSED"]), name="cases_case_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SituationEvent(models.Model):
    """A dated fact that changed somebody's situation. The last one gives the badge."""

    class Precision(models.TextChoices):
        DAY = "DAY", _("day")
        MONTH = "MONTH", _("month")
        YEAR = "YEAR", _("year")

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="situation_events", verbose_name=_("case")
    )
    situation = models.CharField(_("situation"), max_length=30, choices=Situation)
    occurred_on = models.DateField(
        _("date"), help_text=_("The first day of the month or year when no more is known.")
    )
    precision = models.CharField(
        _("precision of the date"), max_length=5, choices=Precision, default=Precision.DAY
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_visible = models.BooleanField(_("shown to the public"), default=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("situation event")
        verbose_name_plural = _("situation events")
        ordering = ["-occurred_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_situation_display()}, {self.occurred_on}"

    def clean(self) -> None:
        """An event is something that has happened."""
        if self.occurred_on and self.occurred_on > timezone.localdate():
            raise ValidationError({"occurred_on": _("This day has not come yet.")})
