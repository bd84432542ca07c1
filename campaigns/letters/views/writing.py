"""The desk to write at: whom to, in which language, in whose words, by which way.

The page is the same for everybody and keeps nothing. Without scripts, somebody's own words come
here once to get their links, are shown again in the page, and are not kept.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from campaigns.localized import language_name, words_in
from campaigns.source_codes import source_in
from campaigns.web import cacheable, personal, public_form

from ..act_forms import ActForm
from ..channels import ways
from ..desk import Desk, desk, words_of
from ..figures import letters_declared
from ..links import action_of, code_of_action
from ..models import UrgentAction
from ..models.urgent_actions import end_of_day
from ..writing_forms import ChoosingForm, WritingForm, ways_to_sign


def public_action_or_404(code: str) -> UrgentAction:
    """The action behind a code, if it has been issued and its case may be shown."""
    action = action_of(code)
    if (
        action is None
        or getattr(action, "issue_id", None) is None
        or not action.case.is_public(at=timezone.now())
    ):
        raise Http404("No such action.")
    return action


def desk_or_none(action: UrgentAction) -> Desk | None:
    """The desk in the language of this request; None where nobody may write (any more)."""
    language = get_language() or settings.LANGUAGE_CODE
    return desk(action, now=timezone.now(), language=language)


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """The page to write on. A POST shows it again, with links made of what was typed."""
    action = public_action_or_404(code)
    found = desk_or_none(action)
    if found is None:
        return closed(request, action)
    if request.method != "POST":
        return _page(request, found)
    form = WritingForm(request.POST, desk=found)
    return answer(request, found, form, status=200 if form.is_valid() else 422)


@personal
def answer(request: HttpRequest, desk: Desk, form: WritingForm, *, status: int) -> HttpResponse:
    """The page with what somebody typed in it, and, where it is valid, with its links."""
    return _page(request, desk, form, status=status)


def closed(request: HttpRequest, action: UrgentAction) -> HttpResponse:
    """No more letters: where to read what has become of it."""
    context = {"case": action.case, "code": code_of_action(action.number, action.year)}
    return render(request, "campaigns/letters/closed.html", context, status=410)


def _page(
    request: HttpRequest, desk: Desk, form: WritingForm | None = None, *, status: int = 200
) -> HttpResponse:
    given = request.POST if form else request.GET
    choosing = ChoosingForm(given, desk=desk)
    source = source_in(given)
    addressee = choosing.addressee
    letter = choosing.letter(now=timezone.now())
    if form is None:
        form = WritingForm(
            None,
            desk=desk,
            initial={
                "subject": letter.subject,
                "salutation": letter.salutation,
                "body": letter.body,
                "closing": letter.closing,
                "signs": ways_to_sign(desk)[0],
            },
        )
    elif form.is_bound and form.is_valid():
        letter = form.written().letter
    context: dict[str, Any] = {
        "desk": desk,
        "case": desk.case,
        "deadline": desk.deadline,
        "until": end_of_day(desk.deadline.act_before).isoformat()
        if desk.deadline.act_before
        else "",
        "choosing": choosing,
        "start": choosing.begins_with,
        "addressee": addressee,
        "form": form,
        "letter": letter,
        "is_foreign": letter.language != desk.language,
        "has_model": desk.model_letter(addressee, letter.language) is not None,
        "translation": _translation(desk, choosing),
        "rules": desk.rules,
        "rules_note": words_in(desk.rules.note, desk.language) if desk.rules else None,
        "language_name": language_name(letter.language, desk.language),
        "suspension_words": words_in(addressee.suspension.words, desk.language)
        if addressee.suspension
        else None,
        "ways": ways(addressee, letter, desk=desk),
        "source": source,
        "act_form": ActForm(
            issue=desk.issue,
            chosen={"to": addressee.key, "in": letter.language, "source": source},
        ),
        "letters": letters_declared(desk.action),
        "opened_at": reverse("letters:opened", args=[desk.code]),
    }
    return render(request, "campaigns/letters/write.html", context, status=status)


def _translation(desk: Desk, choosing: ChoosingForm) -> str:
    """The model letter in the reader's language, to read beside one in another; "" without."""
    if choosing.language == desk.language:
        return ""
    model = desk.model_letter(choosing.addressee, desk.language)
    return words_of(desk, model, model.text) if model is not None else ""
