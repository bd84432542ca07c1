"""After one press: what was signed, one button to undo each, and one for "that was not me"."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.supporters import recognition
from campaigns.supporters.mailed_links import MailedLinkPage, to_page
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.views.stopping import supporter_of

from .. import links, receipts, selectors, services, sharing
from ..models import Petition, Signature
from ..press_forms import may_press, press_context


def after_press(
    *, supporter: Supporter, petitions: Sequence[Petition], now: datetime
) -> HttpResponse:
    """Leads whoever has just pressed to the receipt: of these, and of what else came this while."""
    token = links.UNDO_SIGNATURES.token(
        {
            "supporter": supporter.pk,
            "slice": links.receipt_slice(now),
            "pressed": "-".join(str(petition.pk) for petition in petitions),
        }
    )
    return to_page("petitions:receipt_page", token, status=303)


class ReceiptPage(MailedLinkPage):
    """What was signed within one while. Each can be taken back, and signed again."""

    purpose = links.UNDO_SIGNATURES
    template_name = "campaigns/petitions/receipt.html"
    unusable_template = "campaigns/petitions/receipt_over.html"
    can_be_undone = True

    def show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        supporter = supporter_of(payload)
        now = timezone.now()
        lines = _lines(supporter, payload, now)
        standing = [line for line in lines if line.signature]
        begins, _ends = links.slice_bounds(payload["slice"])
        disowned_at = supporter.recognised_from
        following = receipts.next_to_sign(supporter, now=now) if standing else []
        # Where this device knows them, the next one takes one press, too.
        is_known_here = recognition.recognised(request) == supporter and may_press(supporter)
        only = standing[0] if len(standing) == 1 and standing[0].is_public else None
        context = {
            "lines": lines,
            "standing": standing,
            "only": only,
            "progress": selectors.progress(only.petition) if only else None,
            "is_disowned": disowned_at is not None and disowned_at >= begins,
            "share": _share(standing),
            "following": following,
            "presses": [
                {**press_context(each, supporter), "about": _about(each)}
                for each in following
                if is_known_here
            ],
        }
        return render(request, self.template_name, context)

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        supporter = supporter_of(payload)
        now = timezone.now()
        response = HttpResponseRedirect(request.path, status=303)
        # The page of a press stands on the device that pressed; any other came by mail.
        by_press = bool(payload.get("pressed"))
        method = Consent.Method.DEVICE if by_press else Consent.Method.MAILED_LINK
        if "not_me" in request.POST:
            services.disown_signatures(
                supporter=supporter,
                signatures=receipts.signed_within(supporter, payload["slice"]),
                method=method,
                now=now,
            )
            recognition.forget_device(response)
            return response
        undone = [
            line.signature.pk
            for line in _lines(supporter, payload, now)
            if line.signature
            and line.can_undo
            and str(line.signature.pk) == request.POST.get("undo")
        ]
        services.take_back_signatures(
            supporter=supporter,
            signatures=Signature.objects.filter(pk__in=undone),
            method=method,
            now=now,
        )
        return response


def _lines(
    supporter: Supporter, payload: dict[str, Any], now: datetime
) -> list[receipts.ReceiptLine]:
    pressed = [int(key) for key in str(payload.get("pressed", "")).split("-") if key]
    return receipts.receipt_lines(supporter, payload["slice"], pressed=pressed, now=now)


def _about(petition: Petition) -> str:
    """Where the story of a petition stands, or ""."""
    share = sharing.share_links(petition, get_language() or settings.LANGUAGE_CODE)
    return share.message.address if share.printed else ""


def _share(standing: Sequence[receipts.ReceiptLine]) -> sharing.Share | None:
    """Passing on the first of them that may still be signed."""
    for line in standing:
        if line.is_public and line.is_open and line.signature:
            return sharing.share_links(
                line.petition,
                get_language() or settings.LANGUAGE_CODE,
                own_code=links.share_code(line.signature.pk),
            )
    return None
