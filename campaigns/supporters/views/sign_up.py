"""Signing up and confirming it: thin views over the services."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.web import cacheable, personal, public_form

from .. import links, services
from ..forms import SignUpForm
from ..mailed_links import MailedLinkPage
from ..models import SignUp, Subscription
from ..selectors import known_page
from ..services.subscriptions import subscriptions_of
from ..wordings import subscription_wording


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The sign-up form as a page of its own, and where every sign-up block posts to."""
    language = get_language() or settings.LANGUAGE_CODE
    wording = subscription_wording(language)
    if request.method != "POST":
        form = SignUpForm(initial={"language": language})
        return _sign_up_page(request, form, wording.text, status=200)
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return personal(_sign_up_page)(request, form, wording.text, status=422)
    asked = form.sign_up()
    services.request_subscriptions(
        person=asked.person,
        formulas=asked.formulas,
        language=asked.language,
        wording=wording,
        page_id=known_page(form.cleaned_data["page"]),
        now=timezone.now(),
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
        _sign_up, subscriptions = self._asked(payload)
        return {"formulas": [row.formula for row in subscriptions]}

    @staticmethod
    def _asked(payload: dict[str, Any]) -> tuple[SignUp, list[Subscription]]:
        """What the link asks for, without what the reader has stopped since."""
        sign_up = SignUp.objects.filter(pk=payload["sign_up"]).first()
        subscriptions = subscriptions_of(sign_up) if sign_up else []
        if sign_up is None or not subscriptions:
            raise links.UnusableLink("stopped since")
        return sign_up, subscriptions

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        sign_up, _subscriptions = self._asked(payload)
        services.confirm_sign_up(sign_up=sign_up, now=timezone.now())
        return HttpResponseRedirect(reverse("supporters:subscription_confirmed"), status=303)
