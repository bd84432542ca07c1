"""After signing, and after confirming: what happens next, and passing it on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.web import cacheable

from .. import selectors
from ..links import own_code_in
from ..models import Petition
from .sharing import share_of_petition
from .signing import petition_or_404


@cacheable()
@require_safe
def thanks(request: HttpRequest, reference: str) -> HttpResponse:
    """What happens next. The same page whether the address was known or not."""
    context = _context(request, petition_or_404(reference))
    return render(request, "campaigns/petitions/thanks.html", context)


@cacheable()
@require_safe
def confirmed(request: HttpRequest, reference: str) -> HttpResponse:
    """The signature counts; what could be done next.

    With `by=`, the code of the signer's own links: how many people have signed through them.
    """
    petition = petition_or_404(reference)
    own_code = own_code_in(request.GET)
    context = _context(request, petition)
    context["brought"] = selectors.brought_by(own_code, petition) if own_code else 0
    return render(request, "campaigns/petitions/confirmed.html", context)


def _context(request: HttpRequest, petition: Petition) -> dict[str, Any]:
    is_open = petition.is_open(at=timezone.now())
    return {
        "petition": petition,
        "progress": selectors.progress(petition),
        "is_open": is_open,
        # Whoever followed it would find the petition closed.
        "share": share_of_petition(request, petition) if is_open else None,
    }
