"""No person in the logs: canaries go in, and none comes out."""

import logging
import sys

import pytest

from campaigns.petitions.links import CONFIRM_SIGNATURE
from campaigns.supporters.links import UNSUBSCRIBE
from config.redaction import RedactingFormatter, redact

ADDRESSES = [
    "canary@example.org",
    "Canary+ua@Example.ORG",
    "canary.o'neill@sub.example.org",
    "canary@münchen.example",
    "用户@例子.广告",
    "canary%40example.org",
]
PLACES = [
    "{}",
    "to {}.",
    "<{}>",
    "Mila <{}>, Joris",
    '"{}"',
    "'{}'",
    "mailto:{}",
    "email={}&next=1",
    "/fr/search/?q={}",
    '{{"to": ["{}"]}}',
    "https://example.org/?email={}",
    "key (email_canonical)=({}) already exists.",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_blacked_out_wherever_it_stands(address, place):
    redacted = redact(place.format(address))
    assert "canary" not in redacted.lower()
    assert "用户" not in redacted
    assert "[address]" in redacted


@pytest.mark.parametrize(
    "quote", [str, lambda token: token.replace(":", "%3A")], ids=["plain", "quoted"]
)
@pytest.mark.parametrize(
    "purpose", [CONFIRM_SIGNATURE, UNSUBSCRIBE], ids=lambda purpose: purpose.name
)
def test_a_token_is_blacked_out_in_every_line_that_may_hold_a_link(purpose, quote):
    token = purpose.token({"signature": "0b2b7d0e-3a6c-4a8e-9a3b-1c2d3e4f5a6b"})
    quoted = quote(token)
    for line in (
        f"GET /fr/confirm-signature/{quoted}/ HTTP/1.1",
        f"Gone: /fr/confirm-signature/{quoted}/",
        f"Set-Cookie: link-abc={quoted}; Path=/",
        f'href="http://localhost/fr/stop-mails/{quoted}/"',
    ):
        redacted = redact(line)
        assert quoted not in redacted
        assert token.split(":")[-1] not in redacted
        assert "[token]" in redacted


@pytest.mark.parametrize(
    "line",
    [
        "GET /fr/petitions/free-ana/sign/ 303",
        "Message 0b2b7d0e-3a6c-4a8e-9a3b-1c2d3e4f5a6b was refused: provider answered 400",
        "2026-11-20 15:28:36,123 campaigns.outbox.services: swept 12",
        "provider answered 503",
    ],
)
def test_what_is_nobodys_stays_readable(line):
    assert redact(line) == line


@pytest.mark.parametrize("letter", ["a", "a.", "a:", "a%40", "@", "a@", "a%3A", "-"])
def test_a_long_line_is_read_once(letter):
    """Not once per letter: whoever asks for a long address must not keep the server busy."""
    line = letter * 100_000
    assert len(redact(line)) <= len(line) * 10


def test_arguments_and_tracebacks_are_covered_too():
    formatter = RedactingFormatter("{levelname} {message}", style="{")
    error = ValueError("no such mailbox: {}".format("canary@example.org"))
    try:
        raise error
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "for %s", ("canary@example.org",), sys.exc_info()
        )
    line = formatter.format(record)
    assert "canary" not in line
    assert line.count("[address]") == 2
    assert "ValueError" in line


def test_every_handler_of_the_site_redacts(settings):
    formatters = settings.LOGGING["formatters"]
    for handler in settings.LOGGING["handlers"].values():
        assert formatters[handler["formatter"]]["()"] == "config.redaction.RedactingFormatter"
