"""The last net: names that nobody has agreed to show are taken out of whatever leaves the site.

Pages about a case follow its consents themselves. But editors also type names into titles,
stories and testimonies anywhere; when a consent is withdrawn, those words have to follow within
the minute, before anybody has found and rewritten them.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from campaigns.cases.selectors import withheld_names

STAFF_PREFIXES = ("/admin/", "/outbox/")
TEXT_TYPES = ("text/", "application/json", "application/rss+xml", "application/xml")


class ConcealmentMiddleware:
    """Conceals withheld names in text that the public reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            not response.streaming
            and not request.path_info.startswith(STAFF_PREFIXES)
            and response.headers.get("Content-Type", "").startswith(TEXT_TYPES)
            and response.content
        ):
            names = withheld_names()
            if names.patterns:
                charset = response.charset or "utf-8"
                text = response.content.decode(charset, "surrogateescape")
                response.content = names.concealed(text).encode(charset, "surrogateescape")
        return response
