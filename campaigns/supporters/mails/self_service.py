"""The mails by which people reach their own data, and change their address."""

from collections.abc import Mapping

from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage

from ..links import CONFIRM_ADDRESS, OPEN_PAGE, STOP_ALL
from ..models import AccessRequest, AddressChange, Supporter
from ..services.access import newer_requests
from ..services.address_changes import owner_of
from .samples import SAMPLE_ADDRESS, SAMPLE_LINK


def _asked(message: OutgoingMessage) -> tuple[AccessRequest, Supporter]:
    """The request and whose mailbox it is. Raises MessageObsolete where there is nobody."""
    request = AccessRequest.objects.filter(pk=message.arguments["request"]).first()
    if request is None:
        raise MessageObsolete("The request is gone.")
    if newer_requests(request):
        raise MessageObsolete("There is a newer request.")
    supporter = Supporter.objects.filter(mailbox=request.mailbox).first()
    if supporter is None:
        raise MessageObsolete("Nobody is known there.")
    return request, supporter


def _prepare_open_page(message: OutgoingMessage) -> Letterhead:
    request, supporter = _asked(message)
    link = OPEN_PAGE.address({"request": request.pk}, language=message.language)
    return Letterhead(address=supporter.email, context={"link": link})


def _prepare_stop_all(message: OutgoingMessage) -> Letterhead:
    _request, supporter = _asked(message)
    link = STOP_ALL.address({"supporter": supporter.pk}, language=message.language)
    return Letterhead(address=supporter.email, context={"link": link})


def _change(message: OutgoingMessage) -> AddressChange:
    change = (
        AddressChange.objects.select_related("supporter")
        .filter(pk=message.arguments["change"], confirmed_at=None)
        .first()
    )
    if change is None:
        raise MessageObsolete("The change is over.")
    return change


def _prepare_confirm_address(message: OutgoingMessage) -> Letterhead:
    change = _change(message)
    other = owner_of(change.email)
    return Letterhead(
        address=change.email,
        context={
            "is_taken": other is not None and other.pk != change.supporter_id,
            "link": CONFIRM_ADDRESS.address({"change": change.pk}, language=message.language),
        },
    )


def _prepare_address_change_asked(message: OutgoingMessage) -> Letterhead:
    # Without the new address: whoever reads along here must not learn it.
    return Letterhead(address=_change(message).supporter.email, context={})


def _link_samples() -> Mapping[str, Letterhead]:
    return {"first": Letterhead(SAMPLE_ADDRESS, {"link": SAMPLE_LINK})}


def _confirm_address_samples() -> Mapping[str, Letterhead]:
    return {
        "free": Letterhead(SAMPLE_ADDRESS, {"link": SAMPLE_LINK, "is_taken": False}),
        "of another entry": Letterhead(SAMPLE_ADDRESS, {"link": SAMPLE_LINK, "is_taken": True}),
    }


def _asked_samples() -> Mapping[str, Letterhead]:
    return {"first": Letterhead(SAMPLE_ADDRESS, {})}


KINDS = [
    MailKind("supporters/open_page", _prepare_open_page, _link_samples, is_capped=True),
    MailKind("supporters/stop_all", _prepare_stop_all, _link_samples, is_capped=True),
    MailKind(
        "supporters/confirm_address",
        _prepare_confirm_address,
        _confirm_address_samples,
        is_capped=True,
    ),
    MailKind("supporters/address_change_asked", _prepare_address_change_asked, _asked_samples),
]
