"""What a provider's answer means. One table for all providers; research says where it is from.

An answer that never came, or made no sense, is never read as a refusal: the mails may have left.
"""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

import requests
from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.exceptions import SSLError as Urllib3SSLError

from .providers import Provider

UNSAID_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=6)


class Fate(Enum):
    """What became of one reader's mail."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """`provider_id` is the provider's name for the mail."""

    fate: Fate
    provider_id: str = ""
    why: str = ""


class TroubleKind(Enum):
    """What went wrong with a whole call."""

    BAD_CONTENT = "bad content"
    """Refused for what is in it: one bad address is enough. Nothing has left."""
    ACCOUNT = "account"
    """The provider does not know us, or has locked us out. Nothing has left."""
    QUOTA = "quota"
    """Paid or daily quota used up. Nothing has left."""
    SLOW_DOWN = "slow down"
    """Too fast. Nothing has left; `wait` says how long to be silent."""
    NOT_TAKEN = "not taken"
    """Never reached the provider, or was plainly not taken. Nothing has left."""
    UNKNOWN = "unknown"
    """It may have left, all of it or none."""


@dataclass(frozen=True)
class Trouble:
    """Why a call did not do what it should; `note` is for staff and names nobody."""

    kind: TroubleKind
    note: str
    wait: timedelta = timedelta(0)


@dataclass(frozen=True)
class Answer:
    """Outcomes of the first readers of a batch, in order; the rest was not tried, or is in
    `trouble`."""

    outcomes: Sequence[Outcome] = field(default_factory=tuple)
    trouble: Trouble | None = None


def read_error(error: Exception, provider: Provider, *, now: datetime) -> Trouble:
    """What an exception from handing over means."""
    if isinstance(error, AnymailAPIError) and error.status_code is not None:
        return read_status(error.status_code, _retry_after(error), provider, now=now)
    if isinstance(error, requests.RequestException):
        return _read_connection(error)
    if isinstance(error, smtplib.SMTPException):
        return _read_smtp(error)
    if isinstance(error, (AnymailError, ImproperlyConfigured)):
        # Raised before anything is sent: our own settings, or a feature they do not have.
        return Trouble(TroubleKind.ACCOUNT, type(error).__name__)
    if isinstance(error, (ConnectionRefusedError, TimeoutError)):
        return Trouble(TroubleKind.NOT_TAKEN, type(error).__name__)
    return Trouble(TroubleKind.UNKNOWN, type(error).__name__)


def read_status(status: int, retry_after: str, provider: Provider, *, now: datetime) -> Trouble:
    """What an HTTP status means that is no success, or is one with an unreadable answer."""
    note = f"HTTP {status}"
    if status < 300:
        return Trouble(TroubleKind.UNKNOWN, f"{note}, unreadable")
    if status in {401, 403, 404}:
        # Also what is not there: a wrong domain or address of the interface.
        return Trouble(TroubleKind.ACCOUNT, note)
    if status == 402:
        return Trouble(TroubleKind.QUOTA, note)
    if status == 429:
        return Trouble(TroubleKind.SLOW_DOWN, note, wait=_wait(retry_after, now=now))
    if status in {408, 409, 425}:
        return Trouble(TroubleKind.UNKNOWN, note)
    if 400 <= status < 500:
        return Trouble(TroubleKind.BAD_CONTENT, note)
    if provider.takes_nothing_at_5xx or (status == 503 and retry_after):
        return Trouble(TroubleKind.SLOW_DOWN, note, wait=_wait(retry_after, now=now))
    return Trouble(TroubleKind.UNKNOWN, note)


def _read_connection(error: requests.RequestException) -> Trouble:
    """Whether the request can have reached the provider."""
    note = next(
        (each.__name__ for each in type(error).__mro__ if each.__module__.startswith("requests")),
        "RequestException",
    )
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if reason is None and error.__cause__ is not None:
        cause = error.__cause__
        reason = getattr(cause.args[0] if cause.args else None, "reason", None)
    never_left = (NewConnectionError, ConnectTimeoutError, Urllib3SSLError)
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.SSLError)) or isinstance(
        reason, never_left
    ):
        return Trouble(TroubleKind.NOT_TAKEN, note)
    return Trouble(TroubleKind.UNKNOWN, note)


def _read_smtp(error: smtplib.SMTPException) -> Trouble:
    """What the mail server said of our connection or message; of a reader, see `carriers`."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Trouble(TroubleKind.UNKNOWN, name)
    code = int(getattr(error, "smtp_code", 0) or 0)
    note = f"{name} {code}" if code else name
    if isinstance(error, smtplib.SMTPAuthenticationError) or code in {530, 534, 535}:
        return Trouble(TroubleKind.ACCOUNT, note)
    if isinstance(error, smtplib.SMTPConnectError) or code in {421, 450, 451, 452, 454}:
        return Trouble(TroubleKind.SLOW_DOWN, note, wait=UNSAID_WAIT)
    if isinstance(error, smtplib.SMTPDataError) and code >= 500:
        return Trouble(TroubleKind.BAD_CONTENT, note)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Trouble(TroubleKind.ACCOUNT, note)
    return Trouble(TroubleKind.NOT_TAKEN if code else TroubleKind.UNKNOWN, note)


def _retry_after(error: AnymailAPIError) -> str:
    headers = getattr(error.response, "headers", None) or {}
    return str(headers.get("Retry-After", ""))


def _wait(retry_after: str, *, now: datetime) -> timedelta:
    """The header in either of its forms (RFC 9110, 10.2.3): seconds, or a date."""
    if retry_after.strip().isdecimal():
        return min(timedelta(seconds=int(retry_after)), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return UNSAID_WAIT
    if moment.tzinfo is None:
        return UNSAID_WAIT
    return min(max(moment - now, timedelta(0)), LONGEST_WAIT)
