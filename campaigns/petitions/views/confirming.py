"""The mailbox says yes: one signature, and what else of it waits."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from campaigns.supporters.links import UnusableLink, WithdrawnLink
from campaigns.supporters.mailed_links import MailedLinkPage
from campaigns.supporters.recognition import remember_device

from .. import links, selectors, services
from ..models import Signature


def _signature(payload: dict[str, Any]) -> Signature:
    signature = (
        Signature.objects.select_related("petition__case").filter(pk=payload["signature"]).first()
    )
    if signature is None or signature.supporter_id is None:
        raise UnusableLink("signature")
    if not signature.petition.case.is_public():
        raise WithdrawnLink("signature")
    return signature


class ConfirmSignaturePage(MailedLinkPage):
    """One button: yes, that was me. What the same mailbox signed besides can be ticked."""

    purpose = links.CONFIRM_SIGNATURE
    template_name = "campaigns/petitions/confirm_signature.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        signature = _signature(payload)
        return {
            "petition": signature.petition,
            "signed_as": selectors.signed_as(signature),
            "waiting": [
                (str(each.pk), each.petition.case.name, selectors.signed_as(each))
                for each in selectors.waiting_besides(signature, now=timezone.now())
            ],
        }

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        signature = _signature(payload)
        now = timezone.now()
        ticked = set(request.POST.getlist("also"))
        waiting = selectors.waiting_besides(signature, now=now) if ticked else []
        services.confirm_signatures(
            signatures=[signature, *(each for each in waiting if str(each.pk) in ticked)], now=now
        )
        # The page is the same for all who open this address: the code says whose links are on it.
        path = reverse("petitions:confirmed", args=[signature.petition.reference])
        response = HttpResponseRedirect(f"{path}?by={links.share_code(signature.pk)}", status=303)
        if signature.supporter_id is not None:
            # The mailbox has answered here: the next petition takes one press.
            remember_device(response, signature.supporter_id, now=now)
        return response
