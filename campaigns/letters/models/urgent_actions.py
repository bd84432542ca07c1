from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext
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
        """Adds `issue_id`, `issue_state`, `act_before` and `ended_on` of the last issue.

        Of those that have been issued: a draft changes nothing for anybody.
        """
        from .issues import UrgentActionIssue

        latest = UrgentActionIssue.objects.issued().filter(urgent_action=OuterRef("pk"))
        latest = latest.order_by("-ordinal")
        return self.annotate(
            issue_id=Subquery(latest.values("pk")[:1]),
            issue_state=Subquery(latest.values("state")[:1]),
            act_before=Subquery(latest.values("act_before")[:1]),
            ended_on=Subquery(latest.values("ended_on")[:1]),
        )


class UrgentAction(models.Model):
    """One urgent action, known by its number in its year, through all its issues.

    Or the letter of the month for a case on which work is slow: it has addressees, demands, model
    letters and a last day, goes the same way past a second person, and stands on the case's page.
    """

    class Kind(models.TextChoices):
        URGENT = "URGENT", _("urgent action")
        MONTHLY = "MONTHLY", _("letter of the month")

    kind = models.CharField(
        _("kind"),
        max_length=7,
        choices=Kind,
        default=Kind.URGENT,
        help_text=_("A letter of the month stands on the page of its case, and needs none."),
    )
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

    @property
    def label(self) -> str:
        """What readers and staff call it: its kind and its number."""
        if self.kind == self.Kind.MONTHLY:
            return gettext("Letter of the month %(number)s") % {"number": self}
        return gettext("Urgent action %(number)s") % {"number": self}
