"""Devices that know somebody: a signed cookie, set once a mailed link has been used on them.

It holds a number and a moment, no address and no name. Pages are the same for everybody and never
read it; only what a script or a reader asks for afterwards does, and the presses themselves.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import Supporter

COOKIE = "device"
# Readable by our script, so that only devices that know somebody ask who it is. Says no more.
HINT = "known"
LIFETIME = timedelta(days=180)
_SALT = "campaigns.recognised-device"


def remember_device(response: HttpResponse, supporter_id: int, *, now: datetime) -> None:
    """Let this device act for the supporter with one press, for LIFETIME."""
    token = signing.dumps({"supporter": supporter_id, "at": now.timestamp()}, salt=_SALT)
    for name, value, is_hidden in ((COOKIE, token, True), (HINT, "1", False)):
        response.set_cookie(
            name,
            value,
            max_age=LIFETIME,
            secure=settings.BASE_URL.startswith("https://"),
            httponly=is_hidden,
            samesite="Lax",
        )


def forget_device(response: HttpResponse) -> None:
    """This device knows nobody any more."""
    for name in (COOKIE, HINT):
        response.delete_cookie(name, samesite="Lax")


def recognised(request: HttpRequest) -> Supporter | None:
    """Whom this device knows, if anybody. One query where there is a cookie, else none."""
    if COOKIE not in request.COOKIES:
        return None
    try:
        known = signing.loads(request.COOKIES[COOKIE], salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return known_since(known["supporter"], at=known["at"])


def known_since(supporter_id: int, *, at: float) -> Supporter | None:
    """The supporter that a device or mailed link knew at a moment (Unix seconds).

    None for whoever has been erased, has never confirmed their address, or said since that it
    was not them (`Supporter.recognised_from`).
    """
    supporter = Supporter.objects.filter(pk=supporter_id, confirmed_at__isnull=False).first()
    if supporter is None:
        return None
    valid_from = supporter.recognised_from
    return supporter if valid_from is None or valid_from.timestamp() < at else None
