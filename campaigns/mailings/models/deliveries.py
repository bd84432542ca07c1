"""One row for each candidate, and the chunks in which they are handed to the provider."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.models import Supporter

from .mailings import Mailing


class Chunk(models.Model):
    """Recipients of one language who are handed over together, by one worker at a time.

    SUBMITTED means that the call to the provider may have begun: from there on, whoever finds the
    worker gone does not know whether the mails have left.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("waiting")
        CLAIMED = "CLAIMED", _("taken")
        SUBMITTED = "SUBMITTED", _("being handed over")
        UNCERTAIN = "UNCERTAIN", _("uncertain")
        DONE = "DONE", _("done")
        CANCELLED = "CANCELLED", _("cancelled")

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=12)
    size = models.PositiveIntegerField(_("recipients"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(_("not before"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Attempts whose answer never came.
    doubts = models.PositiveSmallIntegerField(_("attempts of unknown outcome"), default=0)
    first_submitted_at = models.DateTimeField(_("first handed over at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # SHA-256 of what was handed over under doubt: the same key must bring the same bytes.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "number"], name="mailings_chunk_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["OPEN", "CLAIMED", "SUBMITTED", "UNCERTAIN", "DONE", "CANCELLED"]
                ),
                name="mailings_chunk_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "state"],
                name="mailings_chunk_unfinished",
                condition=~models.Q(state__in=["DONE", "CANCELLED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Delivery(models.Model):
    """One candidate of one mailing, and what became of their mail. No row ever goes missing.

    Written by the hundred thousand, so that foreign keys are not checked by the database: mailings
    are never deleted, and erasing a supporter empties the column.
    """

    class State(models.TextChoices):
        EXCLUDED = "EXCLUDED", _("left out")
        PENDING = "PENDING", _("waiting")
        ACCEPTED = "ACCEPTED", _("accepted by the provider")
        REJECTED = "REJECTED", _("refused by the provider")
        FAILED = "FAILED", _("failed")
        SUPPRESSED = "SUPPRESSED", _("held back at the last moment")
        UNCERTAIN = "UNCERTAIN", _("uncertain")
        CANCELLED = "CANCELLED", _("cancelled")

    class Reason(models.TextChoices):
        """Why somebody got no mail, or may have got none."""

        SUPPRESSED = "SUPPRESSED", _("the mailbox gets no mails of formulas")
        PAUSED = "PAUSED", _("pauses")
        TOO_YOUNG = "TOO_YOUNG", _("too young for the formula")
        NOT_CHOSEN = "NOT_CHOSEN", _("chose other themes, countries or cases")
        NO_TRANSLATION = "NO_TRANSLATION", _("not in their language")
        CAPPED = "CAPPED", _("has had enough mails this month")
        UNSUBSCRIBED = "UNSUBSCRIBED", _("has stopped these mails")
        ERASED = "ERASED", _("was erased")
        REFUSED = "REFUSED", _("the provider refused the address")
        NO_ANSWER = "NO_ANSWER", _("the provider's answer never came")
        BY_STAFF = "BY_STAFF", _("cancelled by staff")
        ACTION_ENDED = "ACTION_ENDED", _("the action had ended")

    # What counts towards the mails that somebody has had.
    COUNTED = (State.PENDING, State.ACCEPTED, State.UNCERTAIN)

    mailing = models.ForeignKey(
        Mailing, models.DO_NOTHING, related_name="deliveries", db_constraint=False, db_index=False
    )
    supporter = models.ForeignKey(
        Supporter,
        models.DO_NOTHING,
        null=True,
        related_name="deliveries",
        db_constraint=False,
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)
    chunk_number = models.PositiveIntegerField(_("chunk"), null=True)
    provider_message_id = models.CharField(_("provider's id"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            # Whatever is repeated, nobody has two rows, and so nobody gets two mails.
            models.UniqueConstraint(fields=["supporter", "mailing"], name="mailings_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "EXCLUDED",
                        "PENDING",
                        "ACCEPTED",
                        "REJECTED",
                        "FAILED",
                        "SUPPRESSED",
                        "UNCERTAIN",
                        "CANCELLED",
                    ]
                ),
                name="mailings_delivery_state",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "chunk_number"], name="mailings_delivery_chunk"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
