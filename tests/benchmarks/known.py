"""Presses of people whose device knows them: the generator names a supporter, we write the cookie.

Signing the cookie is work that no visitor causes; it is counted as part of the press.
"""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.supporters.recognition import COOKIE, remember_device

from .people import FIRST_SUPPORTER, HEADER


class KnownDevices:
    """Before everything else: `X-Bench-Supporter: 12` becomes the cookie of the twelfth."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.headers.get(HEADER)
        if number:
            jar = HttpResponse()
            yesterday = timezone.now() - timedelta(days=1)
            remember_device(jar, FIRST_SUPPORTER + int(number), now=yesterday)
            request.META["HTTP_COOKIE"] = f"{COOKIE}={jar.cookies[COOKIE].value}"
        return self.get_response(request)
