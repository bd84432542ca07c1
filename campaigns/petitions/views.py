"""Signing and confirming: thin views over the services."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.outbox.services import NO_WAIT
from campaigns.supporters import client_limits
from campaigns.supporters.links import UnusableLink, WithdrawnLink
from campaigns.supporters.mailed_links import MailedLinkPage
from campaigns.supporters.selectors import known_page, page_behind
from campaigns.supporters.views import minors
from campaigns.supporters.wordings import signature_wording
from campaigns.web import COUNT_CACHE, cacheable, personal, public_form

from . import links, selectors, services
from .forms import SignForm
from .models import Petition, Signature


def _petition(reference: str) -> Petition:
    try:
        return selectors.public_petition(reference)
    except Petition.DoesNotExist as error:
        raise Http404("No such petition.") from error


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """The form as a page of its own, and where every signing block posts to."""
    petition = _petition(reference)
    language = get_language() or settings.LANGUAGE_CODE
    wording = signature_wording(language)
    now = timezone.now()
    if not petition.is_open(at=now):
        return _closed(request, petition)
    if request.method != "POST":
        return _sign_page(request, petition, SignForm(), wording.text, status=200)
    form = SignForm(request.POST)
    is_valid = form.is_valid()
    if minors.is_too_young(form):
        return minors.too_young(request)
    if not is_valid:
        return personal(_sign_page)(request, petition, form, wording.text, status=422)
    page_id = known_page(form.cleaned_data["page"])
    try:
        # One transaction with the count, where that is in the database: one wait for the disk.
        with transaction.atomic():
            is_many = not client_limits.SIGN.allows(request, now=now)
            is_flood = is_many and not client_limits.SIGN_HELD.allows(request, now=now)
            services.sign_petition(
                petition=petition,
                request=form.signature_request(),
                language=language,
                wording=wording,
                page_id=page_id,
                is_held=is_many or form.looks_automatic(now=now),
                mail_waits=client_limits.MAIL_WAITS if is_flood else NO_WAIT,
                now=now,
            )
    except services.PetitionClosed:
        return _closed(request, petition)
    return HttpResponseRedirect(reverse("petitions:thanks", args=[petition.reference]), status=303)


def _sign_page(
    request: HttpRequest, petition: Petition, form: SignForm, wording: str, *, status: int
) -> HttpResponse:
    context = {
        "petition": petition,
        "progress": selectors.progress(petition),
        "form": form,
        "wording": wording,
        # The demand stands on the page that the reader comes from.
        "came_from": page_behind(form.cleaned_data.get("page")) if form.is_bound else None,
    }
    return render(request, "campaigns/petitions/sign.html", context, status=status)


@personal
def _closed(request: HttpRequest, petition: Petition) -> HttpResponse:
    """Gone, with thanks: nothing is stored, and there is something else to do."""
    context = {"petition": petition, "progress": selectors.progress(petition)}
    return render(request, "campaigns/petitions/closed.html", context, status=410)


@cacheable()
@require_safe
def thanks(request: HttpRequest, reference: str) -> HttpResponse:
    """What happens next. The same page whether the address was known or not."""
    petition = _petition(reference)
    context = {"petition": petition, "progress": selectors.progress(petition)}
    return render(request, "campaigns/petitions/thanks.html", context)


@cacheable()
@require_safe
def confirmed(request: HttpRequest, reference: str) -> HttpResponse:
    """The signature counts; what could be done next."""
    petition = _petition(reference)
    context = {"petition": petition, "progress": selectors.progress(petition)}
    return render(request, "campaigns/petitions/confirmed.html", context)


@cacheable(COUNT_CACHE)
@require_safe
def count(request: HttpRequest, reference: str) -> JsonResponse:
    """The figure alone, for pages that keep theirs fresh: `{"count": n, "goal": n}`."""
    progress = selectors.progress(_petition(reference))
    return JsonResponse(
        {"petition": progress.reference, "count": progress.count, "goal": progress.goal}
    )


def _signature(payload: dict[str, Any]) -> Signature:
    signature = (
        Signature.objects.select_related("petition__case").filter(pk=payload["signature"]).first()
    )
    if signature is None or signature.supporter_id is None:
        raise UnusableLink("signature")
    if not signature.petition.case.is_public():
        raise WithdrawnLink("signature")
    return signature


class ConfirmSignaturePage(MailedLinkPage):
    """One button: yes, that was me. What the same mailbox signed besides can be ticked."""

    purpose = links.CONFIRM_SIGNATURE
    template_name = "campaigns/petitions/confirm_signature.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        signature = _signature(payload)
        return {
            "petition": signature.petition,
            "signed_as": selectors.signed_as(signature),
            "waiting": [
                (str(each.pk), each.petition.case.name, selectors.signed_as(each))
                for each in selectors.waiting_besides(signature, now=timezone.now())
            ],
        }

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        signature = _signature(payload)
        now = timezone.now()
        ticked = set(request.POST.getlist("also"))
        waiting = selectors.waiting_besides(signature, now=now) if ticked else []
        services.confirm_signatures(
            signatures=[signature, *(each for each in waiting if str(each.pk) in ticked)], now=now
        )
        return HttpResponseRedirect(
            reverse("petitions:confirmed", args=[signature.petition.reference]), status=303
        )
