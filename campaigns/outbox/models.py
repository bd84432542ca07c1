"""Outgoing messages as rows, so that no broker and no crash can lose one."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.mailboxes import KEY_LENGTH


class OutgoingMessage(models.Model):
    """One mail to one person, from the moment it is owed until it is accounted for.

    It holds ids and no words: who it goes to and what it says are read when it is sent, so that
    an erased person leaves nothing behind here and no link can be stolen from this table.
    """

    class State(models.TextChoices):
        DUE = "DUE", _("due")
        CLAIMED = "CLAIMED", _("being sent")
        SENT = "SENT", _("sent")
        CANCELLED = "CANCELLED", _("no longer needed")
        FAILED = "FAILED", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    language = models.CharField(_("language"), max_length=12)
    arguments = models.JSONField(_("arguments"), default=dict)
    dedupe_key = models.CharField(_("deduplication key"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE)
    not_before = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    doubts = models.PositiveSmallIntegerField(
        _("attempts of unknown outcome"), default=0, editable=False
    )
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    provider_message_id = models.CharField(_("provider's id"), max_length=255, blank=True)
    error = models.CharField(_("why not sent"), max_length=200, blank=True)
    # A number and no foreign key: the outbox stands below the people it writes to.
    person_id = models.BigIntegerField(_("number of the supporter"), null=True, db_index=True)
    mailbox = models.CharField(
        max_length=KEY_LENGTH,
        blank=True,
        editable=False,
        help_text=_("Keyed hash of the mailbox; known once the mail has been addressed."),
    )
    allowed_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Its turn among the mails that anybody can cause.")
    )

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["DUE", "CLAIMED", "SENT", "CANCELLED", "FAILED"]),
                name="outbox_outgoingmessage_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="outbox_due",
                condition=models.Q(state="DUE"),
            ),
            models.Index(
                fields=["claimed_until"],
                name="outbox_claimed",
                condition=models.Q(state="CLAIMED"),
            ),
            models.Index(
                fields=["mailbox", "sent_at"],
                name="outbox_sent_to_mailbox",
                condition=~models.Q(mailbox=""),
            ),
            models.Index(
                fields=["provider_message_id"],
                name="outbox_provider_message",
                condition=~models.Q(provider_message_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"


class DeliveryEvent(models.Model):
    """What a provider told us of a message, as it came. Stored once; worked on later."""

    key = models.CharField(max_length=128, unique=True)
    message_id = models.UUIDField(_("outgoing message"), null=True, db_index=True)
    # A mail of a mailing: the apps above know their deliveries by number.
    delivery_id = models.BigIntegerField(_("number of the delivery"), null=True, db_index=True)
    provider_message_id = models.CharField(_("provider's id"), max_length=255, blank=True)
    event_type = models.CharField(_("event"), max_length=40)
    provider = models.CharField(_("provider"), max_length=40)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status_code = models.CharField(
        _("status code"), max_length=12, blank=True, help_text=_("Of RFC 3463, such as 5.1.1.")
    )
    occurred_at = models.DateTimeField(_("occurred at"), null=True)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("processed at"), null=True, editable=False)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        indexes = [
            models.Index(
                fields=["received_at"],
                name="outbox_event_waiting",
                condition=models.Q(applied_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} ({self.provider})"

    @property
    def moment(self) -> datetime:
        """When it happened; when we heard of it where the provider does not say."""
        return self.occurred_at or self.received_at


class Mailbox(models.Model):
    """What one mailbox has been asked, so that nobody can flood it through our forms.

    Known by its keyed hash alone. Its row is locked while a mail to it is being allowed.
    """

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    # Moments (ISO 8601) of the last mails that somebody's typing caused, oldest first.
    asked_at = models.JSONField(default=list)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.key[:8]


class Suppression(models.Model):
    """Why a mailbox gets no mail, or no mail of some kind. Lifted, never deleted or changed.

    Holds no address: whoever reads the list learns of nobody that they support us.
    """

    class Scope(models.TextChoices):
        EVERYTHING = "EVERYTHING", _("all mail")
        SUBSCRIBED = "SUBSCRIBED", _("mails of formulas")
        IMPORT = "IMPORT", _("imports")

    class Reason(models.TextChoices):
        HARD_BOUNCE = "HARD_BOUNCE", _("the mailbox does not exist")
        COMPLAINT = "COMPLAINT", _("reported as spam")
        OBJECTION = "OBJECTION", _("asked for no more mails")
        ERASURE = "ERASURE", _("asked to be erased")
        MOVED = "MOVED", _("goes by another address now")
        STAFF = "STAFF", _("decided by staff")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailbox = models.CharField(max_length=KEY_LENGTH, db_index=True, editable=False)
    scope = models.CharField(_("scope"), max_length=12, choices=Scope)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    since = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "scope", "reason"],
                condition=models.Q(lifted_at=None),
                name="outbox_suppression_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=["EVERYTHING", "SUBSCRIBED", "IMPORT"]),
                name="outbox_suppression_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.get_reason_display()}"


class LedgerEntry(models.Model):
    """A line of the suppression ledger (`suppression_ledger`) that this database has seen."""

    id = models.UUIDField(primary_key=True, editable=False)

    def __str__(self) -> str:
        return str(self.pk)


class RateCount(models.Model):
    """How often something was done within one window of time: the limits' memory of last resort."""

    key = models.CharField(max_length=120)
    window_starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "window_starts_at"], name="outbox_ratecount_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count}"


class RateBucket(models.Model):
    """How fast mailings may leave, for all workers together (`pace`). One row."""

    account = models.CharField(max_length=40, unique=True)
    level = models.FloatField(default=0)
    filled_at = models.DateTimeField()
    # The share of the full rate, after the provider asked for less.
    pace = models.FloatField(default=1)
    pace_at = models.DateTimeField()
    stopped_until = models.DateTimeField(null=True)
    since = models.DateTimeField(help_text=_("When the account began to send."))
    day = models.DateField(null=True)
    sent_today = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.account


class LocalMessage(models.Model):
    """A mail as it would have left, for the local inbox page. Never written in production."""

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
