"""Which mailbox an address leads to, and a name for it that nobody can read back."""

import hashlib
import hmac
import unicodedata
from contextlib import suppress
from functools import lru_cache

import idna
from django.conf import settings

# Google delivers a.b@ and ab@ to one mailbox.
DOTLESS_DOMAINS = {"gmail.com", "googlemail.com"}
KEY_LENGTH = 64


def canonical_address(address: str) -> str:
    """The form that two spellings of one mailbox share; never sent to.

    Case, Unicode form, the part after `+` and an internationalised domain's spelling do not
    make a second person. Letters that merely look alike do: they are other mailboxes.
    """
    local, _at, domain = unicodedata.normalize("NFC", address).lower().rpartition("@")
    domain = _ascii_domain(domain)
    local = local.partition("+")[0] or local
    if domain in DOTLESS_DOMAINS:
        local = local.replace(".", "") or local
        domain = "gmail.com"
    return f"{local}@{domain}"


@lru_cache(maxsize=1024)
def _ascii_domain(domain: str) -> str:
    with suppress(idna.IDNAError):
        # IDNA 2008, as mail is sent: faß.de and fass.de are two places, with two owners.
        return idna.encode(domain, uts46=True).decode("ascii")
    return domain


def mailbox_key(address: str) -> str:
    """A keyed hash (HMAC-SHA-256, 64 hexadecimal digits) of the mailbox behind `address`.

    Says whether two addresses are one mailbox without saying which. The key is MAILBOX_KEY,
    outside the database; it never changes, for nobody could hash the erased anew.
    """
    return keyed_hash("mailbox", canonical_address(address))


def keyed_hash(purpose: str, words: str) -> str:
    """A keyed hash of `words`, of no use for another purpose."""
    message = f"{purpose}\x1f{words}".encode()
    return hmac.new(settings.MAILBOX_KEY.encode(), message, hashlib.sha256).hexdigest()
