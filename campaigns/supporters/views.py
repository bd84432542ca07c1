"""Signing up, confirming, stopping: thin views over the services."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.web import cacheable, personal, public_form

from . import links, services
from .forms import SignUpForm
from .mailed_links import MailedLinkDoor, MailedLinkPage
from .models import Subscription
from .selectors import known_page
from .wordings import subscription_wording


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


@cacheable()
@require_safe
def unsubscribed(request: HttpRequest) -> HttpResponse:
    """No more of these mails, and no questions asked."""
    return render(request, "campaigns/supporters/unsubscribed.html")


def _subscription(payload: dict[str, Any]) -> Subscription:
    subscription = (
        Subscription.objects.select_related("formula").filter(pk=payload["subscription"]).first()
    )
    if subscription is None:
        raise links.UnusableLink("subscription")
    return subscription


class ConfirmSubscriptionPage(MailedLinkPage):
    """One button: yes, send me these mails."""

    purpose = links.CONFIRM_SUBSCRIPTION
    template_name = "campaigns/supporters/confirm_subscription.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"formulas": [row.formula for row in self._still_asked(payload)]}

    @staticmethod
    def _still_asked(payload: dict[str, Any]) -> list[Subscription]:
        """What the link asks for, without what the reader has stopped since."""
        subscriptions = [
            subscription
            for subscription in Subscription.objects.select_related("formula").filter(
                pk__in=payload["subscriptions"].split(",")
            )
            if subscription.ended_at is None
            or subscription.ended_at.timestamp() < payload["asked_at"]
        ]
        if not subscriptions:
            raise links.UnusableLink("stopped since")
        return subscriptions

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        for subscription in self._still_asked(payload):
            services.confirm_subscription(
                subscription=subscription, language=payload["language"], now=timezone.now()
            )
        return HttpResponseRedirect(reverse("supporters:subscription_confirmed"), status=303)


class UnsubscribePage(MailedLinkPage):
    """One button: no more of these mails."""

    purpose = links.UNSUBSCRIBE
    template_name = "campaigns/supporters/unsubscribe.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"formula": _subscription(payload).formula}

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        services.end_subscription(subscription=_subscription(payload), now=timezone.now())
        return HttpResponseRedirect(reverse("supporters:unsubscribed"), status=303)


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeDoor(MailedLinkDoor):
    """Also the address in the List-Unsubscribe header: a mail program posts here (RFC 8058).

    That POST comes from another site, without cookies, and must act and not redirect; the token
    is all it needs. A link that was used before, or whose subscription is gone, is answered alike.
    """

    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            payload = self.purpose.read(token)
            services.end_subscription(subscription=_subscription(payload), now=timezone.now())
        except links.UnusableLink as reason:
            return self.unusable(request, reason)
        return render(request, "campaigns/supporters/unsubscribed.html")
