"""Signatures. One is an INSERT; counting is somebody else's work (`models.tallies`)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from campaigns.source_codes import LONGEST_SOURCE
from campaigns.supporters.models import Supporter

from .invalidations import Invalidation
from .petitions import Petition


class Signature(models.Model):
    """One person under one petition. Received when pressed; confirmed from the mailbox."""

    class Standing(models.TextChoices):
        """What a signature counts as. The database works it out of the moments in its row."""

        RECEIVED = "R", _("received")
        CONFIRMED = "C", _("confirmed")
        HELD = "H", _("held")
        INVALID = "I", _("invalid")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="signatures", verbose_name=_("petition")
    )
    # None once the person has been erased: the signature stays counted, and is nobody's.
    supporter = models.ForeignKey(
        Supporter,
        models.PROTECT,
        null=True,
        related_name="signatures",
        verbose_name=_("supporter"),
    )
    given_name = models.CharField(_("first name"), max_length=80, blank=True)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    # A number and no foreign key: deleting a page must not rewrite a million signatures.
    page_id = models.PositiveIntegerField(_("number of the page"), null=True)
    source = models.CharField(
        _("source"),
        max_length=LONGEST_SOURCE,
        blank=True,
        help_text=_("The code in the link that led here."),
    )
    network = models.CharField(
        max_length=16,
        blank=True,
        editable=False,
        help_text=_("A keyed hash of the network that it came from; forgotten after a month."),
    )
    signed_at = models.DateTimeField(_("signed at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    is_minor = models.BooleanField(_("13 to 17 years old"), default=False)
    passes_on_name = models.BooleanField(_("name may be handed over"), default=True)
    # Not counted until the mailbox confirms it or staff release it.
    held_at = models.DateTimeField(_("held since"), null=True)
    invalidation = models.ForeignKey(
        Invalidation,
        models.PROTECT,
        null=True,
        related_name="signatures",
        verbose_name=_("invalidation"),
    )
    standing = models.GeneratedField(
        expression=Case(
            When(invalidation__isnull=False, then=Value("I")),
            When(confirmed_at__isnull=False, then=Value("C")),
            When(held_at__isnull=False, then=Value("H")),
            default=Value("R"),
        ),
        output_field=models.CharField(_("standing"), max_length=1, choices=Standing),
        db_persist=True,
    )
    # The standing under which the tally has counted it; "" until it has.
    counted_as = models.CharField(max_length=1, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            # Behind every press: whoever signs again, in any language, has signed once.
            models.UniqueConstraint(
                fields=["petition", "supporter"], name="petitions_signature_once"
            ),
        ]
        indexes = [
            # What the tally has yet to follow: short, however many have signed.
            models.Index(
                fields=["petition"],
                name="petitions_signature_uncounted",
                condition=~Q(counted_as=F("standing")),
            ),
            # What staff look at before they release it; others have no place in it.
            models.Index(
                fields=["petition", "network"],
                name="petitions_signature_held",
                condition=Q(held_at__isnull=False),
            ),
            models.Index(
                fields=["source"], name="petitions_signature_source", condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return _("Signature %(number)s") % {"number": self.pk}
