"""Urgent actions: a number that stays, and a chain of issues with a hard deadline each."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case

# Nobody issued an urgent action before this year.
FIRST_YEAR = 1973

# Deadlines are the organisation's, wherever the server or the reader is.
DEADLINE_ZONE = ZoneInfo("Europe/Brussels")


def end_of_day(day: date) -> datetime:
    """The last moment of `day` in Brussels: acting is possible up to and including it."""
    return datetime.combine(day, time.max, tzinfo=DEADLINE_ZONE)


class UrgentActionQuerySet(models.QuerySet["UrgentAction"]):
    def with_latest_issue(self) -> "UrgentActionQuerySet":
        """Adds `act_before` and `latest_kind` of the last issue, and `first_issued_on`."""
        latest = UrgentActionIssue.objects.filter(urgent_action=OuterRef("pk")).order_by("-ordinal")
        return self.annotate(
            act_before=Subquery(latest.values("act_before")[:1]),
            latest_kind=Subquery(latest.values("kind")[:1]),
            last_issued_on=Max("issues__issued_on"),
        )


class UrgentAction(models.Model):
    """One urgent action, known by its number in its year, through all its issues."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="urgent_actions", verbose_name=_("case")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR, _("Four digits, as in 2026."))]
    )
    external_index = models.CharField(
        _("index"), max_length=40, blank=True, help_text=_("The research department's reference.")
    )

    objects = UrgentActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("urgent action")
        verbose_name_plural = _("urgent actions")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"],
                name="letters_urgentaction_number_in_year",
                violation_error_message=_("This number is taken in that year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year % 100:02d}"


class UrgentActionIssue(models.Model):
    """One issue of an urgent action. Only the latest one can be acted on."""

    class Kind(models.TextChoices):
        FIRST = "FIRST", _("first urgent action")
        FURTHER_INFORMATION = "FURTHER_INFORMATION", _("further information")
        STOP = "STOP", _("stop action")
        OUTCOME = "OUTCOME", _("outcome")

    urgent_action = models.ForeignKey(
        UrgentAction, models.PROTECT, related_name="issues", verbose_name=_("urgent action")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.FIRST)
    ordinal = models.PositiveSmallIntegerField(_("ordinal"), default=1)
    issued_on = models.DateField(_("issued on"))
    act_before = models.DateField(
        _("act before"),
        null=True,
        blank=True,
        help_text=_("The last day, until midnight in Brussels. Empty where nothing can be done."),
    )

    class Meta:
        verbose_name = _("issue of an urgent action")
        verbose_name_plural = _("issues of urgent actions")
        ordering = ["urgent_action", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["urgent_action", "ordinal"],
                name="letters_issue_ordinal_once",
                violation_error_message=_("This action has an issue with that ordinal already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["STOP", "OUTCOME"])
                | models.Q(act_before__isnull=False),
                name="letters_issue_has_deadline",
                violation_error_message=_(
                    "Give the last day to act. Only a stop action or an outcome goes without one."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(act_before=None)
                | models.Q(act_before__gte=models.F("issued_on")),
                name="letters_issue_deadline_after_issue",
                violation_error_message=_("The last day to act comes after the day of issue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.urgent_action}, {self.get_kind_display()} ({self.ordinal})"
