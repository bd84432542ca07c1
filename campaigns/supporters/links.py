"""Links in mails: signed, for one purpose, one object, and of no use to a robot.

The link opens a door that only shows what will happen: the token moves into a short-lived cookie
and the address that remains has no token in it, nothing to leak through history or referrers.
Pressing the button on that page acts. Each purpose has its own salt: a token opens no other door.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from .details import UNCONFIRMED_LIFETIME

LinkPayload = dict[str, int | float | str]


class UnusableLink(Exception):
    """The token is forged, cut off, of another purpose, or too old."""


class WithdrawnLink(UnusableLink):
    """What the token was made for has been taken down; nothing may be said about it."""


@dataclass(frozen=True)
class LinkPurpose:
    """One kind of mailed link.

    `door` is the URL name of the view that receives the token; `lifetime` None means for ever.
    """

    name: str
    door: str
    lifetime: timedelta | None

    @property
    def _salt(self) -> str:
        return f"campaigns.mailed-link.{self.name}"

    def token(self, payload: LinkPayload) -> str:
        """A signed, readable-by-us token over ids; it holds no address and no name."""
        return signing.dumps(payload, salt=self._salt)

    def address(self, payload: LinkPayload, *, language: str) -> str:
        """The absolute link for a mail in `language`."""
        with translation.override(language):
            return settings.BASE_URL + reverse(self.door, args=[self.token(payload)])

    def read(self, token: str) -> dict[str, Any]:
        """What the token was made for. Raises UnusableLink."""
        try:
            payload = signing.loads(token, salt=self._salt, max_age=self.lifetime)
        except signing.BadSignature as error:
            raise UnusableLink(self.name) from error
        if not isinstance(payload, dict):
            raise UnusableLink(self.name)
        return payload


def digest_of(token: str) -> str:
    """A short name for the token that says nothing about it."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


ACCESS_LIFETIME = timedelta(minutes=15)
ADDRESS_CHANGE_LIFETIME = timedelta(days=1)

CONFIRM_SUBSCRIPTION = LinkPurpose(
    "confirm-subscription", "supporters:confirm_subscription", UNCONFIRMED_LIFETIME
)
OPEN_PAGE = LinkPurpose("open-own-page", "supporters:open_page", ACCESS_LIFETIME)
CONFIRM_ADDRESS = LinkPurpose(
    "confirm-address", "supporters:confirm_address", ADDRESS_CHANGE_LIFETIME
)
# People keep mails for years; stopping them has to work for as long.
UNSUBSCRIBE = LinkPurpose("unsubscribe", "supporters:unsubscribe", None)
STOP_ALL = LinkPurpose("stop-all-mails", "supporters:stop_all", None)
FEWER_MAILS = LinkPurpose("fewer-mails", "supporters:fewer_mails", None)
PAUSE_MAILS = LinkPurpose("pause-mails", "supporters:pause_mails", None)
# Opens nothing by itself: the page behind it sends a link that does, for fifteen minutes.
ASK_ACCESS = LinkPurpose("ask-access", "supporters:ask_access", None)


@dataclass(frozen=True)
class FooterLinks:
    """The ways out at the foot of each mail that somebody subscribed to."""

    fewer: str
    pause: str
    stop_all: str
    my_data: str


def footer_links(supporter_id: int, *, language: str) -> FooterLinks:
    """The links for one supporter's mails in `language`."""
    payload: LinkPayload = {"supporter": supporter_id}
    return FooterLinks(
        fewer=FEWER_MAILS.address(payload, language=language),
        pause=PAUSE_MAILS.address(payload, language=language),
        stop_all=STOP_ALL.address(payload, language=language),
        my_data=ASK_ACCESS.address(payload, language=language),
    )
