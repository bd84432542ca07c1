"""The letter marathon: once a year, up to ten cases that everybody writes for."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from campaigns.cases.models import Case
from campaigns.encryption import EncryptedTextField
from campaigns.supporters.models import Supporter

from .petitions import Petition

MOST_CASES = 10


class Edition(ClusterableModel):
    """One year's marathon. Its title, theme and short texts are words: they stand on its page."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))

    class Meta:
        verbose_name = _("edition of the letter marathon")
        verbose_name_plural = _("letter marathon")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=models.F("closes_at")),
                name="petitions_edition_opens_before_it_closes",
                violation_error_message=_("An edition opens before it closes."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def is_open(self, *, at: datetime) -> bool:
        """Whether it runs at that moment. Its petitions may close earlier, each for itself."""
        return self.opens_at <= at < self.closes_at


class EditionPetition(models.Model):
    """A case of an edition, by its petition, in the order of the edition."""

    edition = ParentalKey(
        Edition, on_delete=models.CASCADE, related_name="entries", verbose_name=_("edition")
    )
    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="+", verbose_name=_("petition")
    )
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("case of the edition")
        verbose_name_plural = _("cases of the edition")
        ordering = ["sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "petition"], name="petitions_editionpetition_once"
            ),
            models.CheckConstraint(
                condition=Q(sort_order__lt=MOST_CASES), name="petitions_edition_up_to_ten"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.petition}"


class SolidarityMessage(models.Model):
    """Words to a person in danger, by one supporter in one edition. Read by staff before anybody.

    Confirmed from the mailbox like a signature. Encrypted: it tells what its writer thinks.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("to be read")
        APPROVED = "APPROVED", _("approved")
        REFUSED = "REFUSED", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="messages", verbose_name=_("edition")
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("case"))
    supporter = models.ForeignKey(
        Supporter, models.PROTECT, related_name="+", verbose_name=_("supporter")
    )
    text = EncryptedTextField(_("message"))
    signed_as = models.CharField(_("signed as"), max_length=80)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    written_at = models.DateTimeField(_("written at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message of solidarity")
        verbose_name_plural = _("messages of solidarity")
        ordering = ["written_at"]
        permissions = [("moderate_message", _("Can read and decide on messages of solidarity"))]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "case", "supporter"], name="petitions_solidaritymessage_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "APPROVED", "REFUSED"]),
                name="petitions_solidaritymessage_state",
            ),
        ]

    def __str__(self) -> str:
        return _("Message %(number)s") % {"number": self.pk}
