"""Reaching the own data without an account: ask, open once, look for half an hour, close."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.models import OutgoingMessage
from campaigns.outbox.services import queue_message

from ..models import AccessRequest, Supporter
from .people import confirm_address

OPEN_FOR = timedelta(minutes=30)


class AccessRefused(Exception):
    """The link was used before, a newer one has been sent, or nobody is known there any more."""


@dataclass(frozen=True)
class OpenPage:
    """Somebody at their own page."""

    request: AccessRequest
    supporter: Supporter


@transaction.atomic
def request_access(*, email: str, wish: AccessRequest.Wish, language: str, now: datetime) -> None:
    """Owe a mail with a link to the own page, or to stopping all mails, if the address is known.

    Known and unknown addresses cost the same statements; whether there is anybody to write to
    is looked up when the mail is prepared.
    """
    _request(mailbox_key(email), wish, language, now)


@transaction.atomic
def request_access_again(*, supporter: Supporter, language: str, now: datetime) -> None:
    """The same, asked for by a link in one of the supporter's own mails."""
    _request(supporter.mailbox, AccessRequest.Wish.SEE, language, now)


def _request(mailbox: str, wish: AccessRequest.Wish, language: str, now: datetime) -> None:
    request = AccessRequest.objects.create(
        mailbox=mailbox, wish=wish, language=language, requested_at=now
    )
    kind = {
        AccessRequest.Wish.SEE: "supporters/open_page",
        AccessRequest.Wish.STOP: "supporters/stop_all",
    }[wish]
    queue_message(
        kind=kind,
        language=language,
        arguments={"request": request.pk},
        dedupe_key=_dedupe_key(request.pk),
        now=now,
    )


def _dedupe_key(request_id: int) -> str:
    return f"access:{request_id}"


def newer_requests(request: AccessRequest) -> list[int]:
    """The keys of the requests that the same mailbox has made since, for the same."""
    return list(
        AccessRequest.objects.filter(
            mailbox=request.mailbox, wish=request.wish, pk__gt=request.pk
        ).values_list("pk", flat=True)
    )


def check_access(*, request_id: int) -> tuple[AccessRequest, Supporter]:
    """The request and its supporter, where its link still opens the page. Changes nothing.

    Raises AccessRefused. A newer request counts once its mail has left: until then the older
    link is the only one that its reader has.
    """
    request = AccessRequest.objects.filter(pk=request_id, wish=AccessRequest.Wish.SEE).first()
    if request is None or request.opened_at is not None:
        raise AccessRefused("used")
    newer_mails = OutgoingMessage.objects.filter(
        dedupe_key__in=[_dedupe_key(pk) for pk in newer_requests(request)],
        state__in=[OutgoingMessage.State.CLAIMED, OutgoingMessage.State.SENT],
    )
    if newer_mails.exists():
        raise AccessRefused("superseded")
    supporter = Supporter.objects.filter(mailbox=request.mailbox).first()
    if supporter is None:
        raise AccessRefused("unknown")
    return request, supporter


@transaction.atomic
def open_page(*, request_id: int, now: datetime) -> AccessRequest:
    """Use the link, once: of presses at the same moment, exactly one opens the page.

    Closes what the mailbox had opened before. Raises AccessRefused.
    """
    request, supporter = check_access(request_id=request_id)
    if not AccessRequest.objects.filter(pk=request.pk, opened_at=None).update(opened_at=now):
        raise AccessRefused("used")
    AccessRequest.objects.filter(
        mailbox=request.mailbox, opened_at__isnull=False, closed_at=None
    ).exclude(pk=request.pk).update(closed_at=now)
    confirm_address(supporter_id=supporter.pk, now=now)
    return request


def find_open_page(*, request_id: int, now: datetime) -> OpenPage:
    """Whose page it is, while it is open. Raises AccessRefused."""
    request = AccessRequest.objects.filter(
        pk=request_id, opened_at__gt=now - OPEN_FOR, closed_at=None
    ).first()
    supporter = Supporter.objects.filter(mailbox=request.mailbox).first() if request else None
    if request is None or supporter is None:
        raise AccessRefused("closed")
    return OpenPage(request=request, supporter=supporter)


def close_page(*, request_id: int, now: datetime) -> None:
    """Nobody looks any more."""
    AccessRequest.objects.filter(pk=request_id, closed_at=None).update(closed_at=now)
