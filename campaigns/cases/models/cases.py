from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from campaigns.localized import LabelsField, label_in

from .consents import CaseConsent
from .countries import Country, Theme
from .situations import SituationEvent

Scope = CaseConsent.Scope

# A reference is a short address too: `/noor`.
leads_nowhere_else = RegexValidator(
    r"^(?!(admin|documents|media|static|anymail|outbox|petitions|\w\w|\d.*)$)",
    _("This word already leads somewhere else on the site."),
)


class CaseQuerySet(models.QuerySet["Case"]):
    def with_situation(self) -> "CaseQuerySet":
        """Adds `situation`, `…_since`, `…_precision` and `…_nuance`, from the last visible event.

        An event about some of several persons changes nothing for the case as a whole.
        """
        events = (
            SituationEvent.objects.filter(
                Q(case=OuterRef("pk")),
                is_visible=True,
                occurred_on__lte=timezone.localdate(),
                subjects=None,
            )
            .exclude(situation="")
            .order_by("-occurred_on", "-pk")
        )
        return self.annotate(
            situation=Subquery(events.values("situation")[:1]),
            situation_since=Subquery(events.values("occurred_on")[:1]),
            situation_precision=Subquery(events.values("precision")[:1]),
            situation_nuance=Subquery(events.values("nuance")[:1]),
        )

    def with_exposure(self) -> "CaseQuerySet":
        """With persons and consents at hand, so that names cost no queries."""
        return self.prefetch_related("subjects", "consents")


