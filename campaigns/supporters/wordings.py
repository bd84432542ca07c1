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

from campaigns.memory import remembered

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


def signature_wording(
    language: str, *, passes_on_names: bool = True, is_known: bool = False, more: str = ""
) -> Wording:
    """What stands above the button that signs.

    `passes_on_names`: whether more than the number is handed over. `is_known`: there will be no
    mail to confirm. `more`: what the petition says of its handover, in that language.
    """
    organisation = {"organisation": settings.ORGANISATION_NAME}
    with override(language):
        if not passes_on_names:
            version = "2026-11 number"
            text = _(
                "By signing I ask %(organisation)s to count my signature and to hand over the"
                " number of signatures with this petition. Neither my name nor my e-mail address"
                " is passed on."
            )
        elif is_known:
            version = "2026-11 known"
            text = _(
                "By signing I ask %(organisation)s to count my signature and to hand over my first"
                " and last name and my country with this petition. My e-mail address is not passed"
                " on."
            )
        else:
            version = "2026-11"
            text = _(
                "By signing I ask %(organisation)s to count my signature and, once I have confirmed"
                " it, to hand over my first and last name and my country with this petition. My"
                " e-mail address is not passed on."
            )
    words = f"{text % organisation} {more}".strip()
    return Wording(Consent.Purpose.SIGNATURE, version, language, words)


def subscription_wording(language: str) -> Wording:
    """What stands above the button that signs up."""
    with override(language):
        text = _(
            "I ask %(organisation)s to send me these mails. I can stop them at any time, "
            "from each mail."
        ) % {"organisation": settings.ORGANISATION_NAME}
    return Wording(Consent.Purpose.SUBSCRIPTION, "2026-11", language, text)


def message_wording(language: str) -> Wording:
    """What stands above the button that sends a message of solidarity."""
    with override(language):
        text = _(
            "I ask %(organisation)s to read my message, to pass it on to the person or their"
            " family, and perhaps to show it. Only the name that I have typed stands below it, and"
            " never my address. I can take my message back at any time; what has been passed on"
            " by then stays with them."
        ) % {"organisation": settings.ORGANISATION_NAME}
    return Wording(Consent.Purpose.MESSAGE, "2026-11", language, text)


def keep_wording(wording: Wording, *, now: datetime) -> int:
    """The key of the stored wording; stores it when it is used for the first time."""
    known = _stored_wording(wording.digest)
    if known:
        return known
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


@remembered
def _stored_wording(digest: str) -> int | None:
    """The key of a stored wording. Wordings are never changed or deleted."""
    return ConsentWording.objects.filter(digest=digest).values_list("pk", flat=True).first()
