"""Petitions in a frame on partner sites.

The frame asks for no cookie and sets none, so that it works where a browser blocks those of
others; it knows nobody, and fills nothing in. Its own form is sent from our page to our page, by
which `public_form` knows it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.clients import network_key
from campaigns.web import View, cacheable, public_form

from .. import selectors, services
from ..embeds import Embed, allowed_origins, embed_in
from ..forms import SignForm
from ..models import Petition
from ..stories import story_of
from .signing import Place, petition_or_404, sign_at

SCRIPT_CACHE = "public, max-age=3600"
Framed = Callable[..., HttpResponse]


def for_other_sites(response: HttpResponse) -> HttpResponse:
    """Lets pages of other sites load it, also those that isolate themselves."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def framed(view: Framed) -> View:
    """What partner sites may show in a frame, and no other: `view(request, …, embed=…)`.

    In the language of its address, whatever the browser would rather read.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        embed = embed_in(request.GET)
        with override(embed.language):
            try:
                response = view(request, *args, embed=embed, **kwargs)
            except Http404:
                response = _gone(request)
        response.headers["Content-Language"] = embed.language
        # `frame-ancestors` says who may; the older header could not name several.
        response.xframe_options_exempt = True
        response._csp_replace = {  # type: ignore[attr-defined]
            "frame-ancestors": [SELF, *allowed_origins()]
        }
        return for_other_sites(response)

    return wrapper


def _gone(request: HttpRequest) -> HttpResponse:
    """No such petition, or none that may be shown: the frame says so, and the same of both."""
    return render(request, "campaigns/petitions/embed/gone.html", status=404)


class Frame(Place):
    """A frame on a partner site."""

    form_template = "campaigns/petitions/embed/sign.html"
    closed_template = "campaigns/petitions/embed/closed.html"
    too_young_template = "campaigns/petitions/embed/too_young.html"

    def __init__(self, embed: Embed) -> None:
        self.embed = embed

    def thanks_address(self, petition: Petition) -> str:
        return self.embed.address(petition, "petition_embed_thanks")

    def blank_form(self, request: HttpRequest) -> SignForm:
        return SignForm()

    def origin(self, request: HttpRequest, form: forms.Form) -> services.Origin:
        """The partner is the source; what the form says of pages and sources is not ours."""
        return services.Origin(page_id=None, source=self.embed.source, network=network_key(request))

    def context(self, petition: Petition) -> dict[str, Any]:
        return {
            "sign_address": self.embed.address(petition),
            "story": story_of(petition, self.embed.language),
        }


@framed
@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: HttpRequest, reference: str, *, embed: Embed) -> HttpResponse:
    """The form in a frame, and where it is sent to."""
    return sign_at(request, reference, Frame(embed))


@framed
@cacheable()
@require_safe
def thanks(request: HttpRequest, reference: str, *, embed: Embed) -> HttpResponse:
    """What happens next, in the frame. The same whether the address was known or not."""
    petition = petition_or_404(reference)
    context = {
        "petition": petition,
        "progress": selectors.progress(petition),
        "is_open": petition.is_open(at=timezone.now()),
        **Frame(embed).context(petition),
    }
    return render(request, "campaigns/petitions/embed/thanks.html", context)


@cacheable(SCRIPT_CACHE)
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """What partners put into their pages: it makes the frame, and gives it its height.

    Its address stays as it is, since nobody changes it on their sites.
    """
    titles = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            titles[code] = gettext("Sign the petition")
    context = {"titles": titles, "default_language": settings.LANGUAGE_CODE}
    response = render(
        request,
        "campaigns/petitions/embed/petitions.js",
        context,
        content_type="text/javascript; charset=utf-8",
    )
    return for_other_sites(response)
