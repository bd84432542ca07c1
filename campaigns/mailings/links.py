"""Links in mailings: short, signed for one purpose, one reader and one mailing.

A hundred thousand of them are made in a minute, so that they are a keyed hash over three numbers
and no more. Behind each stands a page that another app has: the door here reads the short token
and passes on to that page, which shows what will happen and has the one button.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaigns.letters.links import TELL_US
from campaigns.petitions.links import SIGN_MARATHON, SIGN_ONE
from campaigns.supporters import links as supporters
from campaigns.supporters.links import LinkPayload, LinkPurpose, UnusableLink
from campaigns.supporters.models import Subscription

from . import words
from .models import Mailing

MAC_BYTES = 15
# Keeps these apart from all else that is signed with the same secret (at most 16 bytes).
PURPOSE = b"mailings.links"


@dataclass(frozen=True)
class Door:
    """One purpose: the pages that stand behind it, and what they need to know.

    `opens(mailing, supporter_id)` gives the purpose and the payload of the page. Raises
    UnusableLink where there is nothing to open any more.
    """

    code: str
    placeholder: str
    opens: Callable[[Mailing, int], tuple[LinkPurpose, LinkPayload]]
    # Goes with the action that the mail was about.
    is_revoked_with_action: bool = False


def _of_supporter(
    purpose: LinkPurpose,
) -> Callable[[Mailing, int], tuple[LinkPurpose, LinkPayload]]:
    return lambda _mailing, supporter_id: (purpose, {"supporter": supporter_id})


def _stop(mailing: Mailing, supporter_id: int) -> tuple[LinkPurpose, LinkPayload]:
    subscription = (
        Subscription.objects.filter(supporter=supporter_id, formula=mailing.audience.formula_id)
        .values_list("pk", flat=True)
        .first()
    )
    if subscription is None:
        raise UnusableLink("stop")
    return supporters.UNSUBSCRIBE, {"subscription": subscription}


def _reader(mailing: Mailing, supporter_id: int) -> LinkPayload:
    """Who reads, of which mailing, since when."""
    sent_at = mailing.started_at or mailing.created_at
    return {"supporter": supporter_id, "source": mailing.code, "at": sent_at.timestamp()}


def _sign(mailing: Mailing, supporter_id: int) -> tuple[LinkPurpose, LinkPayload]:
    payload = _reader(mailing, supporter_id)
    if mailing.edition_id is not None:
        return SIGN_MARATHON, {**payload, "edition": mailing.edition_id}
    if mailing.petition_id is None:
        raise UnusableLink("sign")
    return SIGN_ONE, {**payload, "petition": mailing.petition_id}


def _tell_us(mailing: Mailing, supporter_id: int) -> tuple[LinkPurpose, LinkPayload]:
    if mailing.issue_id is None:
        raise UnusableLink("tell-us")
    return TELL_US, {**_reader(mailing, supporter_id), "issue": mailing.issue_id}


DOORS: Mapping[str, Door] = {
    door.code: door
    for door in (
        Door("sign", words.SIGN_LINK, _sign, is_revoked_with_action=True),
        # Not revoked: what was sent in time may be told of later, and is then kept apart.
        Door("tell-us", words.TELL_LINK, _tell_us),
        Door("stop", words.STOP_LINK, _stop),
        Door("fewer", words.FEWER_LINK, _of_supporter(supporters.FEWER_MAILS)),
        Door("pause", words.PAUSE_LINK, _of_supporter(supporters.PAUSE_MAILS)),
        Door("stop-all", words.STOP_ALL_LINK, _of_supporter(supporters.STOP_ALL)),
        Door("my-data", words.MY_DATA_LINK, _of_supporter(supporters.ASK_ACCESS)),
    )
}


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), person=PURPOSE, digest_size=32).digest()


def _mac(door: str, reference: str, supporter_id: int, *, secret: str) -> str:
    message = f"{door}|{reference}|{supporter_id}".encode()
    digest = hashlib.blake2b(message, key=_key(secret), digest_size=MAC_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def token(door: str, *, reference: str, supporter_id: int) -> str:
    """The token of one link; it holds numbers and no address."""
    mac = _mac(door, reference, supporter_id, secret=settings.SECRET_KEY)
    return f"{supporter_id:x}-{reference}-{mac}"


def read(door: str, given: str) -> tuple[str, int]:
    """The mailing's reference and the supporter's number. Raises UnusableLink."""
    number, _dash, rest = given.partition("-")
    reference, _dash, mac = rest.partition("-")
    try:
        supporter_id = int(number, 16)
    except ValueError:
        raise UnusableLink(door) from None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        expected = _mac(door, reference, supporter_id, secret=str(secret))
        if hmac.compare_digest(expected.encode(), mac.encode()):
            return reference, supporter_id
    raise UnusableLink(door)


class LinkMaker:
    """Makes one reader's links after the other, for one mailing in one language."""

    def __init__(self, mailing: Mailing, language: str, wanted: frozenset[str]) -> None:
        """`wanted` are the placeholders that the words really have."""
        self._reference = mailing.reference
        self._bases = [
            (door.code, door.placeholder, _base(door.code, language))
            for door in DOORS.values()
            if door.placeholder in wanted or door.code == "stop"
        ]

    def links(self, supporter_id: int) -> dict[str, str]:
        """By placeholder: whole addresses."""
        return {
            placeholder: base
            + token(code, reference=self._reference, supporter_id=supporter_id)
            + "/"
            for code, placeholder, base in self._bases
        }


@lru_cache(maxsize=64)
def _base(code: str, language: str) -> str:
    """The address of a door up to its token."""
    with translation.override(language):
        whole: Any = reverse("mailings:door", args=[code, "0"])
    return f"{settings.BASE_URL}{whole.removesuffix('0/')}"
