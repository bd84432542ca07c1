from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CaseConsent(models.Model):
    """What somebody, or those who speak for them, agreed to; one scope, from a day on.

    Rows are added and withdrawn by services and never rewritten.
    """

    class Scope(models.TextChoices):
        WORK = "WORK", _("work on the case")
        WEB = "WEB", _("the website")
        NAME = "NAME", _("given name")
        SURNAME = "SURNAME", _("family name")
        IMAGE = "IMAGE", _("image")
        QUOTE = "QUOTE", _("quotations")
        SOCIAL = "SOCIAL", _("social networks")
        MARATHON = "MARATHON", _("letter marathon")
        FUNDRAISING = "FUNDRAISING", _("fundraising")

    class Giver(models.TextChoices):
        PERSON = "PERSON", _("the person")
        FAMILY = "FAMILY", _("the family")
        LAWYER = "LAWYER", _("the lawyer")
        LOCAL_NGO = "LOCAL_NGO", _("a local organisation")
        PUBLIC_RECORD = "PUBLIC_RECORD", _("public record (closed, historical case)")

    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="consents", verbose_name=_("case")
    )
    subject = models.ForeignKey(
        "cases.CaseSubject",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("person"),
        help_text=_("Nobody chosen: everybody in the case."),
    )
    scope = models.CharField(_("scope"), max_length=12, choices=Scope)
    given_by = models.CharField(_("given by"), max_length=14, choices=Giver)
    given_on = models.DateField(_("from"))
    review_by = models.DateField(
        _("to be reviewed by"), null=True, blank=True, help_text=_("A reminder; nothing ends.")
    )
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("After it, what it covers disappears.")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    note = models.TextField(_("note"), blank=True, help_text=_("For staff; never shown."))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["case", "scope", "-given_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("given_on")),
                name="cases_caseconsent_ends_after_it_begins",
                violation_error_message=_("The last day comes after the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_scope_display()}"

    def clean(self) -> None:
        """Who is a minor cannot consent alone; the public record speaks of history only."""
        if self.subject and self.subject.case_id != self.case_id:
            raise ValidationError({"subject": _("This person belongs to another case.")})
        if self.given_by == self.Giver.PERSON and self._concerns_a_minor():
            raise ValidationError(
                {"given_by": _("A minor cannot consent alone: name the family or the lawyer.")}
            )
        if self.given_by == self.Giver.PUBLIC_RECORD and not self.case.is_historical:
            raise ValidationError(
                {"given_by": _("Only a historical case stands on the public record.")}
            )

    def _concerns_a_minor(self) -> bool:
        concerned = [self.subject] if self.subject else self.case.subjects.all()
        return any(subject.is_minor for subject in concerned)

    def is_valid(self, *, on: date) -> bool:
        """Whether it holds on that day. A withdrawal holds at once."""
        return (
            self.withdrawn_at is None
            and self.given_on <= on
            and (self.ends_on is None or on <= self.ends_on)
        )
