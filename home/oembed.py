"""oEmbed (https://oembed.com): somebody pastes an address of ours into the editor of another site,
and that site asks here for the frame to show."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import get_language_from_path, gettext, override
from django.views.decorators.http import require_safe
from wagtail.models import Page

from campaigns.petitions import selectors
from campaigns.petitions.embeds import Embed, embed_in
from campaigns.petitions.models import Petition
from campaigns.web import cacheable, open_to_scripts

from .short_addresses import page_in_best_language, pages_with_code

# In CSS pixels. The frame cannot say how tall it is where only its address is kept: this holds
# the form with a demand of some sentences, at that width; beyond it the frame scrolls.
WIDTH = 480
HEIGHT = 1200


@open_to_scripts
@cacheable()
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """`?url=…&maxwidth=…&maxheight=…&format=json`: the frame for a page with a petition."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": "Only JSON is spoken here."}, status=501)
    found = _petition_at(request, request.GET.get("url", ""))
    if found is None:
        return JsonResponse({"error": "No petition has this address."}, status=404)
    petition, embed = found
    width = min(WIDTH, _pixels(request.GET.get("maxwidth"), WIDTH))
    height = min(HEIGHT, _pixels(request.GET.get("maxheight"), HEIGHT))
    with override(embed.language):
        title = gettext("Sign for %(name)s") % {"name": petition.case.name}
        frame = {
            "address": f"{settings.BASE_URL}{embed.address(petition)}",
            "title": title,
            "width": width,
            "height": height,
        }
        answer = {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": settings.ORGANISATION_NAME,
            "provider_url": f"{settings.BASE_URL}/{embed.language}/",
            "html": render_to_string("components/embed_frame.html", frame).strip(),
            "width": width,
            "height": height,
        }
    return JsonResponse(answer)


def _pixels(typed: str | None, otherwise: int) -> int:
    """A number of pixels as asked for; whatever is none asks for nothing."""
    is_number = typed is not None and typed.isascii() and typed.isdigit() and len(typed) < 6
    return int(typed) or otherwise if is_number and typed else otherwise


def _petition_at(request: HttpRequest, url: str) -> tuple[Petition, Embed] | None:
    """The petition that an address of ours leads to, and how it is to be embedded."""
    try:
        address = urlsplit(url)
    except ValueError:
        return None
    ours = {request.get_host(), urlsplit(settings.BASE_URL).netloc}
    if address.scheme not in {"http", "https"} or address.netloc not in ours:
        return None
    path = unquote(address.path)
    language = get_language_from_path(path) or settings.LANGUAGE_CODE
    with override(language):
        try:
            match = resolve(path)
        except Resolver404:
            return None
        reference, language = _reference_at(request, match, language)
    try:
        petition = selectors.public_petition(reference)
    except Petition.DoesNotExist:
        return None
    is_frame = match.view_name == "petition_embed"
    return petition, embed_in(QueryDict(address.query)) if is_frame else Embed(language)


def _reference_at(request: HttpRequest, match: ResolverMatch, language: str) -> tuple[str, str]:
    """The reference of the petition at a resolved address ("" if none), and its language."""
    if match.view_name in {"petitions:sign", "petition_embed"}:
        return str(match.kwargs["reference"]), language
    if match.view_name == "short_address":
        code = str(match.kwargs["code"])
        if Petition.objects.filter(reference=code).exists():
            return code, language
        page = page_in_best_language(pages_with_code(code), language)
        return _reference_on(page), page.locale.language_code if page else language
    if match.view_name == "wagtail_serve":
        return _reference_on(Page.find_for_request(request, match.args[0])), language
    return "", language


def _reference_on(page: Page | None) -> str:
    """The reference of a page's own petition, if everybody may read the page."""
    page = page and page.specific
    petition = getattr(page, "petition", None)
    if page is None or petition is None or page.get_view_restrictions().exists():
        return ""
    case = page.about_case
    return petition.reference if case is None or case.is_public() else ""
