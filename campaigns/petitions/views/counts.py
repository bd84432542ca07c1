"""The figure alone, for whoever keeps it fresh."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.web import COUNT_CACHE, cacheable, open_to_scripts

from .. import selectors
from .signing import petition_or_404


@open_to_scripts
@cacheable(COUNT_CACHE)
@require_safe
def count(request: HttpRequest, reference: str) -> JsonResponse:
    """The figure alone, for pages that keep theirs fresh: `{"count": n, "goal": n}`.

    `count` is null where the petition shows no figure yet.
    """
    progress = selectors.progress(petition_or_404(reference))
    return JsonResponse(
        {
            "petition": progress.reference,
            "count": None if progress.is_hidden else progress.count,
            "goal": progress.goal,
            "percent": 0 if progress.is_hidden else progress.percent,
        }
    )


@cacheable(COUNT_CACHE)
@require_safe
def count_fragment(request: HttpRequest, reference: str) -> HttpResponse:
    """The same in words and with its bar, in a language: a piece of a page, empty while hidden."""
    petition = petition_or_404(reference)
    context = {
        "progress": selectors.progress(petition),
        "is_open": petition.is_open(at=timezone.now()),
    }
    response = render(request, "components/progress.html", context)
    response.headers["X-Robots-Tag"] = "noindex"  # No page for somebody who searches.
    return response
