"""Acts: a letter that somebody says has left, and a way to write that somebody has opened.

Two different facts, kept apart and never added up. Nobody can check either; the site says so.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Office
from campaigns.source_codes import LONGEST_SOURCE
from campaigns.supporters.models import Supporter

from .issues import LETTER_LANGUAGES, UrgentActionIssue


class Channel(models.TextChoices):
    """The ways by which a letter leaves."""

    MAIL_PROGRAM = "MAIL_PROGRAM", _("own mail program")
    GMAIL = "GMAIL", "Gmail"
    OUTLOOK = "OUTLOOK", "Outlook"
    YAHOO = "YAHOO", "Yahoo"
    GMX = "GMX", "GMX"
    COPY = "COPY", _("copied by hand")
    SMS = "SMS", _("text message")
    X = "X", "X"
    BLUESKY = "BLUESKY", "Bluesky"
    MASTODON = "MASTODON", "Mastodon"
    PHONE = "PHONE", _("phone")
    FAX = "FAX", _("fax")
    POST = "POST", _("post")
    # A mail asks whether somebody has written, not how.
    UNSAID = "UNSAID", _("not said")


class LetterActQuerySet(models.QuerySet["LetterAct"]):
    def standing(self) -> "LetterActQuerySet":
        """Those that have not been taken back."""
        return self.filter(undone_at=None)

    def in_time(self) -> "LetterActQuerySet":
        """What the figures show: declared before the deadline, and not taken back."""
        return self.standing().filter(is_late=False)


class LetterAct(models.Model):
    """Somebody says that their letter has left. Declared; nobody can confirm it."""

    class Via(models.TextChoices):
        PAGE = "PAGE", _("on the page")
        PAPER = "PAPER", _("by the code on the printed page")
        MAIL = "MAIL", _("from a mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(
        UrgentActionIssue,
        models.PROTECT,
        related_name="acts",
        verbose_name=_("issue of an urgent action"),
    )
    # None is the embassy, or an addressee that was not said.
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", verbose_name=_("addressee")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    language = models.CharField(
        _("language of the letter"),
        max_length=12,
        blank=True,
        choices=[(code, code) for code in LETTER_LANGUAGES],
    )
    page_language = models.CharField(
        _("language of the page"), max_length=12, choices=settings.LANGUAGES
    )
    via = models.CharField(_("declared"), max_length=5, choices=Via)
    # None: nobody said who they are, or the person has been erased since.
    supporter = models.ForeignKey(
        Supporter,
        models.PROTECT,
        null=True,
        related_name="letter_acts",
        verbose_name=_("supporter"),
    )
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE, blank=True)
    declared_at = models.DateTimeField(_("declared at"))
    is_late = models.BooleanField(
        _("after the deadline"),
        default=False,
        help_text=_("Kept, and counted apart: what was sent late may still have arrived."),
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    # One press: a second one, by a double click or a repeated request, finds it taken.
    press = models.CharField(max_length=64, unique=True, editable=False)

    objects = LetterActQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared letter")
        verbose_name_plural = _("declared letters")
        indexes = [
            models.Index(
                fields=["issue", "declared_at"],
                name="letters_letteract_counted",
                condition=Q(undone_at=None, is_late=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ChannelOpening(models.Model):
    """Somebody has opened a way to write. Whether a letter left that way, nobody knows."""

    issue = models.ForeignKey(
        UrgentActionIssue, models.PROTECT, related_name="openings", verbose_name=_("issue")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", verbose_name=_("addressee")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    language = models.CharField(_("language of the letter"), max_length=12, blank=True)
    page_language = models.CharField(
        _("language of the page"), max_length=12, choices=settings.LANGUAGES
    )
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("way to write that was opened")
        verbose_name_plural = _("ways to write that were opened")
        indexes = [
            models.Index(fields=["issue", "opened_at"], name="letters_opening_by_issue"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
