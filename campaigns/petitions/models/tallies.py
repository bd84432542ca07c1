"""What has been counted. Written by a worker, read by everybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.source_codes import LONGEST_SOURCE

from .petitions import Petition


class Counts(models.Model):
    """Signatures by what they count as."""

    received = models.IntegerField(_("received"), default=0)
    confirmed = models.IntegerField(_("confirmed"), default=0)
    # Neither received nor confirmed: whoever looks after the petition decides.
    held = models.IntegerField(_("held"), default=0)
    invalid = models.IntegerField(_("invalid"), default=0)

    class Meta:
        abstract = True


class Tally(Counts):
    """How many signatures a petition had when they were last counted."""

    petition = models.OneToOneField(Petition, models.CASCADE, related_name="tally")
    counted_at = models.DateTimeField(_("counted at"))
    # By the nightly recount, from the signatures themselves.
    recounted_at = models.DateTimeField(_("counted anew at"), null=True)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.petition}: {self.received} / {self.confirmed}"


class TallyPart(Counts):
    """The part of a tally that was signed on one day, in one language, from one country, by one
    way. All parts of a petition add up to its tally."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="tally_parts")
    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=12)
    country = models.CharField(_("country"), max_length=2)
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "day", "language", "country", "source"],
                name="petitions_tallypart_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.day} {self.language} {self.country} {self.source}"


class Milestone(models.Model):
    """A round number that the shown figure of a petition has reached. Each is reached once."""

    petition = models.ForeignKey(
        Petition, models.CASCADE, related_name="milestones", verbose_name=_("petition")
    )
    figure = models.PositiveIntegerField(_("figure"))
    reached_at = models.DateTimeField(_("reached at"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["-figure"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "figure"], name="petitions_milestone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.petition}: {self.figure}"
