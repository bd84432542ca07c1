"""Fewer mails, a pause, none of a kind, none at all: from a link in each of them.

Whatever was pressed can be undone on the same page.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from .. import links, services
from ..mailed_links import MailedLinkDoor, MailedLinkPage
from ..models import Consent, Subscription, Supporter
from ..services import access, preferences

UNDO = "undo"


def _subscription(payload: dict[str, Any]) -> Subscription:
    subscription = (
        Subscription.objects.select_related("formula").filter(pk=payload["subscription"]).first()
    )
    if subscription is None:
        raise links.UnusableLink("subscription")
    return subscription


def supporter_of(payload: dict[str, Any]) -> Supporter:
    """Whose mail the link stood in. Raises UnusableLink where nobody is left."""
    supporter = Supporter.objects.filter(pk=payload["supporter"]).first()
    if supporter is None:
        raise links.UnusableLink("supporter")
    return supporter


class RevocablePage(MailedLinkPage):
    """One button; once it has been pressed, what was done, and a button to undo it.

    `describe` says in `is_done` which of the two it is; a press that comes too late does nothing.
    """

    can_be_undone = True

    def do(self, payload: dict[str, Any]) -> None:
        raise NotImplementedError

    def undo(self, payload: dict[str, Any]) -> None:
        raise NotImplementedError

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        is_done = self.describe(payload)["is_done"]
        wants_undo = request.POST.get("do") == UNDO
        if wants_undo and is_done:
            self.undo(payload)
        elif not wants_undo and not is_done:
            self.do(payload)
        return HttpResponseRedirect(request.path, status=303)


class UnsubscribePage(RevocablePage):
    """No more of these mails."""

    purpose = links.UNSUBSCRIBE
    template_name = "campaigns/supporters/unsubscribe.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        subscription = _subscription(payload)
        return {
            "formula": subscription.formula,
            "is_done": subscription.state == Subscription.State.ENDED,
            "can_undo": subscription.confirmed_at is not None,
        }

    def do(self, payload: dict[str, Any]) -> None:
        services.end_subscription(subscription=_subscription(payload), now=timezone.now())

    def undo(self, payload: dict[str, Any]) -> None:
        preferences.resume_subscription(subscription=_subscription(payload), now=timezone.now())


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
        except links.UnusableLink as reason:
            return self.refuse(request, reason)
        return stop_with_one_click(self, request, payload)


def stop_with_one_click(
    door: MailedLinkDoor, request: HttpRequest, payload: dict[str, Any]
) -> HttpResponse:
    """What a mail program's POST does: the mails of that formula stop, and the answer says so."""
    try:
        subscription = _subscription(payload)
    except links.UnusableLink as reason:
        return door.unusable(request, reason)
    services.end_subscription(
        subscription=subscription, method=Consent.Method.ONE_CLICK, now=timezone.now()
    )
    context = {"formula": subscription.formula, "is_done": True}
    return render(request, UnsubscribePage.template_name, context)


class StopAllPage(RevocablePage):
    """No more mails of any kind."""

    purpose = links.STOP_ALL
    template_name = "campaigns/supporters/stop_all.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"is_done": preferences.has_stopped_all(supporter=supporter_of(payload))}

    def do(self, payload: dict[str, Any]) -> None:
        preferences.stop_all_mails(
            supporter=supporter_of(payload),
            method=Consent.Method.MAILED_LINK,
            now=timezone.now(),
        )

    def undo(self, payload: dict[str, Any]) -> None:
        preferences.undo_stop_all(
            supporter=supporter_of(payload),
            method=Consent.Method.MAILED_LINK,
            now=timezone.now(),
        )


class FewerMailsPage(RevocablePage):
    """At most so many a month."""

    purpose = links.FEWER_MAILS
    template_name = "campaigns/supporters/fewer_mails.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        most = supporter_of(payload).most_mails_a_month
        return {
            "most": preferences.FEWER_A_MONTH,
            "is_done": most is not None and most <= preferences.FEWER_A_MONTH,
        }

    def do(self, payload: dict[str, Any]) -> None:
        preferences.limit_mails(
            supporter_id=supporter_of(payload).pk, most_a_month=preferences.FEWER_A_MONTH
        )

    def undo(self, payload: dict[str, Any]) -> None:
        preferences.limit_mails(supporter_id=supporter_of(payload).pk, most_a_month=None)


class PausePage(RevocablePage):
    """No mails for three months."""

    purpose = links.PAUSE_MAILS
    template_name = "campaigns/supporters/pause_mails.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        until = supporter_of(payload).paused_until
        today = timezone.localdate()
        return {
            "until": until or preferences.three_months_after(today),
            "is_done": until is not None and until > today,
        }

    def do(self, payload: dict[str, Any]) -> None:
        today = timezone.localdate()
        preferences.pause_mails(
            supporter_id=supporter_of(payload).pk,
            until=preferences.three_months_after(today),
            today=today,
        )

    def undo(self, payload: dict[str, Any]) -> None:
        preferences.end_pause(supporter_id=supporter_of(payload).pk)


class AskAccessPage(MailedLinkPage):
    """A fresh link to the own page, without typing the address."""

    purpose = links.ASK_ACCESS
    template_name = "campaigns/supporters/ask_access.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        supporter_of(payload)
        return {}

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        access.request_access_again(
            supporter=supporter_of(payload), language=get_language() or "", now=timezone.now()
        )
        return HttpResponseRedirect(reverse("supporters:access_sent"), status=303)
