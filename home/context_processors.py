"""The frame around every template."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .frame import SiteFrame


def site_frame(request: HttpRequest) -> dict[str, object]:
    """`frame`: menu, footer and languages; costs nothing on templates that show none of them."""
    return {
        "frame": SimpleLazyObject(lambda: SiteFrame(request)),
        "organisation_name": settings.ORGANISATION_NAME,
        "base_url": settings.BASE_URL,
    }
