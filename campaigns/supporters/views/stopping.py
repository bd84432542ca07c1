"""Stopping mails, from a link in each of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from campaigns.web import cacheable

from .. import links, services
from ..mailed_links import MailedLinkDoor, MailedLinkPage
from ..models import Consent, Subscription


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
            services.end_subscription(
                subscription=_subscription(payload),
                method=Consent.Method.ONE_CLICK,
                now=timezone.now(),
            )
        except links.UnusableLink as reason:
            return self.unusable(request, reason)
        return render(request, "campaigns/supporters/unsubscribed.html")
