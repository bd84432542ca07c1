"""Signing for several cases of an edition with one press, and what comes after it."""

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.outbox.services import NO_WAIT
from campaigns.source_codes import source_in, source_query
from campaigns.supporters import client_limits, recognition
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.services import confirm_address
from campaigns.supporters.views import minors
from campaigns.web import COUNT_CACHE, cacheable, personal, public_form

from .. import marathon as marathons
from .. import services
from ..marathon_forms import KnownManyForm, SignManyForm, asks_most, many_context
from ..models import Edition
from ..press_forms import may_press, signing_as
from ..sharing import Message, Share, share_of
from .receipts import after_press
from .signing import origin_of


def edition_or_404(year: int, *, is_press: bool = False) -> Edition:
    """An edition; a press takes what the process remembers of it."""
    find = marathons.edition_to_sign if is_press else marathons.edition_of
    try:
        return find(year)
    except Edition.DoesNotExist as error:
        raise Http404("No such edition.") from error


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, year: int) -> HttpResponse:
    """The list as a page of its own, and where the list on the edition's page posts to."""
    is_press = request.method == "POST"
    edition = edition_or_404(year, is_press=is_press)
    now = timezone.now()
    if not marathons.takes_signatures(edition, now=now):
        return closed(request, edition)
    if not is_press:
        context = many_context(edition, source=source_in(request.GET), now=now)
        return render(request, "campaigns/petitions/marathon/sign.html", context)
    petitions = marathons.petitions_of(edition, now=now)
    asking = asks_most(petitions)
    form = SignManyForm(request.POST, petitions=petitions).follow(asking)
    is_valid = form.is_valid()
    if minors.is_too_young(form):
        return minors.too_young(request)
    if not is_valid:
        return personal(_sign_again)(request, edition, form)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        # One transaction with the count, where that is in the database: one wait for the disk.
        with transaction.atomic():
            is_many, is_flood = client_limits.crowd(request, now=now)
            services.sign_petitions(
                edition=edition,
                petitions=form.cleaned_data["petitions"],
                request=form.signature_request(),
                language=language,
                wording=marathons.wording_of_several(petitions, language),
                origin=origin_of(request, form),
                is_held=is_many or form.looks_automatic(now=now),
                mail_waits=client_limits.MAIL_WAITS if is_flood else NO_WAIT,
                now=now,
            )
    except services.PetitionClosed:
        return closed(request, edition)
    return _see(reverse("petitions:marathon_thanks", args=[year]))


def _sign_again(request: HttpRequest, edition: Edition, form: SignManyForm) -> HttpResponse:
    context = many_context(edition, form=form, now=timezone.now())
    return render(request, "campaigns/petitions/marathon/sign.html", context, status=422)


@public_form
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def press(request: HttpRequest, year: int) -> HttpResponse:
    """The same list for somebody whom this device knows: a masked name and one button.

    `?fragment=1` gives what takes the place of the person's fields, for the script, and an empty
    answer (204) where the device knows nobody.
    """
    edition = edition_or_404(year)
    is_fragment = "fragment" in request.GET
    supporter = recognition.recognised(request)
    if supporter is None or not may_press(supporter):
        return HttpResponse(status=204) if is_fragment else _to_form(request, year)
    if not marathons.takes_signatures(edition, now=timezone.now()):
        return closed(request, edition)
    template = "campaigns/petitions/marathon/press.html"
    if request.method == "POST":
        return sign_as(request, edition, supporter, Consent.Method.DEVICE, template)
    context = known_context(edition, supporter, source=source_in(request.GET))
    if is_fragment:
        template = "components/marathon_known.html"
    return render(request, template, context)


def _to_form(request: HttpRequest, year: int) -> HttpResponse:
    """To the form for everybody. The source goes along."""
    return _see(reverse("petitions:marathon_sign", args=[year]) + source_query(request.GET))


