"""Signing up and confirming it: thin views over the services."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.outbox.services import NO_WAIT
from campaigns.web import cacheable, personal, public_form

from .. import client_limits, links, services
from ..forms import SignUpForm
from ..mailed_links import MailedLinkPage
from ..models import SignUp
from ..selectors import known_page
from ..selectors.formulas import offered_formula
from ..selectors.sign_ups import Wish, asked_for, contacts_in, wish_of
from ..wordings import subscription_wording
from . import minors


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The sign-up form as a page of its own, and where every sign-up block posts to.

    `?formula=<code>` makes it the page of one formula, with all that this one asks for.
    """
    language = get_language() or settings.LANGUAGE_CODE
    wording = subscription_wording(language)
    subject = offered_formula(request.GET.get("formula", ""))
    if request.method != "POST":
        form = SignUpForm(initial={"language": language}, subject=subject)
        return _sign_up_page(request, form, wording.text, status=200)
    now = timezone.now()
    form = SignUpForm(request.POST, subject=subject)
    is_valid = form.is_valid()
    if minors.is_too_young(form):
        return minors.too_young(request)
    if not is_valid or form.has_more_to_ask:
        return personal(_sign_up_page)(request, form, wording.text, status=422)
    is_many = not client_limits.SIGN_UP.allows(request, now=now)
    asked = form.sign_up()
    services.request_subscriptions(
        person=asked.person,
        formulas=asked.formulas,
        language=asked.language,
        wording=wording,
        page_id=known_page(form.cleaned_data["page"]),
        block_id=form.cleaned_data["block"],
        details=asked.details,
        is_held=form.fell_into_the_trap,
        mail_waits=client_limits.MAIL_WAITS if is_many else NO_WAIT,
        now=now,
    )
    return HttpResponseRedirect(reverse("supporters:sign_up_done"), status=303)


def _sign_up_page(
    request: HttpRequest, form: SignUpForm, wording: str, *, status: int
) -> HttpResponse:
    context = {"form": form, "wording": wording}
    return render(request, "campaigns/supporters/sign_up.html", context, status=status)


@cacheable()
@require_safe
def sign_up_done(request: HttpRequest) -> HttpResponse:
    """What happens next: a mail to confirm. The same page for everybody."""
    return render(request, "campaigns/supporters/sign_up_done.html")


@cacheable()
@require_safe
def subscription_confirmed(request: HttpRequest) -> HttpResponse:
    """Thanks; the first mail is on its way."""
    return render(request, "campaigns/supporters/subscription_confirmed.html")


class ConfirmSubscriptionPage(MailedLinkPage):
    """One button: yes, send me these mails."""

    purpose = links.CONFIRM_SUBSCRIPTION
    template_name = "campaigns/supporters/confirm_subscription.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        wishes = self._wishes(payload)
        language = get_language() or settings.LANGUAGE_CODE
        return {
            "asked": asked_for(wishes, language=language, now=timezone.now()),
            "contacts": contacts_in(wishes, language=language),
        }

    @staticmethod
    def _wishes(payload: dict[str, Any]) -> list[Wish]:
        """What the link asks for, without what the reader has stopped since."""
        keys = str(payload.get("sign_ups", "")).split(",")
        sign_ups = SignUp.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
        wishes = [wish for wish in map(wish_of, sign_ups.order_by("pk")) if wish.subscriptions]
        if not wishes:
            raise links.UnusableLink("stopped since")
        return wishes

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        sign_ups = [wish.sign_up for wish in self._wishes(payload)]
        services.confirm_sign_ups(sign_ups=sign_ups, now=timezone.now())
        return HttpResponseRedirect(reverse("supporters:subscription_confirmed"), status=303)
