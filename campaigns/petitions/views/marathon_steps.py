"""Through an edition case by case: sign or skip, with the way so far kept on the device."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.clients import network_key
from campaigns.outbox.services import NO_WAIT
from campaigns.source_codes import source_in
from campaigns.supporters import client_limits, recognition
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.views import minors
from campaigns.web import personal, public_form

from .. import marathon as marathons
from .. import services
from ..forms import SignForm
from ..marathon import Marathon, MarathonCase
from ..models import Edition
from ..press_forms import PressForm, may_press, signing_as
from ..tunnel import TypedPerson, Way, keep_way, read_way
from .marathon import closed, edition_or_404, share_of_marathon
from .signing import origin_of


@dataclass(frozen=True)
class Walk:
    """One request at one case: the edition, the case, whom the device knows, the way so far."""

    request: HttpRequest
    marathon: Marathon
    case: MarathonCase
    way: Way
    supporter: Supporter | None
    now: datetime

    @property
    def edition(self) -> Edition:
        return self.marathon.edition

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE


@public_form
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """One case: sign, skip, or look at another one. Whoever is new here types their name once."""
    edition = edition_or_404(year)
    now = timezone.now()
    if not edition.is_open(at=now):
        return closed(request, edition)
    found = marathons.marathon(edition, now=now)
    case = found.case_number(number)
    if case is None:
        raise Http404("No such case.")
    supporter = _known(request)
    way = _way(request, found, supporter)
    walk = Walk(request, found, case, way, supporter, now)
    wish = request.POST.get("do", "sign") if request.method == "POST" else "look"
    if wish == "look":
        return _show(walk)
    if wish == "skip":
        return _go_on(walk, way.with_skipped(case.petition.pk))
    if wish == "forget":
        return _stay(walk, replace(way, person=None))
    if not case.is_open:
        return _show(walk, status=410)
    return _sign(walk)


def _known(request: HttpRequest) -> Supporter | None:
    """Whom the device knows, by a name that can sign."""
    supporter = recognition.recognised(request)
    return supporter if supporter is not None and may_press(supporter) else None


def _way(request: HttpRequest, marathon: Marathon, supporter: Supporter | None) -> Way:
    """The way so far; of somebody whom the device knows, with what they signed in other ways."""
    way = read_way(request, marathon.edition.year)
    if supporter is not None:
        petitions = [case.petition for case in marathon.cases]
        way = replace(way, signed=way.signed | marathons.signed_by(supporter.pk, petitions))
    return way if way.source else replace(way, source=source_in(request.GET))


def _sign(walk: Walk) -> HttpResponse:
    """The press: of somebody known, of somebody who has typed their name here, or with the form."""
    petition = walk.case.petition
    if petition.pk in walk.way.signed:
        return _go_on(walk, walk.way)
    form = _form(walk, walk.request.POST)
    if form is not None:
        is_valid = form.is_valid()
        if minors.is_too_young(form):
            return minors.too_young(walk.request)
        if not is_valid:
            return _show(walk, form=form, status=422)
        # Of the link that led to the first case; the device carries it on to the others.
        source = walk.way.source or form.cleaned_data["source"]
        walk = replace(walk, way=replace(walk.way, source=source))
    try:
        with transaction.atomic():
            person = _sign_case(walk, form)
    except services.SupporterGone:
        return _stay(walk, replace(walk.way, person=None))
    except services.PetitionClosed:
        return _show(replace(walk, case=replace(walk.case, is_open=False)), status=410)
    return _go_on(walk, replace(walk.way.with_signed(petition.pk), person=person))


def _sign_case(walk: Walk, form: Any) -> TypedPerson | None:
    """Sign; returns what the device is to remember of whoever typed their name."""
    edition, petition, person = walk.edition, walk.case.petition, walk.way.person
    is_many, is_flood = client_limits.crowd(walk.request, now=walk.now)
    origin = (
        origin_of(walk.request, form)
        if form is not None
        else services.Origin(network=network_key(walk.request))
    )
    origin = replace(origin, source=walk.way.source or origin.source)
    wording = marathons.wording_of_several(
        [petition], walk.language, is_known=walk.supporter is not None
    )
    if walk.supporter is not None:
        services.sign_marathon_as_known(
            edition=edition,
            petitions=[petition],
            supporter=walk.supporter,
            country=form.country_to_sign,
            method=Consent.Method.DEVICE,
            language=walk.language,
            wording=wording,
            origin=origin,
            passes_on_name=form.passes_on_name,
            now=walk.now,
        )
        return person
    mail_waits = client_limits.MAIL_WAITS if is_flood else NO_WAIT
    if person is not None:
        services.sign_further_petition(
            edition=edition,
            petition=petition,
            supporter_id=person.supporter_id,
            request=person.signature_request(),
            language=walk.language,
            wording=wording,
            origin=origin,
            is_held=is_many,
            mail_waits=mail_waits,
            now=walk.now,
        )
        return person
    request = form.signature_request()
    supporter_id, _signed = services.sign_petitions(
        edition=edition,
        petitions=[petition],
        request=request,
        language=walk.language,
        wording=wording,
        origin=origin,
        is_held=is_many or form.looks_automatic(now=walk.now),
        mail_waits=mail_waits,
        now=walk.now,
    )
    return TypedPerson(
        supporter_id=supporter_id,
        given_name=request.person.given_name,
        family_name=request.person.family_name,
        country=request.country,
        is_minor=request.person.is_minor,
        passes_on_name=request.passes_on_name,
    )


def _form(walk: Walk, typed: Any = None) -> PressForm | SignForm | None:
    """What is left to ask before this press; None where it is nothing."""
    petition = walk.case.petition
    initial = {"source": walk.way.source}
    if walk.supporter is not None:
        return PressForm(typed, petition=petition, supporter=walk.supporter, initial=initial)
    return None if walk.way.person else SignForm(typed, initial=initial).follow(petition)


def _show(walk: Walk, *, form: Any = None, status: int = 200) -> HttpResponse:
    wording = marathons.wording_of_several(
        [walk.case.petition], walk.language, is_known=walk.supporter is not None
    )
    context = {
        "marathon": walk.marathon,
        "case": walk.case,
        "way": walk.way,
        "signing_as": _name(walk),
        "form": form or _form(walk),
        "next": walk.way.next_case(walk.marathon, after=walk.case.number),
        "wording": wording.text,
    }
    return render(walk.request, "campaigns/petitions/marathon/step.html", context, status=status)


def _name(walk: Walk) -> str:
    """Under which name the next press signs, masked; "" where it has to be typed."""
    if walk.supporter is not None:
        return signing_as(walk.supporter)
    return walk.way.person.masked_name if walk.way.person else ""


def _go_on(walk: Walk, way: Way) -> HttpResponse:
    """To the next case that is left, or to the end."""
    case = way.next_case(walk.marathon, after=walk.case.number)
    if case is None:
        return _see(walk, way, reverse("petitions:marathon_end", args=[walk.edition.year]))
    return _see(
        walk, way, reverse("petitions:marathon_step", args=[walk.edition.year, case.number])
    )


def _stay(walk: Walk, way: Way) -> HttpResponse:
    return _see(walk, way, walk.request.path)


def _see(walk: Walk, way: Way, address: str) -> HttpResponse:
    response = HttpResponseRedirect(address, status=303)
    keep_way(response, walk.edition.year, way)
    return response


@personal
@require_safe
def end(request: HttpRequest, year: int) -> HttpResponse:
    """How many were signed, those that were skipped, and what is left to do."""
    found = marathons.marathon(edition_or_404(year), now=timezone.now())
    supporter = _known(request)
    way = _way(request, found, supporter)
    context = {
        "marathon": found,
        "way": way,
        "is_known": supporter is not None,
        "share": share_of_marathon(found),
        "signed": [case for case in found.cases if case.petition.pk in way.signed],
        "left": [case for case in found.open_cases if case.petition.pk not in way.signed],
    }
    return render(request, "campaigns/petitions/marathon/end.html", context)