def known_context(
    edition: Edition,
    supporter: Supporter,
    *,
    form: KnownManyForm | None = None,
    source: str = "",
) -> dict[str, object]:
    """The list for somebody who is known, with what they have signed already marked as such."""
    now = timezone.now()
    petitions = marathons.petitions_of(edition, now=now)
    context = many_context(edition, supporter=supporter, form=form, source=source, now=now)
    signed = marathons.signed_by(supporter.pk, petitions)
    left = [case for case in context["marathon"].open_cases if case.petition.pk not in signed]
    return {**context, "signed": signed, "left": left, "signing_as": signing_as(supporter)}


def sign_as(
    request: HttpRequest,
    edition: Edition,
    supporter: Supporter,
    method: Consent.Method,
    template: str,
    *,
    source: str = "",
) -> HttpResponse:
    """The press of somebody who is known. `source` is that of a mailed link."""
    now = timezone.now()
    petitions = marathons.petitions_of(edition, now=now)
    form = KnownManyForm(request.POST, petitions=petitions, supporter=supporter)
    if not form.is_valid():
        context = known_context(edition, supporter, form=form)
        return render(request, template, context, status=422)
    language = get_language() or settings.LANGUAGE_CODE
    origin = origin_of(request, form)
    try:
        with transaction.atomic():
            client_limits.crowd(request, now=now)
            signed = services.sign_marathon_as_known(
                edition=edition,
                petitions=form.cleaned_data["petitions"],
                supporter=supporter,
                country=form.country_to_sign,
                method=method,
                language=language,
                wording=marathons.wording_of_several(petitions, language, is_known=True),
                origin=services.Origin(origin.page_id, source or origin.source, origin.network),
                passes_on_name=form.passes_on_name,
                now=now,
            )
            if method == Consent.Method.MAILED_LINK:
                confirm_address(supporter_id=supporter.pk, now=now)
    except services.PetitionClosed:
        return closed(request, edition)
    taken = [signature.petition for signature in signed]
    return after_press(supporter=supporter, petitions=taken, now=now)


@personal
def closed(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Over, not begun yet, or nothing left to sign: plain words, and nothing is stored."""
    context = {"marathon": marathons.marathon(edition, now=timezone.now())}
    return render(request, "campaigns/petitions/marathon/closed.html", context, status=410)


@cacheable()
@require_safe
def thanks(request: HttpRequest, year: int) -> HttpResponse:
    """What happens next. The same page whether the address was known or not."""
    return render(request, "campaigns/petitions/marathon/thanks.html", _after(year))


@cacheable()
@require_safe
def confirmed(request: HttpRequest, year: int) -> HttpResponse:
    """The signatures count; what could be done next."""
    return render(request, "campaigns/petitions/marathon/confirmed.html", _after(year))


def _after(year: int) -> dict[str, object]:
    found = marathons.marathon(edition_or_404(year), now=timezone.now())
    return {"marathon": found, "share": share_of_marathon(found)}


def share_of_marathon(marathon: marathons.Marathon) -> Share | None:
    """The ways to pass an edition on, while there is anything to sign."""
    if not marathon.open_cases:
        return None
    year = marathon.edition.year
    path = marathon.words.url or reverse("petitions:marathon_sign", args=[year])
    message = Message(
        title=marathon.words.title or gettext("Letter marathon %(year)s") % {"year": year},
        words=gettext(
            "People in danger need many signatures, and one press signs for all of them. Sign too:"
        ),
        address=f"{settings.BASE_URL}{path}",
    )
    return share_of(message)


@cacheable(COUNT_CACHE)
@require_safe
def count(request: HttpRequest, year: int) -> JsonResponse:
    """The total over all cases and languages, for pages that keep theirs fresh."""
    found = marathons.marathon(
        edition_or_404(year), now=timezone.now(), words=marathons.MarathonWords()
    )
    return JsonResponse({"marathon": year, "count": found.total, "goal": None, "percent": 0})


def _see(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)
