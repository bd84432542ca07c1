"""One press by somebody we know: on a device that knows them, or from a mail to them."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from campaigns.source_codes import source_in
from campaigns.supporters import client_limits, recognition
from campaigns.supporters.links import WithdrawnLink
from campaigns.supporters.mailed_links import MailedLinkPage
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.selectors import page_behind
from campaigns.supporters.services import confirm_address
from campaigns.web import personal, public_form

from .. import links, selectors, services
from ..models import Petition
from ..press_forms import PressForm, may_press, press_context
from .receipts import after_press
from .signing import closed, origin_of, petition_or_404


@public_form
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def press(request: HttpRequest, reference: str) -> HttpResponse:
    """The page with one button, for a device that knows somebody; else the way to the form.

    `?fragment=1` gives the form alone, for the script that puts it in place of the long one, and
    an empty answer (204) where there is nobody to sign.
    """
    is_press = request.method == "POST"
    is_fragment = "fragment" in request.GET
    petition = petition_or_404(reference, is_press=is_press)
    now = timezone.now()
    if not petition.is_open(at=now):
        return closed(request, petition)
    supporter = recognition.recognised(request)
    if supporter is None or not may_press(supporter):
        return HttpResponse(status=204) if is_fragment else _to_form(request, petition)
    if not is_press:
        initial = {"page": request.GET.get("page", ""), "source": source_in(request.GET)}
        form = PressForm(petition=petition, supporter=supporter, initial=initial)
        return _press_page(request, petition, supporter, form, is_fragment=is_fragment)
    form = PressForm(request.POST, petition=petition, supporter=supporter)
    if not form.is_valid():
        return _press_page(request, petition, supporter, form, status=422)
    origin = origin_of(request, form)
    return sign_now(request, petition, supporter, form, Consent.Method.DEVICE, origin)


def sign_now(
    request: HttpRequest,
    petition: Petition,
    supporter: Supporter,
    form: PressForm,
    method: Consent.Method,
    origin: services.Origin,
) -> HttpResponse:
    """Sign, and lead to the receipt; the same for a further press. Or the page of a closed one."""
    now = timezone.now()
    language = get_language() or settings.LANGUAGE_CODE
    wording = selectors.wording_of(petition, language, is_known=True)
    try:
        with transaction.atomic():
            client_limits.crowd(request, now=now)
            services.sign_as_known(
                petitions=[petition],
                supporter=supporter,
                country=form.country_to_sign,
                method=method,
                language=language,
                wordings={petition.pk: wording},
                origin=origin,
                passes_on_name=form.passes_on_name,
                now=now,
            )
            if method == Consent.Method.MAILED_LINK:
                confirm_address(supporter_id=supporter.pk, now=now)
    except services.PetitionClosed:
        return closed(request, petition)
    return after_press(supporter=supporter, petitions=[petition], now=now)


def _press_page(
    request: HttpRequest,
    petition: Petition,
    supporter: Supporter,
    form: PressForm,
    *,
    is_fragment: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **press_context(petition, supporter, form),
        # "Not you?" leads back to the form for everybody.
        "next": reverse("petitions:sign", args=[petition.reference]),
    }
    if is_fragment:
        return render(request, "components/press_form.html", context, status=status)
    context["progress"] = selectors.progress(petition)
    context["came_from"] = page_behind(form["page"].value() if form.is_bound else None)
    return render(request, "campaigns/petitions/press.html", context, status=status)


def _to_form(request: HttpRequest, petition: Petition, *, source: str = "") -> HttpResponse:
    """To the form for everybody, which needs to know nobody. The source goes along."""
    source = source or source_in(request.POST) or source_in(request.GET)
    path = reverse("petitions:sign", args=[petition.reference])
    query = f"?{urlencode({'source': source})}" if source else ""
    return HttpResponseRedirect(f"{path}{query}", status=303 if request.method == "POST" else 302)


class SignOnePage(MailedLinkPage):
    """A petition from a mailing: the masked name, the words agreed to, one button.

    The link can be pressed as often as its reader likes; it ends with its petition.
    """

    purpose = links.SIGN_ONE
    template_name = "campaigns/petitions/sign_one.html"
    can_be_undone = True

    def show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        return self._sign_or_show(request, payload)

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        return self._sign_or_show(request, payload)

    def _sign_or_show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        petition = _petition_of(payload)
        source = str(payload.get("source", ""))
        if not petition.is_open(at=timezone.now()):
            return closed(request, petition)
        supporter = recognition.known_since(payload["supporter"], at=payload["at"])
        if supporter is None or not may_press(supporter):
            return _to_form(request, petition, source=source)
        if request.method != "POST":
            form = PressForm(petition=petition, supporter=supporter)
            return self._page(request, petition, supporter, form, source=source)
        form = PressForm(request.POST, petition=petition, supporter=supporter)
        if not form.is_valid():
            return self._page(request, petition, supporter, form, source=source, status=422)
        origin = services.Origin(source=source, network=origin_of(request, form).network)
        response = sign_now(request, petition, supporter, form, Consent.Method.MAILED_LINK, origin)
        recognition.remember_device(response, supporter.pk, now=timezone.now())
        return response

    def _page(
        self,
        request: HttpRequest,
        petition: Petition,
        supporter: Supporter,
        form: PressForm,
        *,
        source: str,
        status: int = 200,
    ) -> HttpResponse:
        path = reverse("petitions:sign", args=[petition.reference])
        context = {
            **press_context(petition, supporter, form),
            # Back to this page.
            "press_address": "",
            "progress": selectors.progress(petition),
            "plain_form": f"{path}?{urlencode({'source': source})}" if source else path,
        }
        return render(request, self.template_name, context, status=status)


def _petition_of(payload: dict[str, Any]) -> Petition:
    """What a mailed link is about. Raises WithdrawnLink where nothing may be said of it."""
    try:
        petition = selectors.petition(pk=payload["petition"])
    except Petition.DoesNotExist as error:
        raise WithdrawnLink("petition") from error
    if not petition.case.is_public():
        raise WithdrawnLink("petition")
    return petition
