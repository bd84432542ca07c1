"""Passing a petition on: every way on one page, without any script of others."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.web import cacheable, personal, public_form

from .. import selectors, sharing
from ..links import own_code_in
from ..models import Petition
from ..share_forms import ServerForm
from .signing import closed, petition_or_404


def share_of_petition(request: HttpRequest, petition: Petition) -> sharing.Share:
    """The ways to pass it on, in the active language, with the code that the address carries."""
    language = get_language() or settings.LANGUAGE_CODE
    return sharing.share_links(petition, language, own_code=own_code_in(request.GET))


@cacheable()
@require_safe
def share(request: HttpRequest, reference: str) -> HttpResponse:
    """All ways at once, the words to take along, and a code for paper."""
    petition = petition_or_404(reference)
    if not petition.is_open(at=timezone.now()):
        return closed(request, petition)
    context = {
        "petition": petition,
        "progress": selectors.progress(petition),
        "share": share_of_petition(request, petition),
    }
    return render(request, "campaigns/petitions/share.html", context)


@cacheable()
@require_safe
def share_picture(request: HttpRequest, reference: str) -> HttpResponse:
    """The QR code, as a picture of ours."""
    return picture_of(share_of_petition(request, petition_or_404(reference)))


def picture_of(shared: sharing.Share) -> HttpResponse:
    """The QR code of anything that is shared."""
    picture = sharing.qr_picture(shared.picture_address)
    return HttpResponse(picture, content_type="image/svg+xml")


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def share_on_mastodon(request: HttpRequest, reference: str) -> HttpResponse:
    """Mastodon is many servers: somebody types theirs and gets a link to it."""
    petition = petition_or_404(reference)
    return mastodon_page(request, share_of_petition(request, petition))


def mastodon_page(request: HttpRequest, shared: sharing.Share) -> HttpResponse:
    """Asks for a server; answers a press with a link, and never leads away by itself."""
    if request.method != "POST":
        return _mastodon_page(request, {"share": shared, "form": ServerForm()}, status=200)
    # Pressed rather than put into the address: nobody can send a link to a page of ours that
    # shows theirs.
    form = ServerForm(request.POST)
    context = {"share": shared, "form": form}
    if not form.is_valid():
        return personal(_mastodon_page)(request, context, status=422)
    server = form.cleaned_data["server"]
    context |= {"server": server, "link": shared.message.on_mastodon(server)}
    return personal(_mastodon_page)(request, context, status=200)


def _mastodon_page(
    request: HttpRequest, context: dict[str, object], *, status: int
) -> HttpResponse:
    return render(request, "campaigns/petitions/share_on_mastodon.html", context, status=status)
