"""Signatures that do not count: by written conditions, counted first, and reversible."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .petitions import Petition


class Invalidation(models.Model):
    """A set of signatures, described by conditions, that somebody found not to be people's.

    First counted, then applied, perhaps reversed; never edited and never deleted.
    """

    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="invalidations", verbose_name=_("petition")
    )
    # `campaigns.petitions.services.invalidating.Conditions`, as JSON: codes, hashes and moments.
    conditions = models.JSONField(_("conditions"))
    reason = models.CharField(_("reason"), max_length=500)
    counted = models.PositiveIntegerField(_("counted"))
    # Later signatures are not meant, whatever they look like.
    counted_at = models.DateTimeField(_("counted at"))
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied at"), null=True)
    reversed_at = models.DateTimeField(_("reversed at"), null=True)

    class Meta:
        verbose_name = _("invalidation")
        verbose_name_plural = _("invalidations")
        ordering = ["-counted_at"]

    def __str__(self) -> str:
        return f"{self.petition} {timezone.localtime(self.counted_at):%Y-%m-%d %H:%M}"
