"""Who people are and what they agreed to: the only code that writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.outbox.inserts import insert_once
from campaigns.outbox.services import press_key, queue_message

from .addresses import canonical_address
from .models import Consent, Formula, Subscription, Supporter
from .wordings import Wording, keep_wording


@dataclass(frozen=True)
class Person:
    """What somebody typed about themselves, already cleaned."""

    email: str
    given_name: str = ""
    family_name: str = ""


def register_supporter(*, person: Person, language: str, now: datetime) -> int:
    """The key of the supporter with this mailbox; makes one when there is none.

    The same statements for known and unknown addresses. A confirmed supporter is left as they
    are: whoever types an address has not shown that it is theirs. Until then nobody has, so the
    last spelling counts: the first might have been a slip.
    """
    supporter = Supporter(
        email=person.email,
        email_canonical=canonical_address(person.email),
        given_name=person.given_name,
        family_name=person.family_name,
        language=language,
        created_at=now,
    )
    Supporter.objects.bulk_create(
        [supporter],
        update_conflicts=True,
        unique_fields=["email_canonical"],
        update_fields=["email_canonical"],
    )
    Supporter.objects.filter(pk=supporter.pk, confirmed_at=None).update(
        email=person.email, given_name=person.given_name, family_name=person.family_name
    )
    return supporter.pk


def record_consent(
    *,
    supporter_id: int,
    purpose: Consent.Purpose,
    channel: Consent.Channel,
    action: Consent.Action,
    about: str,
    language: str,
    now: datetime,
    wording: Wording | None = None,
    page_id: int | None = None,
) -> None:
    """Add one line to the consent ledger; presses on a form within a moment are one line.

    Raises IntegrityError for consent GIVEN to no words.
    """
    occasion = f"{supporter_id}:{about}:{action}"
    is_press = action == Consent.Action.GIVEN
    line = Consent(
        supporter_id=supporter_id,
        purpose=purpose,
        channel=channel,
        action=action,
        about=about,
        wording_id=keep_wording(wording, now=now) if wording else None,
        language=language,
        page_id=page_id,
        recorded_at=now,
        dedupe_key=(
            press_key(occasion=occasion, now=now) if is_press else f"{occasion}:{now.isoformat()}"
        ),
    )
    insert_once(line, "dedupe_key")


def confirm_address(*, supporter_id: int, now: datetime) -> None:
    """Note that a mailed link was used: the mailbox is theirs. The first time counts."""
    Supporter.objects.filter(pk=supporter_id, confirmed_at=None).update(confirmed_at=now)


@transaction.atomic
def request_subscriptions(
    *,
    person: Person,
    formulas: Sequence[Formula],
    language: str,
    wording: Wording,
    page_id: int | None,
    now: datetime,
) -> None:
    """Ask the mailbox whether it wants these formulas. Nothing is sent until it says yes.

    Known and unknown addresses, new and repeated requests do the same work; what differs is
    said in the mail alone.
    """
    supporter_id = register_supporter(person=person, language=language, now=now)
    for formula in formulas:
        insert_once(
            Subscription(
                supporter_id=supporter_id, formula=formula, language=language, requested_at=now
            ),
            "supporter",
            "formula",
        )
        record_consent(
            supporter_id=supporter_id,
            purpose=Consent.Purpose.SUBSCRIPTION,
            channel=Consent.Channel.WEB,
            action=Consent.Action.GIVEN,
            about=f"formula:{formula.code}",
            wording=wording,
            language=language,
            page_id=page_id,
            now=now,
        )
    asked = ",".join(str(formula.pk) for formula in formulas)
    queue_message(
        kind="supporters/confirm_subscription",
        language=language,
        arguments={"supporter": supporter_id, "formulas": asked},
        dedupe_key=press_key(occasion=f"confirm-subscription:{supporter_id}:{asked}", now=now),
        now=now,
    )


@transaction.atomic
def confirm_subscription(*, subscription: Subscription, language: str, now: datetime) -> None:
    """The mailbox said yes: the subscription runs, in the language that was asked for.

    Does nothing to a subscription that is active in that language already.
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    confirm_address(supporter_id=subscription.supporter_id, now=now)
    if subscription.state == Subscription.State.ACTIVE and subscription.language == language:
        return
    was_active = subscription.state == Subscription.State.ACTIVE
    subscription.state = Subscription.State.ACTIVE
    subscription.language = language
    subscription.confirmed_at = now
    subscription.ended_at = None
    subscription.save()
    record_consent(
        supporter_id=subscription.supporter_id,
        purpose=Consent.Purpose.SUBSCRIPTION,
        channel=Consent.Channel.EMAIL,
        action=Consent.Action.CONFIRMED,
        about=f"formula:{subscription.formula.code}",
        language=language,
        now=now,
    )
    if not was_active:
        queue_message(
            kind="supporters/welcome_subscription",
            language=language,
            arguments={"subscription": subscription.pk},
            dedupe_key=f"welcome-subscription:{subscription.pk}:{now.isoformat()}",
            now=now,
        )


@transaction.atomic
def end_subscription(*, subscription: Subscription, now: datetime) -> None:
    """Stop the mails of one formula, and of no other. A second call changes nothing."""
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if subscription.state == Subscription.State.ENDED:
        return
    subscription.state = Subscription.State.ENDED
    subscription.ended_at = now
    subscription.save()
    record_consent(
        supporter_id=subscription.supporter_id,
        purpose=Consent.Purpose.SUBSCRIPTION,
        channel=Consent.Channel.EMAIL,
        action=Consent.Action.WITHDRAWN,
        about=f"formula:{subscription.formula.code}",
        language=subscription.language,
        now=now,
    )
