"""Writing to a person in danger, in one edition of the letter marathon."""

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.localized import words_in
from campaigns.outbox.services import NO_WAIT
from campaigns.supporters import client_limits
from campaigns.supporters.models import Consent
from campaigns.supporters.names import masked_names
from campaigns.supporters.recognition import recognised
from campaigns.supporters.selectors import known_page
from campaigns.supporters.views import minors
from campaigns.supporters.wordings import message_wording
from campaigns.web import cacheable, personal, public_form

from .. import services, solidarity
from ..message_forms import MessageForm, NewMessageForm
from ..models import EditionPetition
from ..solidarity import Recipient

WHOLE_PAGE = "campaigns/petitions/message.html"
FORM_ALONE = "components/message_form.html"


def recipient_or_404(year: int, reference: str, *, is_press: bool = False) -> Recipient:
    """A case of an edition; a press takes what the process remembers of it."""
    find = solidarity.recipient_to_write_to if is_press else solidarity.recipient
    try:
        return find((year, reference))
    except EditionPetition.DoesNotExist as error:
        raise Http404("No such case in this edition.") from error


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, year: int, reference: str) -> HttpResponse:
    """The form for everybody, with the rules of the case."""
    is_press = request.method == "POST"
    recipient = recipient_or_404(year, reference, is_press=is_press)
    now = timezone.now()
    if not recipient.takes_messages(at=now):
        return closed(request, recipient)
    if not is_press:
        form = NewMessageForm(wants_initials=recipient.wants_initials)
        return _page(request, recipient, form, status=200)
    form = NewMessageForm(request.POST, wants_initials=recipient.wants_initials)
    is_valid = form.is_valid()
    if minors.is_too_young(form):
        return minors.too_young(request)
    if not is_valid:
        return personal(_page)(request, recipient, form, status=422)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        # One transaction with the count, where that is in the database: one wait for the disk.
        with transaction.atomic():
            is_one_of_many = not client_limits.MESSAGE.allows(request, now=now)
            must_wait = is_one_of_many or form.looks_automatic(now=now)
            services.write_message(
                recipient=recipient,
                person=form.person(),
                words=form.words(),
                language=language,
                wording=message_wording(language),
                page_id=known_page(form.cleaned_data["page"]),
                mail_waits=client_limits.MAIL_WAITS if must_wait else NO_WAIT,
                now=now,
            )
    except services.MessagesClosed:
        return closed(request, recipient)
    return HttpResponseRedirect(
        reverse("petitions:message_thanks", args=[year, reference]), status=303
    )


@public_form
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def press(request: HttpRequest, year: int, reference: str) -> HttpResponse:
    """The form for a device that knows somebody: the message, and the name below it.

    `?fragment=1` gives the form alone, for the script that puts it in place of the long one, and
    an empty answer (204) where nobody is known.
    """
    is_press = request.method == "POST"
    is_fragment = "fragment" in request.GET
    recipient = recipient_or_404(year, reference, is_press=is_press)
    now = timezone.now()
    if not recipient.takes_messages(at=now):
        return closed(request, recipient)
    supporter = recognised(request)
    if supporter is None:
        return HttpResponse(status=204) if is_fragment else _to_form(request, year, reference)
    known_as = masked_names(supporter) or "···"
    if not is_press:
        form = MessageForm(wants_initials=recipient.wants_initials)
        template = FORM_ALONE if is_fragment else WHOLE_PAGE
        return _page(request, recipient, form, status=200, known_as=known_as, template=template)
    form = MessageForm(request.POST, wants_initials=recipient.wants_initials)
    if not form.is_valid():
        return _page(request, recipient, form, status=422, known_as=known_as)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        services.write_message_as_known(
            recipient=recipient,
            supporter=supporter,
            words=form.words(),
            method=Consent.Method.DEVICE,
            language=language,
            wording=message_wording(language),
            page_id=known_page(form.cleaned_data["page"]),
            now=now,
        )
    except services.MessagesClosed:
        return closed(request, recipient)
    return HttpResponseRedirect(
        reverse("petitions:message_written", args=[year, reference]), status=303
    )


def _to_form(request: HttpRequest, year: int, reference: str) -> HttpResponse:
    """To the form for everybody, which needs to know nobody."""
    address = reverse("petitions:message", args=[year, reference])
    return HttpResponseRedirect(address, status=303 if request.method == "POST" else 302)


def _page(
    request: HttpRequest,
    recipient: Recipient,
    form: MessageForm,
    *,
    status: int,
    known_as: str = "",
    template: str = WHOLE_PAGE,
) -> HttpResponse:
    rules = recipient.rules
    context = {
        "recipient": recipient,
        "case": recipient.case,
        "rules": rules,
        "rules_note": words_in(rules.note) if rules else None,
        "form": form,
        "wording": message_wording(get_language() or settings.LANGUAGE_CODE).text,
        "known_as": known_as,
    }
    return render(request, template, context, status=status)


@personal
def closed(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """Nobody may write to this person now, or ever; nothing of what was typed has been kept."""
    context = {"recipient": recipient, "case": recipient.case}
    return render(request, "campaigns/petitions/message_closed.html", context, status=410)


@cacheable()
@require_safe
def thanks(request: HttpRequest, year: int, reference: str) -> HttpResponse:
    """What happens next. The same page whether the address was known or not."""
    return _after(request, year, reference, is_confirmed=False)


@cacheable()
@require_safe
def written(request: HttpRequest, year: int, reference: str) -> HttpResponse:
    """The same where nothing has to be confirmed."""
    return _after(request, year, reference, is_confirmed=True)


def _after(request: HttpRequest, year: int, reference: str, *, is_confirmed: bool) -> HttpResponse:
    recipient = recipient_or_404(year, reference)
    others = [
        other
        for other in solidarity.recipients_of(recipient.edition, at=timezone.now())
        if other.case.pk != recipient.case.pk
    ]
    context = {"case": recipient.case, "others": others, "is_confirmed": is_confirmed}
    return render(request, "campaigns/petitions/message_thanks.html", context)
