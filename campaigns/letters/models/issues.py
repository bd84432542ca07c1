from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from campaigns.cases.models import Office
from campaigns.localized import LabelsField, language_name

from ..model_letters import unknown_facts
from .urgent_actions import UrgentAction, end_of_day


class UrgentActionIssueQuerySet(models.QuerySet["UrgentActionIssue"]):
    def issued(self) -> "UrgentActionIssueQuerySet":
        """Those that have been sent out, whatever became of them."""
        return self.filter(state__in=UrgentActionIssue.ISSUED)


class UrgentActionIssue(ClusterableModel):
    """One issue of an urgent action. Only the latest one can be acted on."""

    class Kind(models.TextChoices):
        FIRST = "FIRST", _("first urgent action")
        FURTHER_INFORMATION = "FURTHER_INFORMATION", _("further information")
        STOP = "STOP", _("stop action")
        OUTCOME = "OUTCOME", _("outcome")

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        IN_REVIEW = "IN_REVIEW", _("in review")
        APPROVED = "APPROVED", _("approved")
        SCHEDULED = "SCHEDULED", _("scheduled")
        OPEN = "OPEN", _("open")
        EXPIRED = "EXPIRED", _("expired")
        STOPPED = "STOPPED", _("stopped")
        SUCCEEDED = "SUCCEEDED", _("succeeded")
        SUPERSEDED = "SUPERSEDED", _("superseded")
        CANCELLED = "CANCELLED", _("cancelled before issue")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")

    class StopReason(models.TextChoices):
        GOOD_NEWS = "GOOD_NEWS", _("good news")
        WRONG_INFORMATION = "WRONG_INFORMATION", _("what we knew was wrong")
        DANGER = "DANGER", _("letters would put the person in danger")
        LONG_TERM = "LONG_TERM", _("the work goes on in another way")

    # Those that can be acted on while they are open; the others end a chain.
    ACTABLE = frozenset({Kind.FIRST, Kind.FURTHER_INFORMATION})
    UNISSUED = frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SCHEDULED})
    ISSUED = frozenset(
        {State.OPEN, State.EXPIRED, State.STOPPED, State.SUCCEEDED, State.SUPERSEDED}
    )

    urgent_action = models.ForeignKey(
        UrgentAction, models.PROTECT, related_name="issues", verbose_name=_("urgent action")
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.FIRST, editable=False
    )
    ordinal = models.PositiveSmallIntegerField(_("ordinal"), default=1, editable=False)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("previous issue"),
    )
    act_before = models.DateField(
        _("act before"),
        null=True,
        blank=True,
        help_text=_("The last day, until midnight in Brussels."),
    )
    languages_wanted = models.CharField(
        _("languages wanted"),
        max_length=80,
        blank=True,
        help_text=_(
            "Codes of the languages to write in besides one’s own, separated by commas: “es, en”."
        ),
    )
    what_changed = LabelsField(
        _("what changed"),
        blank=True,
        max_length=280,
        help_text=_("Since the previous issue; stands first on the page."),
    )
    # From here on, services alone.
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    stop_reason = models.CharField(
        _("reason to stop"), max_length=20, choices=StopReason, blank=True, editable=False
    )
    words = LabelsField(_("words on the end"), blank=True, max_length=280, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("author"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("reviewer"),
    )

    objects = UrgentActionIssueQuerySet.as_manager()

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
            models.UniqueConstraint(
                fields=["urgent_action"],
                condition=Q(state="OPEN"),
                name="letters_issue_one_open",
                violation_error_message=_("Another issue of this action is open."),
            ),
            models.CheckConstraint(
                condition=~Q(state="OPEN")
                | Q(act_before__isnull=False, kind__in=["FIRST", "FURTHER_INFORMATION"]),
                name="letters_issue_open_has_deadline",
                violation_error_message=_("An issue is open until a last day to act."),
            ),
            models.CheckConstraint(
                condition=Q(act_before=None)
                | Q(issued_on=None)
                | Q(act_before__gte=F("issued_on")),
                name="letters_issue_deadline_after_issue",
                violation_error_message=_("The last day to act comes after the day of issue."),
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author")),
                name="letters_issue_four_eyes",
                violation_error_message=_("Somebody else than the author reviews an issue."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "DRAFT",
                        "IN_REVIEW",
                        "APPROVED",
                        "SCHEDULED",
                        "OPEN",
                        "EXPIRED",
                        "STOPPED",
                        "SUCCEEDED",
                        "SUPERSEDED",
                        "CANCELLED",
                        "WITHDRAWN",
                    ]
                ),
                name="letters_issue_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.urgent_action}, {self.get_kind_display()} ({self.ordinal})"

    @property
    def is_editable(self) -> bool:
        """Whether its content may still be changed: what a reviewer has read stays as it was."""
        return self.state == self.State.DRAFT

    def is_past(self, *, at: datetime) -> bool:
        """Whether the last day to act is over in Brussels."""
        return self.act_before is not None and end_of_day(self.act_before) < at


class IssueTarget(models.Model):
    """Somebody an issue asks people to write to."""

    class Role(models.TextChoices):
        PRIMARY = "PRIMARY", _("addressee")
        COPY = "COPY", _("copy to")
        EMBASSY = "EMBASSY", _("embassy in the reader’s country")

    issue = ParentalKey(
        UrgentActionIssue, on_delete=models.CASCADE, related_name="targets", verbose_name=_("issue")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.PRIMARY)
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office"),
        help_text=_("Empty for the embassy: it follows from the case’s country."),
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="EMBASSY", office=None)
                | (~Q(role="EMBASSY") & Q(office__isnull=False)),
                name="letters_issuetarget_office_unless_embassy",
                violation_error_message=_("Choose an office; leave it empty for the embassy."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.office or self.get_role_display())


