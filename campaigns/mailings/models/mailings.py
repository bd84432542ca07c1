"""A mailing: words in several languages for one audience, from the draft to the last mail."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page

from campaigns.supporters.models import Formula

from .audiences import Audience


def new_reference() -> str:
    """Twelve random letters and digits: short enough for links, and says nothing of anybody."""
    return secrets.token_hex(6)


class Mailing(models.Model):
    """One mailing. Services change its state, each by a conditional update."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", pgettext_lazy("mailing", "draft")
        SUBMITTED = "SUBMITTED", _("to be approved")
        APPROVED = "APPROVED", pgettext_lazy("mailing", "approved")
        SCHEDULED = "SCHEDULED", pgettext_lazy("mailing", "scheduled")
        PREPARING = "PREPARING", _("being prepared")
        PREPARED = "PREPARED", _("prepared, can be undone")
        SENDING = "SENDING", _("being sent")
        PAUSED = "PAUSED", pgettext_lazy("mailing", "paused")
        SENT = "SENT", pgettext_lazy("mailing", "sent")
        CANCELLED = "CANCELLED", pgettext_lazy("mailing", "cancelled")

    class Problem(models.TextChoices):
        """Why it does not go on by itself."""

        STALE = "STALE", _("Its time had passed by hours before anybody could send it.")
        ASLEEP = "ASLEEP", _("Nothing had moved for hours: the database may be an old copy.")
        ACCOUNT = "ACCOUNT", _("The provider refuses our account.")
        QUOTA = "QUOTA", _("The provider's quota is used up.")
        BOUNCES = "BOUNCES", _("Too many mails came back.")
        COMPLAINTS = "COMPLAINTS", _("Too many readers reported it as spam.")
        ERRORS = "ERRORS", _("The provider refuses nearly everything.")
        STAFF = "STAFF", _("Paused by staff.")
        ACTION_ENDED = "ACTION_ENDED", _("The action is over, or the case may not be shown.")
        MISCOUNTED = "MISCOUNTED", _("The rows did not add up; nothing was sent.")

    UNSENT = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED, State.SCHEDULED})
    # There are rows for its readers, and some may still wait.
    UNDER_WAY = frozenset({State.PREPARING, State.PREPARED, State.SENDING, State.PAUSED})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    title = models.CharField(
        _("title"), max_length=120, help_text=_("For us; readers see the page's subject.")
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Formula.Content, blank=True, editable=False
    )
    page = models.ForeignKey(
        Page,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("page"),
        help_text=_("Its translations come along by themselves."),
    )
    translation_key = models.UUIDField(null=True, editable=False)
    audience = models.ForeignKey(
        Audience, models.PROTECT, related_name="mailings", verbose_name=_("audience")
    )
    falls_back = models.BooleanField(
        _("in another language where it is missing in the reader's"),
        default=True,
        help_text=_("Else readers of that language get nothing."),
    )
    # What it is about, as read from the page when it was submitted. Numbers, no foreign keys: a
    # ledger outlives what it tells of.
    case_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    urgent_action_id = models.BigIntegerField(null=True, editable=False)
    issue_id = models.BigIntegerField(null=True, editable=False)
    petition_id = models.BigIntegerField(null=True, editable=False)
    edition_id = models.BigIntegerField(null=True, editable=False)
    asks_to_act = models.BooleanField(default=False, editable=False)
    is_stop = models.BooleanField(default=False, editable=False)
    # From here on, services alone.
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    problem = models.CharField(
        _("problem"), max_length=12, choices=Problem, blank=True, editable=False
    )
    problem_note = models.CharField(max_length=400, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("author"),
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    send_at = models.DateTimeField(_("to be sent at"), null=True, editable=False)
    prepared_at = models.DateTimeField(_("prepared at"), null=True, editable=False)
    leaves_at = models.DateTimeField(_("leaves at"), null=True, editable=False)
    started_at = models.DateTimeField(_("sending since"), null=True, editable=False)
    moved_at = models.DateTimeField(_("last moved at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    # How far the preparation has come: the last subscription that has a row, and the last one
    # that will get one.
    prepared_up_to = models.BigIntegerField(default=0, editable=False)
    prepares_up_to = models.BigIntegerField(default=0, editable=False)
    candidates = models.PositiveIntegerField(_("candidates"), default=0, editable=False)
    excluded = models.PositiveIntegerField(_("left out"), default=0, editable=False)
    next_chunk = models.PositiveIntegerField(default=1, editable=False)
    chunk_size = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-created_at"]
        permissions = [
            ("approve_mailing", _("Can approve mailings")),
            ("send_mailing", _("Can send, pause and cancel mailings")),
            ("see_recipients", _("Can see who got a mailing")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approver=None) | Q(author=None) | ~Q(approver=F("author")),
                name="mailings_mailing_four_eyes",
                violation_error_message=_("Somebody else than the author approves a mailing."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "DRAFT",
                        "SUBMITTED",
                        "APPROVED",
                        "SCHEDULED",
                        "PREPARING",
                        "PREPARED",
                        "SENDING",
                        "PAUSED",
                        "SENT",
                        "CANCELLED",
                    ]
                ),
                name="mailings_mailing_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        """Whether its content may still be changed: what somebody has approved stays as it was."""
        return self.state == self.State.DRAFT

    @property
    def code(self) -> str:
        """What stands in links, figures and provider reports for it; says nothing of anybody."""
        return f"mailing-{self.reference}"


class MailingContent(models.Model):
    """The words of one language, as they were submitted, approved and sent."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="contents")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    page_id = models.PositiveIntegerField(_("number of the page"))
    subject = models.CharField(_("subject"), max_length=255)
    preheader = models.CharField(_("preview line"), max_length=255, blank=True)
    html = models.TextField("HTML")
    text = models.TextField(_("plain text"))
    size = models.PositiveIntegerField(_("size in bytes"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the words."))
    frozen_at = models.DateTimeField(_("frozen at"))

    class Meta:
        verbose_name = _("content of a mailing")
        verbose_name_plural = _("contents of mailings")
        ordering = ["mailing", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"], name="mailings_content_once_per_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing} ({self.language})"