class Case(ClusterableModel):
    """What we work on: a person, a family or a community in danger.

    `name` and `short_name` are what may be shown today; the columns behind them are for staff.
    """

    class Subject(models.TextChoices):
        PERSON = "PERSON", _("a person")
        GROUP = "GROUP", _("several persons")
        FAMILY = "FAMILY", _("a family")
        COMMUNITY = "COMMUNITY", _("a community")

    class State(models.TextChoices):
        CANDIDATE = "CANDIDATE", _("candidate")
        CONSENTED = "CONSENTED", _("consented")
        ACTIVE = "ACTIVE", _("active")
        DORMANT = "DORMANT", _("dormant")
        CLOSED = "CLOSED", _("closed")
        HIDDEN = "HIDDEN", _("hidden")
        REMOVED = "REMOVED", _("removed")

    class ClosingReason(models.TextChoices):
        FREED = "FREED", _("freed")
        JUSTICE_DONE = "JUSTICE_DONE", _("justice done")
        DIED = "DIED", _("died")
        ASKED_US_TO_STOP = "ASKED_US_TO_STOP", _("they asked us to stop")
        NOTHING_LEFT_TO_DO = "NOTHING_LEFT_TO_DO", _("nothing left that letters can do")
        WRONG_INFORMATION = "WRONG_INFORMATION", _("what we knew was wrong")

    # What the public may read about. Before: nobody agreed yet. After: taken down.
    PUBLIC_STATES = frozenset({State.ACTIVE, State.DORMANT, State.CLOSED})

    reference = models.SlugField(
        _("reference"),
        unique=True,
        validators=[leads_nowhere_else],
        help_text=_("Its short address. Better no family name: it may have to disappear."),
    )
    full_name = models.CharField(
        _("name"), max_length=120, help_text=_("In full, in the order the person uses.")
    )
    brief_name = models.CharField(
        _("short name"),
        max_length=60,
        help_text=_("As on a button, without family name: “Sign for …”."),
    )
    alias = LabelsField(
        _("without a name"),
        blank=True,
        max_length=60,
        help_text=_("How they are called where no name may be shown: “a student in Orvania”."),
    )
    subject = models.CharField(_("who"), max_length=10, choices=Subject, default=Subject.PERSON)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="cases", verbose_name=_("country")
    )
    themes = models.ManyToManyField(
        Theme, blank=True, related_name="cases", verbose_name=_("themes")
    )
    is_historical = models.BooleanField(
        _("historical"),
        default=False,
        help_text=_("Kept to remember; the page says that nobody should write any more."),
    )
    # From here on, services alone.
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.CANDIDATE, editable=False
    )
    state_before_hiding = models.CharField(max_length=10, choices=State, blank=True, editable=False)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closing_reason = models.CharField(
        _("reason for closing"), max_length=20, choices=ClosingReason, blank=True, editable=False
    )
    closing_text = LabelsField(_("closing words"), blank=True, max_length=400, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["reference"]
        permissions = [("hide_case", _("Can take a case down"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "CANDIDATE",
                        "CONSENTED",
                        "ACTIVE",
                        "DORMANT",
                        "CLOSED",
                        "HIDDEN",
                        "REMOVED",
                    ]
                ),
                name="cases_case_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | ~Q(closing_reason="") | Q(is_historical=True),
                name="cases_case_closed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def permits(self, scope: str, *, on: date | None = None) -> bool:
        """Whether what `scope` covers may be done or shown on that day (default: today).

        Either a consent for the whole case, or one of each person who belongs to it; to work on
        it and to publish, one person's is enough: the others are not named.
        """
        day = on or timezone.localdate()
        valid = [
            consent
            for consent in self.consents.all()
            if consent.scope == scope and consent.is_valid(on=day)
        ]
        if any(consent.subject_id is None for consent in valid):
            return True
        agreed = {consent.subject_id for consent in valid}
        members = {
            subject.pk
            for subject in self.subjects.all()
            if subject.belongs(on=day) or self._is_called_after(subject)
        }
        if scope in {Scope.WORK, Scope.WEB}:
            return bool(members & agreed)
        return bool(members) and members <= agreed

    def _is_called_after(self, subject: "CaseSubject") -> bool:
        """Whether a person's name is part of the case's, also of one who has left it."""
        name = subject.given_name or subject.family_name
        return bool(name) and name in f"{self.full_name} {self.brief_name}"

    def is_public(self, *, at: datetime | None = None) -> bool:
        """Whether the public may read about it at that moment (default: now)."""
        moment = at or timezone.now()
        return (
            self.state in self.PUBLIC_STATES
            and (self.embargo_until is None or self.embargo_until <= moment)
            and self.permits(Scope.WEB, on=timezone.localdate(moment))
        )

    def takes_acts(self, *, at: datetime) -> bool:
        """Whether people may sign and write for it at that moment. Needs no query."""
        return self.state == self.State.ACTIVE and (
            self.embargo_until is None or self.embargo_until <= at
        )

    @cached_property
    def shows_name(self) -> bool:
        return self.permits(Scope.NAME)

    @cached_property
    def shows_surname(self) -> bool:
        has_surname = any(subject.family_name for subject in self.subjects.all())
        return self.shows_name and (not has_surname or self.permits(Scope.SURNAME))

    @cached_property
    def shows_image(self) -> bool:
        return self.permits(Scope.IMAGE)

    @property
    def name(self) -> str:
        """The name as it may be shown today, in full if possible."""
        return self.full_name if self.shows_surname else self.short_name

    @property
    def short_name(self) -> str:
        """The name for buttons, as it may be shown today."""
        if not self.shows_name:
            return label_in(self.alias) or (
                gettext("a community in danger")
                if self.subject == self.Subject.COMMUNITY
                else gettext("a person in danger")
            )
        if not self.shows_surname:
            given = [subject.given_name for subject in self.subjects.all() if subject.given_name]
            surnames = [subject.family_name for subject in self.subjects.all()]
            if any(surname and surname in self.brief_name for surname in surnames):
                return ", ".join(given) or label_in(self.alias)
        return self.brief_name


class CaseSubject(models.Model):
    """Somebody in a case: a person, a community, or somebody whose name is not known or told."""

    class Kind(models.TextChoices):
        PERSON = "PERSON", _("person")
        COMMUNITY = "COMMUNITY", _("community")
        UNNAMED = "UNNAMED", _("unnamed")

    class Pronoun(models.TextChoices):
        SHE = "SHE", _("she")
        HE = "HE", _("he")
        THEY = "THEY", _("they")

    case = ParentalKey(
        Case, on_delete=models.CASCADE, related_name="subjects", verbose_name=_("case")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    is_surname_first = models.BooleanField(_("family name comes first"), default=False)
    is_pseudonym = models.BooleanField(
        _("pseudonym"),
        default=False,
        help_text=_("The real name is kept nowhere on this site, not here either."),
    )
    is_minor = models.BooleanField(_("minor"), default=False)
    pronoun = models.CharField(_("pronoun"), max_length=4, choices=Pronoun, blank=True)
    description = LabelsField(
        _("who they are"), blank=True, max_length=120, help_text=_("“Baker, mother of Teyu”.")
    )
    joined_on = models.DateField(
        _("joined the case on"), null=True, blank=True, help_text=_("Empty: from the beginning.")
    )
    left_on = models.DateField(_("left the case on"), null=True, blank=True)

    class Meta:
        verbose_name = _("person or community")
        verbose_name_plural = _("persons and communities")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.full_name or label_in(self.description) or str(self.get_kind_display())

    def clean(self) -> None:
        if self.kind == self.Kind.UNNAMED and (self.given_name or self.family_name):
            raise ValidationError({"given_name": _("Who is unnamed has no name here.")})
        if self.kind != self.Kind.UNNAMED and not (self.given_name or self.family_name):
            raise ValidationError({"given_name": _("Give a name, or choose “unnamed”.")})
        if self.joined_on and self.left_on and self.left_on < self.joined_on:
            raise ValidationError({"left_on": _("Nobody leaves before they have joined.")})

    @property
    def full_name(self) -> str:
        """Both names in the order the person uses. For staff: ask the case what may be shown."""
        names = [self.given_name, self.family_name]
        return " ".join(filter(None, reversed(names) if self.is_surname_first else names))

    def belongs(self, *, on: date) -> bool:
        """Whether this person is part of the case on that day."""
        return (self.joined_on is None or self.joined_on <= on) and (
            self.left_on is None or on < self.left_on
        )


class WriterRules(models.Model):
    """What those who write for this case have to keep to: fields, so that every page says it."""

    class OwnAddress(models.TextChoices):
        FULL = "FULL", _("name and full address")
        PLACE = "PLACE", _("name and town only")
        INITIALS = "INITIALS", _("initials and town only")

    case = ParentalKey(
        Case,
        on_delete=models.CASCADE,
        related_name="writer_rules",
        verbose_name=_("case"),
    )
    may_mention_us = models.BooleanField(_("may mention our organisation"), default=True)
    may_use_religious_words = models.BooleanField(_("may use religious words"), default=True)
    may_write_to_family = models.BooleanField(
        _("may write to the person or the family"), default=False
    )
    own_address = models.CharField(
        _("how to sign"), max_length=8, choices=OwnAddress, default=OwnAddress.FULL
    )
    warns_travellers = models.BooleanField(
        _("warn people with ties to the country"),
        default=True,
        help_text=_("Who has relatives there or plans to travel should think first."),
    )
    note = LabelsField(_("one more rule"), blank=True, max_length=280)

    class Meta:
        verbose_name = _("rules for writers")
        verbose_name_plural = _("rules for writers")
        constraints = [
            models.UniqueConstraint(fields=["case"], name="cases_writerrules_one_per_case"),
        ]

    def __str__(self) -> str:
        return str(self.case)