class Demand(models.Model):
    """One thing that is asked of the addressee: in the letter, the petition and the mail."""

    issue = ParentalKey(
        UrgentActionIssue, on_delete=models.CASCADE, related_name="demands", verbose_name=_("issue")
    )
    text = LabelsField(
        _("demand"), blank=True, max_length=200, help_text=_("“to release her at once”")
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return next(iter(self.text.values()), "")

    def clean(self) -> None:
        if not self.text:
            raise ValidationError({"text": _("Write the demand in at least one language.")})


# Languages of letters: those of the site, and those that authorities read.
LETTER_LANGUAGES = (
    *(code for code, _name in settings.LANGUAGES),
    "es",
    "pt",
    "ar",
    "fa",
    "ru",
    "tr",
    "zh",
)


class ModelLetter(models.Model):
    """A letter to copy out, in one language, to one kind of addressee.

    Salutation and closing are the office's, unless they are given here.
    """

    issue = ParentalKey(
        UrgentActionIssue, on_delete=models.CASCADE, related_name="letters", verbose_name=_("issue")
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        choices=[(code, language_name(code, code).capitalize()) for code in LETTER_LANGUAGES],
    )
    target_kind = models.CharField(
        _("to"),
        max_length=8,
        choices=IssueTarget.Role,
        default=IssueTarget.Role.PRIMARY,
    )
    salutation = models.CharField(
        _("salutation"), max_length=120, blank=True, help_text=_("Empty: the office’s.")
    )
    text = models.TextField(
        _("text"), help_text=_("Blank lines between paragraphs. One page at the most.")
    )
    closing = models.CharField(
        _("complimentary close"), max_length=200, blank=True, help_text=_("Empty: the office’s.")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    class Meta:
        verbose_name = _("model letter")
        verbose_name_plural = _("model letters")
        ordering = ["issue", "target_kind", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "language", "target_kind"],
                name="letters_modelletter_one_per_language",
                violation_error_message=_("There is a letter in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue}, {self.get_language_display()}"

    def clean(self) -> None:
        """Only the site's own facts are filled in: anything else would be sent as it stands."""
        errors = {}
        for name in ("salutation", "text", "closing"):
            unknown = unknown_facts(getattr(self, name))
            if unknown:
                errors[name] = _(
                    "Nobody knows what %(words)s stands for. Take {name}, {short_name} or"
                    " {number}; what the writer fills in stands in [square brackets]."
                ) % {"words": ", ".join(unknown)}
        if errors:
            raise ValidationError(errors)
