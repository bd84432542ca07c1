"""Which browser has somebody's own page open: a signed cookie for that page alone."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from .models import AccessRequest
from .services.access import OPEN_FOR, AccessRefused, OpenPage, find_open_page

COOKIE = "own-page"
_SALT = "campaigns.own-page"


def remember_page(response: HttpResponse, opened: AccessRequest) -> None:
    """Let this browser look at the page for as long as it is open."""
    response.set_cookie(
        COOKIE,
        signing.dumps(opened.pk, salt=_SALT),
        max_age=OPEN_FOR,
        path=reverse("supporters:my_page"),
        secure=settings.BASE_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def forget_page(response: HttpResponse) -> None:
    """Nothing of it stays in the browser."""
    response.delete_cookie(COOKIE, path=reverse("supporters:my_page"), samesite="Lax")


def page_of(request: HttpRequest) -> OpenPage:
    """Whose page this browser has open. Raises AccessRefused."""
    try:
        request_id = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=OPEN_FOR)
    except signing.BadSignature as error:
        raise AccessRefused("no page") from error
    return find_open_page(request_id=request_id, now=timezone.now())
