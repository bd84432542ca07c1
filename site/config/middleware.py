"""Headers that every answer carries, by what kind of answer it is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware

from campaigns.web import PUBLIC_CACHE
from home.views import healthz, readyz

PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)


class HealthMiddleware:
    """Answers the probes before anything asks which host or scheme they came by."""

    PROBES = {"/healthz": healthz, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = self.PROBES.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


class LanguageMiddleware(LocaleMiddleware):
    """Django's own; but a code that leads nowhere is not spelt again below a language.

    And what has no language does not vary with the reader's: one kept copy serves everybody.
    """

    # These say themselves in which language they are.
    EMBEDS = {"petition_embed", "petition_embed_thanks", "petition_embed_script", "oembed"}
    CODES = {"short_address", "petition_count", *EMBEDS}
    WITHOUT_LANGUAGE = {"petition_count", "robots", "sitemap", *EMBEDS}

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        match = getattr(request, "resolver_match", None)
        name = match.view_name if match else None
        if response.status_code == 404 and name in self.CODES:
            return response
        if response.status_code == 200 and name in self.WITHOUT_LANGUAGE:
            return response
        return super().process_response(request, response)


class PageHeadersMiddleware:
    """Lets caches keep published pages, and switches off what the site never uses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if self._is_published_page(request, response):
            response.headers["Cache-Control"] = PUBLIC_CACHE
        return response

    @staticmethod
    def _is_published_page(request: HttpRequest, response: HttpResponse) -> bool:
        """A page of the tree, open to all. Wagtail marks restricted ones as never cached."""
        match = getattr(request, "resolver_match", None)
        return (
            match is not None
            and match.view_name == "wagtail_serve"
            and request.method in {"GET", "HEAD"}
            and response.status_code == 200
            and not response.has_header("Cache-Control")
            and not response.cookies
        )
