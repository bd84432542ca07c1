"""The addresses that open a way to write, as templates: one table for the pages and the script.

Everything is percent-encoded (RFC 3986): what somebody types can add no header, no field and no
other address. Nothing is ever encoded as “+”, which mail programs show as it is.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from ..models import Channel

# `{to}` is known beforehand; the rest is what somebody types.
TEMPLATES: dict[str, str] = {
    Channel.MAIL_PROGRAM: "mailto:{to}?subject={subject}&body={body}",
    Channel.GMAIL: ("https://mail.google.com/mail/?view=cm&fs=1&to={to}&su={subject}&body={body}"),
    Channel.OUTLOOK: (
        "https://outlook.live.com/mail/0/deeplink/compose?to={to}&subject={subject}&body={body}"
    ),
    Channel.YAHOO: "https://compose.mail.yahoo.com/?to={to}&subject={subject}&body={body}",
    # No address of theirs takes a letter along: it opens the mailbox, and the letter is pasted.
    Channel.GMX: "https://www.gmx.net/",
    Channel.SMS: "sms:{to}?body={text}",
    Channel.X: "https://x.com/intent/post?text={text}",
    Channel.BLUESKY: "https://bsky.app/intent/compose?text={text}",
    Channel.PHONE: "tel:{to}",
}
# What a finished address may have, in characters. Mail programs cut longer ones off, or open
# empty; servers take 8 000 octets (RFC 9112, 3), of which a mail service needs a few itself.
LONGEST: dict[str, int] = {
    Channel.MAIL_PROGRAM: 2_000,
    Channel.GMAIL: 7_500,
    Channel.OUTLOOK: 7_500,
    Channel.YAHOO: 7_500,
}
# From here on some mail programs begin to fail.
LONG_FOR_A_MAIL_PROGRAM = 1_600

FIELD = re.compile(r"\{(\w+)\}")
# “+41 22 000 00 00 / 01”: the first one is called. An extension is dialled by hand.
ANOTHER_NUMBER = re.compile(r"[/,;]")
NOT_DIALLED = re.compile(r"\(0\)|[^\d+]")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with values encoded; fields without one stay, for the script to fill."""
    return FIELD.sub(
        lambda found: encoded(values[found[1]]) if found[1] in values else found[0], template
    )


def for_letters_to(channel: str, to: str) -> str:
    """The template of a channel with its addressee filled in."""
    return TEMPLATES[channel].replace(
        "{to}", addr_spec(to) if channel == Channel.MAIL_PROGRAM else encoded(to)
    )


def for_calls_to(channel: str, number: str) -> str:
    """The same for a phone number; its “+” is part of the address (RFC 3966, RFC 5724)."""
    return TEMPLATES[channel].replace("{to}", dialled(number))


def without_body(template: str) -> str:
    """The template for a letter that is too long for it."""
    return template.replace("&body={body}", "")


def encoded(text: str) -> str:
    """Text as part of an address. Half a character, which UTF-8 cannot say, becomes “?”."""
    return quote(text, safe="", errors="replace")


def addr_spec(email: str) -> str:
    """An e-mail address in a `mailto:` (RFC 6068): the @ stands as it is, all else is encoded."""
    local, _at, domain = email.rpartition("@")
    return f"{encoded(local)}@{encoded(domain)}"


def dialled(number: str) -> str:
    """A number as it is dialled, with “+” and the country where it says so."""
    first = ANOTHER_NUMBER.split(number)[0]
    try:
        parsed = phonenumbers.parse(first)
    except NumberParseException:
        digits = NOT_DIALLED.sub("", first)
        return digits[:1] + digits[1:].replace("+", "")
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
