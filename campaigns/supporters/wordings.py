"""The sentences that people agree to, each with its version.

Change a sentence and its version together: a test compares them. The text that was on the
screen is stored with the consent (`ConsentWording`), whatever this file says later.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Consent, ConsentWording


@dataclass(frozen=True)
class Wording:
    """A sentence as shown, in one language."""

    purpose: str
    version: str
    language: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 over everything that makes it this wording."""
        key = "\x1f".join([self.purpose, self.version, self.language, self.text])
        return hashlib.sha256(key.encode()).hexdigest()


def signature_wording(language: str) -> Wording:
    """What stands above the button that signs."""
    with override(language):
        text = _(
            "By signing I ask %(organisation)s to count my signature and, once I have confirmed "
            "it, to hand over my first and last name and my country with this petition. My e-mail "
            "address is not passed on."
        ) % {"organisation": settings.ORGANISATION_NAME}
    return Wording(Consent.Purpose.SIGNATURE, "2026-11", language, text)


def subscription_wording(language: str) -> Wording:
    """What stands above the button that signs up."""
    with override(language):
        text = _(
            "I ask %(organisation)s to send me these mails. I can stop them at any time, "
            "from each mail."
        ) % {"organisation": settings.ORGANISATION_NAME}
    return Wording(Consent.Purpose.SUBSCRIPTION, "2026-11", language, text)


def keep_wording(wording: Wording, *, now: datetime) -> int:
    """The key of the stored wording; stores it when it is used for the first time."""
    row, _created = ConsentWording.objects.get_or_create(
        digest=wording.digest,
        defaults={
            "purpose": wording.purpose,
            "version": wording.version,
            "language": wording.language,
            "text": wording.text,
            "first_used_at": now,
        },
    )
    return row.pk
