"""One person, one address: however it was typed."""

import unicodedata
from contextlib import suppress

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

LONGEST_ADDRESS = 254
# Google delivers a.b@ and ab@ to one mailbox.
DOTLESS_DOMAINS = {"gmail.com", "googlemail.com"}


def parse_address(typed: str) -> str:
    """The typed address, trimmed and normalised, fit to send to.

    Accepts internationalised addresses. Does not ask the network whether the domain exists.
    Raises ValidationError, worded for the person who typed it.
    """
    trimmed = typed.strip()
    if not trimmed or len(trimmed) > LONGEST_ADDRESS:
        raise ValidationError(
            _("This does not look like an e-mail address, such as name@example.org."),
            code="address",
        )
    try:
        address = validate_email(trimmed, check_deliverability=False).normalized
        if len(canonical_address(address)) > LONGEST_ADDRESS:
            raise EmailNotValidError("too long in its canonical form")
        return address
    except EmailNotValidError as error:
        raise ValidationError(
            _("This does not look like an e-mail address, such as name@example.org."),
            code="address",
        ) from error


def canonical_address(address: str) -> str:
    """The form that two spellings of one mailbox share; never sent to.

    Case, Unicode form, the part after `+` and an internationalised domain's spelling do not
    make a second person. Letters that merely look alike do: they are other mailboxes.
    """
    local, _at, domain = unicodedata.normalize("NFC", address).lower().rpartition("@")
    with suppress(idna.IDNAError):
        # IDNA 2008, as mail is sent: faß.de and fass.de are two places, with two owners.
        domain = idna.encode(domain, uts46=True).decode("ascii")
    local = local.partition("+")[0] or local
    if domain in DOTLESS_DOMAINS:
        local = local.replace(".", "") or local
        domain = "gmail.com"
    return f"{local}@{domain}"
