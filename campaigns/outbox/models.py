"""Outgoing messages as rows, so that no broker and no crash can lose one."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    error = models.CharField(_("error"), max_length=200, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"


class DeliveryEvent(models.Model):
    """What a provider told us of a message, as it came. Stored once; worked on later."""

    key = models.CharField(max_length=128, unique=True)
    message_id = models.UUIDField(_("outgoing message"), null=True, db_index=True)
    event_type = models.CharField(_("event"), max_length=40)
    provider = models.CharField(_("provider"), max_length=40)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"), null=True)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")

    def __str__(self) -> str:
        return f"{self.event_type} ({self.provider})"


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
