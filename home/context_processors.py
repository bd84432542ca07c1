"""The frame around every template."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .frame import SiteFrame


def site_frame(request: HttpRequest) -> dict[str, object]:
    """`frame`: menu, footer and languages; costs nothing on templates that show none of them."""
    return {"frame": SimpleLazyObject(lambda: SiteFrame(request))}
