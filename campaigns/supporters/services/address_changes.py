"""Another e-mail address: nothing changes before the new mailbox has said yes."""

from datetime import datetime

from django.db import transaction

from campaigns.mailboxes import canonical_address, mailbox_key
from campaigns.outbox.models import Suppression
from campaigns.outbox.services import lift_suppressions, queue_message, suppress

from ..models import AddressChange, Supporter
from .merging import merge_supporters
from .people import confirm_address


class ChangeOver(Exception):
    """The change was made, taken back, or replaced by a newer one."""


@transaction.atomic
def request_address_change(
    *, supporter: Supporter, email: str, language: str, now: datetime
) -> None:
    """Ask the new mailbox, and tell the old one that somebody asked. The last request counts."""
    AddressChange.objects.filter(supporter=supporter, confirmed_at=None).delete()
    change = AddressChange.objects.create(supporter=supporter, email=email, requested_at=now)
    for kind in ("confirm_address", "address_change_asked"):
        queue_message(
            kind=f"supporters/{kind}",
            language=language,
            person_id=supporter.pk,
            arguments={"change": change.pk},
            dedupe_key=f"{kind}:{change.pk}",
            now=now,
        )


def take_back_address_change(*, supporter: Supporter) -> None:
    """Stay with the present address."""
    AddressChange.objects.filter(supporter=supporter, confirmed_at=None).delete()


def waiting_change(*, supporter: Supporter) -> AddressChange | None:
    """The change that its new mailbox has not confirmed yet."""
    return AddressChange.objects.filter(supporter=supporter, confirmed_at=None).first()


def owner_of(email: str) -> Supporter | None:
    """Whoever has that mailbox."""
    return Supporter.objects.filter(email_canonical=canonical_address(email)).first()


def joins_entries(*, change_id: int) -> bool:
    """Whether confirming the change makes one entry of two. Raises ChangeOver."""
    change = AddressChange.objects.filter(pk=change_id, confirmed_at=None).first()
    if change is None:
        raise ChangeOver
    other = owner_of(change.email)
    return other is not None and other.pk != change.supporter_id


@transaction.atomic
def confirm_address_change(*, change_id: int, now: datetime) -> None:
    """The new mailbox said yes: mail goes there from now on. Raises ChangeOver.

    Where that mailbox has an entry of its own, the two become one: the same person has now
    opened a link in both. The entry of the new mailbox stays, for mail shall go there.
    """
    change = (
        AddressChange.objects.select_for_update().filter(pk=change_id, confirmed_at=None).first()
    )
    if change is None:
        raise ChangeOver
    AddressChange.objects.filter(pk=change.pk).update(confirmed_at=now)
    supporter = Supporter.objects.select_for_update().get(pk=change.supporter_id)
    # An old list with the former address must not make a second entry, or undo an erasure.
    suppress(
        mailbox=supporter.mailbox,
        scope=Suppression.Scope.IMPORT,
        reason=Suppression.Reason.MOVED,
        now=now,
    )
    mailbox = mailbox_key(change.email)
    lift_suppressions(mailbox=mailbox, reasons=[Suppression.Reason.MOVED], now=now)
    other = owner_of(change.email)
    if other is not None and other.pk != supporter.pk:
        confirm_address(supporter_id=other.pk, now=now)
        merge_supporters(kept=other, merged=supporter, now=now)
        return
    Supporter.objects.filter(pk=supporter.pk).update(
        email=change.email,
        email_canonical=canonical_address(change.email),
        mailbox=mailbox,
    )
    confirm_address(supporter_id=supporter.pk, now=now)
