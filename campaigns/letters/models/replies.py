"""What an authority answered, passed on by whoever got the answer."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Office
from campaigns.encryption import EncryptedTextField

from .urgent_actions import UrgentAction


class Reply(models.Model):
    """An authority's answer. Restricted: it may name people, and whoever wrote to them."""

    class State(models.TextChoices):
        NEW = "NEW", _("new")
        READ = "READ", _("read")
        PASSED_ON = "PASSED_ON", _("passed on to research")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    urgent_action = models.ForeignKey(
        UrgentAction, models.PROTECT, related_name="replies", verbose_name=_("urgent action")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", verbose_name=_("who answered")
    )
    text = EncryptedTextField(_("what it says"), blank=True)
    # The name of a private file, never served by the web server itself; "" without one.
    file = models.CharField(_("file"), max_length=80, blank=True, editable=False)
    file_type = models.CharField(max_length=40, blank=True, editable=False)
    answered_on = models.DateField(_("date of the answer"), null=True)
    # How to reach whoever passed it on, if they want to be asked.
    contact = EncryptedTextField(_("e-mail address for questions"), blank=True)
    language = models.CharField(
        _("language of the page"), max_length=12, choices=settings.LANGUAGES
    )
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("handled by"),
    )
    handled_at = models.DateTimeField(_("handled at"), null=True)
    # Of staff, for staff: what it means, who asked whom.
    note = EncryptedTextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("reply of an authority")
        verbose_name_plural = _("replies of authorities")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.urgent_action}, {self.received_at:%Y-%m-%d}"
