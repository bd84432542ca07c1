"""The letter marathon from a mail: confirm what was signed, or sign for all cases at once."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from campaigns.supporters import recognition
from campaigns.supporters.links import UnusableLink
from campaigns.supporters.mailed_links import MailedLinkPage
from campaigns.supporters.models import Consent, Supporter

from .. import links, marathon, services, solidarity
from ..models import Edition, Signature, SolidarityMessage
from ..selectors import signed_as
from .marathon import closed, known_context, sign_as


def _edition(payload: dict[str, Any]) -> Edition:
    try:
        return marathon.edition_called(payload["edition"])
    except Edition.DoesNotExist as error:
        raise UnusableLink("edition") from error


class ConfirmMarathonPage(MailedLinkPage):
    """All that waits in one edition, ticked: one press confirms it."""

    purpose = links.CONFIRM_MARATHON
    template_name = "campaigns/petitions/marathon/confirm.html"
    # Where everything was unticked by mistake, the page has to be there once more.
    can_be_undone = True

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        edition = _edition(payload)
        signatures, messages = _waiting(edition, payload)
        return {
            "marathon": marathon.marathon(edition, now=timezone.now()),
            "waiting": [
                (str(each.pk), each.petition.case.name, signed_as(each)) for each in signatures
            ],
            "messages": [(solidarity.confirmation_key(each), each) for each in messages],
        }

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        edition = _edition(payload)
        signatures, messages = _waiting(edition, payload)
        ticked = set(request.POST.getlist("signatures"))
        ticked_messages = set(request.POST.getlist("messages"))
        chosen = [each for each in signatures if str(each.pk) in ticked]
        written = [
            each for each in messages if solidarity.confirmation_key(each) in ticked_messages
        ]
        if not chosen and not written and (signatures or messages):
            context = {**self.describe(payload), "is_none_ticked": True}
            return render(request, self.template_name, context, status=422)
        now = timezone.now()
        services.confirm_signatures(signatures=chosen, now=now)
        services.confirm_messages(messages=written, now=now)
        response = HttpResponseRedirect(
            reverse("petitions:marathon_confirmed", args=[edition.year]), status=303
        )
        if chosen or written:
            recognition.remember_device(response, payload["supporter"], now=now)
        return response


def _waiting(
    edition: Edition, payload: dict[str, Any]
) -> tuple[list[Signature], list[SolidarityMessage]]:
    """What may still be confirmed. Raises UnusableLink for somebody who has been erased."""
    supporter_id = payload["supporter"]
    if not Supporter.objects.filter(pk=supporter_id).exists():
        raise UnusableLink("supporter")
    now = timezone.now()
    return (
        marathon.waiting_in(edition, supporter_id, now=now),
        solidarity.messages_waiting(supporter_id, edition.pk, now=now),
    )


class SignMarathonByLinkPage(MailedLinkPage):
    """All cases of an edition, ticked; one press signs for them in the name of the mailbox."""

    purpose = links.SIGN_MARATHON
    template_name = "campaigns/petitions/marathon/by_link.html"
    # Afterwards the page says what has been signed.
    can_be_undone = True

    def show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        edition = _edition(payload)
        if not marathon.takes_signatures(edition, now=timezone.now()):
            return closed(request, edition)
        context = known_context(edition, _supporter(payload))
        return render(request, self.template_name, context)

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        edition, supporter = _edition(payload), _supporter(payload)
        if not marathon.takes_signatures(edition, now=timezone.now()):
            return closed(request, edition)
        method = Consent.Method.MAILED_LINK
        response = sign_as(
            request, edition, supporter, method, self.template_name, source=payload["source"]
        )
        if response.status_code == 303:
            recognition.remember_device(response, supporter.pk, now=timezone.now())
        return response


def _supporter(payload: dict[str, Any]) -> Supporter:
    supporter = recognition.known_since(payload["supporter"], at=payload["at"])
    if supporter is None:
        raise UnusableLink("supporter")
    return supporter
