"""Passing on what an authority answered. Also after the deadline: answers come late."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.supporters import client_limits
from campaigns.web import cacheable, personal, public_form

from ..models import UrgentAction
from ..reply_forms import ReplyForm
from ..replying import offices_that_may_answer, receive_reply
from .writing import public_action_or_404


@public_form
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, code: str) -> HttpResponse:
    """The form, which carries a number of its own: one answer is kept once."""
    action = public_action_or_404(code)
    offices = offices_that_may_answer(action)
    if request.method != "POST":
        return _page(request, code, action, ReplyForm(offices=offices), status=200)
    now = timezone.now()
    if not client_limits.REPLY.allows(request, now=now):
        # Without its file, which would have to be looked at.
        form = ReplyForm(request.POST, offices=offices)
        client_limits.ask_to_wait(form)
        return client_limits.later(_page(request, code, action, form, status=429))
    form = ReplyForm(request.POST, request.FILES, offices=offices)
    if not form.is_valid():
        return _page(request, code, action, form, status=422)
    if not form.fell_into_the_trap:
        receive_reply(
            action=action,
            answer=form.answer(),
            language=get_language() or settings.LANGUAGE_CODE,
            now=now,
        )
    return HttpResponseRedirect(reverse("letters:reply_thanks", args=[code]), status=303)


def _page(
    request: HttpRequest, code: str, action: UrgentAction, form: ReplyForm, *, status: int
) -> HttpResponse:
    context = {"code": code, "action": action, "case": action.case, "form": form}
    return render(request, "campaigns/letters/reply.html", context, status=status)


@cacheable()
@require_safe
def reply_thanks(request: HttpRequest, code: str) -> HttpResponse:
    """What happens with it. Says nothing of what was passed on, nor by whom."""
    context = {"case": public_action_or_404(code).case}
    return render(request, "campaigns/letters/reply_thanks.html", context)
