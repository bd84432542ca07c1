"""“I sent it”: one press, no account. And which way to write was opened, of nobody."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.clients import client_key
from campaigns.localized import label_in
from campaigns.supporters import client_limits
from campaigns.supporters.models import Supporter
from campaigns.supporters.names import masked_names
from campaigns.supporters.recognition import recognised
from campaigns.web import COUNT_CACHE, cacheable, personal, public_form

from .. import acting
from ..act_forms import ActForm, Said, what_is_chosen
from ..desk import EMBASSY, Addressee, desk
from ..figures import letters_declared
from ..links import action_of, code_of_action
from ..models import Channel, LetterAct, UrgentAction, UrgentActionIssue
from .writing import public_action_or_404


def reader_language() -> str:
    """The language of this request."""
    return get_language() or settings.LANGUAGE_CODE


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """The page with one button, as a printed code leads to it; and where the button leads."""
    issue = asked_or_404(public_action_or_404(code))
    if request.method != "POST":
        form = ActForm(issue=issue, chosen=what_is_chosen(request.GET, issue))
        return _sent_page(request, issue, form)
    form = ActForm(request.POST, issue=issue)
    form.is_valid()
    now = timezone.now()
    # One transaction with the count, where that is in the database: one wait for the disk.
    with transaction.atomic():
        if not client_limits.LETTER.allows(request, now=now):
            client_limits.ask_to_wait(form)
            return client_limits.later(personal(_sent_page)(request, issue, form))
        act = _declare(request, issue, form.said(), recognised(request))
    return to_thanks(act)


def asked_or_404(action: UrgentAction) -> UrgentActionIssue:
    """The issue that what is said counts for."""
    issue = acting.asking_issue(action)
    if issue is None:
        raise Http404("Nobody was ever asked to write.")
    return issue


def _declare(
    request: HttpRequest, issue: UrgentActionIssue, said: Said, supporter: Supporter | None
) -> LetterAct:
    now = timezone.now()
    what: dict[str, Any] = {
        "issue": issue,
        "office_id": said.office.pk if said.office else None,
        "channel": said.channel,
    }
    earlier = ""
    if supporter is not None:
        press = acting.press_of_supporter(supporter_id=supporter.pk, **what, now=now)
    elif said.press is not None:
        press = acting.press_of_form(given=said.press, **what)
    else:
        press, earlier = acting.presses_of_client(
            client=client_key(request),
            agent=request.headers.get("User-Agent", ""),
            **what,
            now=now,
        )
    return acting.declare_letter(
        issue=issue,
        office=said.office,
        channel=said.channel,
        language=said.language,
        page_language=reader_language(),
        via=said.via,
        supporter=supporter,
        source=said.source,
        press=press,
        earlier_press=earlier,
        now=now,
    )


def _sent_page(request: HttpRequest, issue: UrgentActionIssue, form: ActForm) -> HttpResponse:
    action = issue.urgent_action
    context = {
        "action": action,
        "case": action.case,
        "code": code_of_action(action.number, action.year),
        "act_form": form,
        "is_late": acting.is_too_late(issue, now=timezone.now()),
        "letters": letters_declared(action),
    }
    return render(request, "campaigns/letters/sent.html", context)


def to_thanks(act: LetterAct) -> HttpResponse:
    """To the page about one act."""
    action = act.issue.urgent_action
    code = code_of_action(action.number, action.year)
    return HttpResponseRedirect(reverse("letters:thanks", args=[code, act.pk]), status=303)


def act_or_404(code: str, key: UUID) -> LetterAct:
    """An act of the action with that code, which may be shown."""
    action = public_action_or_404(code)
    acts = LetterAct.objects.select_related("issue", "office", "supporter")
    act = get_object_or_404(acts, pk=key, issue__urgent_action=action)
    act.issue.urgent_action = action
    return act


@personal
@require_safe
def thanks(request: HttpRequest, code: str, act: UUID) -> HttpResponse:
    """What was declared, how to take it back, and whom to write to next."""
    found = act_or_404(code, act)
    action = found.issue.urgent_action
    now = timezone.now()
    known = recognised(request)
    is_theirs = known is not None and known.pk == found.supporter_id
    context = {
        "act": found,
        "action": action,
        "case": action.case,
        "code": code,
        "addressee_words": label_in(found.office.title) if found.office else "",
        "channel": "" if found.channel == Channel.UNSAID else found.get_channel_display(),
        "known_as": masked_names(known) or "···" if known is not None and is_theirs else "",
        "can_undo": found.undone_at is None and now < found.declared_at + acting.UNDO_LIFETIME,
        "letters": letters_declared(action),
        "next": _next_addressee(found),
        "short_address": f"{settings.BASE_URL.partition('://')[2]}/{code}",
    }
    return render(request, "campaigns/letters/thanks.html", context)


def _next_addressee(act: LetterAct) -> Addressee | None:
    """Somebody of the same action to whom they have not written; None where nobody is left.

    Of nobody we know one act alone: then it is who comes after that one.
    """
    found = desk(act.issue.urgent_action, now=timezone.now(), language=reader_language())
    if found is None:
        return None
    keys = [each.key for each in found.addressees]
    if act.supporter_id is None:
        written = act.office_id and str(act.office_id)
        place = keys.index(written) + 1 if written in keys else len(keys)
        left = keys[place:]
    else:
        acts = LetterAct.objects.standing().filter(
            supporter=act.supporter_id, issue__urgent_action=act.issue.urgent_action
        )
        offices = acts.values_list("office", flat=True)
        done = {str(office) if office else EMBASSY for office in offices}
        left = [key for key in keys if key not in done]
    return found.addressee(left[0]) if left else None


@public_form
@personal
@require_POST
def undo(request: HttpRequest, code: str, act: UUID) -> HttpResponse:
    """Take it back. The address of the act is its writer's alone."""
    found = act_or_404(code, act)
    acting.undo_letter(act=found, now=timezone.now())
    return to_thanks(found)


@public_form
@personal
@require_POST
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """A script says that a way to write was opened. Whatever it says, it learns nothing."""
    action = action_of(code)
    now = timezone.now()
    issue = acting.asking_issue(action) if action and action.case.is_public(at=now) else None
    if issue is not None and not acting.is_too_late(issue, now=now):
        form = ActForm(request.POST, issue=issue)
        form.is_valid()
        said = form.said()
        if said.channel != Channel.UNSAID and client_limits.OPENING.allows(request, now=now):
            acting.note_opening(
                issue=issue,
                office=said.office,
                channel=said.channel,
                language=said.language,
                page_language=reader_language(),
                now=now,
            )
    return HttpResponse(status=204)


@cacheable(COUNT_CACHE)
@require_safe
def count_fragment(request: HttpRequest, code: str) -> HttpResponse:
    """The figure in words, a piece of a page; with `?number` the figure alone, for scripts."""
    action = public_action_or_404(code)
    letters = letters_declared(action)
    if "number" in request.GET:
        return JsonResponse({"count": letters})
    context = {"letters": letters, "code": code}
    response = render(request, "components/letters_count.html", context)
    response.headers["X-Robots-Tag"] = "noindex"  # No page for somebody who searches.
    return response
