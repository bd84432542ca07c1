"""Signing one petition."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from campaigns.clients import network_key
from campaigns.outbox.services import NO_WAIT
from campaigns.source_codes import source_in
from campaigns.supporters import client_limits
from campaigns.supporters.selectors import known_page, page_behind
from campaigns.supporters.views import minors
from campaigns.web import cacheable, personal, public_form

from .. import selectors, services
from ..forms import SignForm
from ..models import Petition


def petition_or_404(reference: str, *, is_press: bool = False) -> Petition:
    """A petition that the public may see; a press takes what the process remembers of it."""
    find = selectors.petition_to_sign if is_press else selectors.public_petition
    try:
        return find(reference)
    except Petition.DoesNotExist as error:
        raise Http404("No such petition.") from error


class Place:
    """Where somebody signs: what answers there, and where it leads. The rules are the same."""

    form_template = "campaigns/petitions/sign.html"
    closed_template = "campaigns/petitions/closed.html"
    too_young_template = "campaigns/supporters/too_young.html"

    def thanks_address(self, petition: Petition) -> str:
        return reverse("petitions:thanks", args=[petition.reference])

    def blank_form(self, request: HttpRequest) -> SignForm:
        return SignForm(initial={"source": source_in(request.GET)})

    def origin(self, request: HttpRequest, form: forms.Form) -> services.Origin:
        return origin_of(request, form)

    def context(self, petition: Petition) -> dict[str, Any]:
        """What the templates of this place need besides the petition."""
        return {}


OWN_PAGE = Place()


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """The form as a page of its own, and where every signing block posts to."""
    return sign_at(request, reference, OWN_PAGE)


def sign_at(request: HttpRequest, reference: str, place: Place) -> HttpResponse:
    """Shows the form, or takes it: in the active language, by the same rules at every place."""
    is_press = request.method == "POST"
    petition = petition_or_404(reference, is_press=is_press)
    language = get_language() or settings.LANGUAGE_CODE
    wording = selectors.wording_of(petition, language)
    now = timezone.now()
    if not petition.is_open(at=now):
        return closed(request, petition, place)
    if not is_press:
        form = place.blank_form(request).follow(petition)
        return _sign_page(request, petition, form, wording.text, place, status=200)
    form = SignForm(request.POST).follow(petition)
    is_valid = form.is_valid()
    if minors.is_too_young(form):
        return minors.too_young(
            request, template=place.too_young_template, **place.context(petition)
        )
    if not is_valid:
        return personal(_sign_page)(request, petition, form, wording.text, place, status=422)
    try:
        # One transaction with the count, where that is in the database: one wait for the disk.
        with transaction.atomic():
            is_many, is_flood = client_limits.crowd(request, now=now)
            services.sign_petition(
                petition=petition,
                request=form.signature_request(),
                language=language,
                wording=wording,
                origin=place.origin(request, form),
                is_held=is_many or form.looks_automatic(now=now),
                mail_waits=client_limits.MAIL_WAITS if is_flood else NO_WAIT,
                now=now,
            )
    except services.PetitionClosed:
        return closed(request, petition, place)
    return HttpResponseRedirect(place.thanks_address(petition), status=303)


def origin_of(request: HttpRequest, form: forms.Form) -> services.Origin:
    """Where a valid form was sent from."""
    return services.Origin(
        page_id=known_page(form.cleaned_data.get("page")),
        source=form.cleaned_data.get("source", ""),
        network=network_key(request),
    )


def _sign_page(
    request: HttpRequest,
    petition: Petition,
    form: SignForm,
    wording: str,
    place: Place,
    *,
    status: int,
) -> HttpResponse:
    context = {
        "petition": petition,
        "progress": selectors.progress(petition),
        "policy": selectors.policy(petition, now=timezone.now()),
        "form": form,
        "wording": wording,
        # The demand stands on the page that the reader comes from.
        "came_from": page_behind(form.cleaned_data.get("page")) if form.is_bound else None,
        **place.context(petition),
    }
    return render(request, place.form_template, context, status=status)


@personal
def closed(request: HttpRequest, petition: Petition, place: Place = OWN_PAGE) -> HttpResponse:
    """Gone, with thanks: nothing is stored, and there is something else to do."""
    context = {
        "petition": petition,
        "progress": selectors.progress(petition),
        "policy": selectors.policy(petition, now=timezone.now()),
        **place.context(petition),
    }
    return render(request, place.closed_template, context, status=410)
