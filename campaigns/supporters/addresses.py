"""One person, one address: however it was typed."""

from disposable_email_domains import blocklist
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from campaigns.mailboxes import canonical_address

from .misspellings import likely_address

LONGEST_ADDRESS = 254


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


def refuse_disposable(address: str) -> None:
    """Raises ValidationError for an address (`parse_address`) that is thrown away after minutes.

    Aliases that forward to a lasting mailbox are none. What looks misspelt is asked about instead:
    `gmial.com` collects what was meant for others, and might still be right.
    """
    if likely_address(address):
        return
    labels = canonical_address(address).rpartition("@")[2].split(".")
    if any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1)):
        raise ValidationError(
            _(
                "This mailbox disappears soon, and our mail with it. Please type an address that"
                " you still read in a month. If you would rather not give your own, an alias"
                " that forwards to it is welcome."
            ),
            code="disposable",
        )
