"""Asking for mails, confirming that it was oneself, and stopping them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.outbox import suppression_ledger
from campaigns.outbox.inserts import insert_once
from campaigns.outbox.models import Suppression
from campaigns.outbox.services import NO_WAIT, lift_suppressions, press_key, queue_message

from ..details import Details
from ..models import Consent, Formula, SignUp, Subscription, SubscriptionChoice, Supporter
from ..selectors.sign_ups import subscriptions_of
from ..wordings import Wording
from .consents import record_consent
from .people import (
    Person,
    confirm_address,
    keep_phone,
    keep_postal_address,
    register_supporter,
)

# Whoever confirms a sign-up wants mail after all, whatever they asked for before.
LIFTED_BY_A_YES = (
    Suppression.Reason.OBJECTION,
    Suppression.Reason.ERASURE,
    Suppression.Reason.COMPLAINT,
    Suppression.Reason.MOVED,
)


@transaction.atomic
def request_subscriptions(
    *,
    person: Person,
    formulas: Sequence[Formula],
    language: str,
    wording: Wording,
    page_id: int | None,
    now: datetime,
    block_id: str = "",
    details: Details | None = None,
    is_held: bool = False,
    mail_waits: timedelta = NO_WAIT,
) -> None:
    """Ask the mailbox whether it wants these formulas. Nothing is sent until it says yes.

    Known and unknown addresses, new and repeated requests do the same work; what differs is
    said in the mail alone. What was typed besides waits in the SignUp for the mailbox's yes.
    `is_held`: a program seems to have sent the form, so that no mail is owed for it.
    `mail_waits`: how long the mail does.
    """
    supporter_id = register_supporter(person=person, language=language, now=now)
    for formula in formulas:
        insert_once(
            Subscription(
                supporter_id=supporter_id,
                formula=formula,
                language=language,
                requested_at=now,
                # Nor is anybody reminded of what a program asked for.
                reminded_at=now if is_held else None,
            ),
            "supporter",
            "formula",
        )
        _record(
            supporter_id,
            formula,
            Consent.Action.GIVEN,
            Consent.Method.FORM,
            language=language,
            now=now,
            wording=wording,
            page_id=page_id,
            block_id=block_id,
        )
    typed = details or Details(given_name=person.given_name, family_name=person.family_name)
    sign_up = SignUp.objects.create(
        supporter_id=supporter_id,
        language=language,
        details=typed.with_formulas(formulas).as_json(),
        requested_at=now,
    )
    if is_held:
        return
    queue_message(
        kind="supporters/confirm_subscription",
        language=language,
        person_id=supporter_id,
        arguments={"supporter": supporter_id, "sign_up": sign_up.pk},
        dedupe_key=press_key(
            occasion=f"confirm-subscription:{supporter_id}:{typed.occasion(formulas)}", now=now
        ),
        waits=mail_waits,
        now=now,
    )


@transaction.atomic
def confirm_sign_ups(*, sign_ups: Sequence[SignUp], now: datetime) -> None:
    """The mailbox said yes to each of these, the oldest first: the newest wins."""
    for sign_up in sorted(sign_ups, key=lambda sign_up: sign_up.pk):
        confirm_sign_up(sign_up=sign_up, now=now)


@transaction.atomic
def confirm_sign_up(*, sign_up: SignUp, now: datetime) -> None:
    """The mailbox said yes: the formulas run, with what was typed along with them.

    Formulas that were stopped after the form was sent stay stopped. A second call changes nothing.
    """
    sign_up = SignUp.objects.select_for_update().get(pk=sign_up.pk)
    if sign_up.confirmed_at is not None:
        return
    SignUp.objects.filter(pk=sign_up.pk).update(confirmed_at=now)
    details = Details.from_json(sign_up.details)
    confirm_address(supporter_id=sign_up.supporter_id, now=now)
    _take_details(sign_up.supporter_id, details, now=now)
    lift_suppressions(mailbox=sign_up.supporter.mailbox, reasons=LIFTED_BY_A_YES, now=now)
    for subscription in subscriptions_of(sign_up):
        confirm_subscription(
            subscription=subscription,
            language=sign_up.language,
            choices=details.choices,
            method=Consent.Method.MAILED_LINK,
            now=now,
        )


def _take_details(supporter_id: int, details: Details, *, now: datetime) -> None:
    """What the owner of the mailbox typed about themselves replaces what was known."""
    names = {
        field: value
        for field, value in (
            ("given_name", details.given_name),
            ("family_name", details.family_name),
            ("country", details.postal.country if details.postal else ""),
        )
        if value
    }
    Supporter.objects.filter(pk=supporter_id).update(**names, is_minor=details.is_minor)
    if details.phone:
        keep_phone(supporter_id=supporter_id, phone=details.phone, now=now)
    if details.postal:
        keep_postal_address(supporter_id=supporter_id, address=details.postal, now=now)


@transaction.atomic
def confirm_subscription(
    *,
    subscription: Subscription,
    language: str,
    now: datetime,
    choices: Mapping[str, Sequence[str]] | None = None,
    method: Consent.Method = Consent.Method.MAILED_LINK,
    is_welcomed: bool = True,
) -> None:
    """The supporter said yes: the subscription runs, in that language, about those choices.

    Does nothing more to a subscription that is active in that language already. Nobody is
    welcomed (`is_welcomed`) who has only undone a slip.
    """
    subscription = (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("formula")
        .get(pk=subscription.pk)
    )
    confirm_address(supporter_id=subscription.supporter_id, now=now)
    if choices is not None:
        keep_choices(subscription=subscription, choices=choices)
    if subscription.state == Subscription.State.ACTIVE and subscription.language == language:
        return
    was_active = subscription.state == Subscription.State.ACTIVE
    subscription.state = Subscription.State.ACTIVE
    subscription.language = language
    subscription.confirmed_at = now
    subscription.ended_at = None
    subscription.end_reason = ""
    subscription.save()
    _record(
        subscription.supporter_id,
        subscription.formula,
        Consent.Action.CONFIRMED,
        method,
        language=language,
        now=now,
    )
    if is_welcomed and not was_active:
        queue_message(
            kind="supporters/welcome_subscription",
            language=language,
            person_id=subscription.supporter_id,
            arguments={"subscription": subscription.pk},
            dedupe_key=f"welcome-subscription:{subscription.pk}:{now.isoformat()}",
            now=now,
        )


def keep_choices(*, subscription: Subscription, choices: Mapping[str, Sequence[str]]) -> None:
    """Write down what the subscription is about, for the kinds that its formula asks for."""
    wanted = {
        (kind, code)
        for kind, codes in choices.items()
        if subscription.formula.choosing(kind) != Formula.Choosing.NONE
        for code in codes
    }
    known = {(row.kind, row.code): row for row in subscription.choices.all()}
    for gone in known.keys() - wanted:
        known[gone].delete()
    SubscriptionChoice.objects.bulk_create(
        SubscriptionChoice(subscription=subscription, kind=kind, code=code)
        for kind, code in sorted(wanted - known.keys())
    )


@transaction.atomic
def end_subscription(
    *,
    subscription: Subscription,
    now: datetime,
    reason: Subscription.EndReason = Subscription.EndReason.UNSUBSCRIBED,
    method: Consent.Method = Consent.Method.MAILED_LINK,
) -> None:
    """Stop the mails of one formula, and of no other. A second call changes nothing."""
    subscription = (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("formula")
        .get(pk=subscription.pk)
    )
    if subscription.state == Subscription.State.ENDED:
        return
    subscription.state = Subscription.State.ENDED
    subscription.ended_at = now
    subscription.end_reason = reason
    subscription.save()
    if reason != Subscription.EndReason.MERGED:  # That one goes on under another entry.
        suppression_ledger.note(
            "stopped",
            subscription.supporter.mailbox,
            now=now,
            supporter=subscription.supporter_id,
            about=f"formula:{subscription.formula.code}",
            reason=str(reason),
        )
    _record(
        subscription.supporter_id,
        subscription.formula,
        Consent.Action.WITHDRAWN,
        method,
        language=subscription.language,
        now=now,
    )


def _record(
    supporter_id: int,
    formula: Formula,
    action: Consent.Action,
    method: Consent.Method,
    *,
    language: str,
    now: datetime,
    wording: Wording | None = None,
    page_id: int | None = None,
    block_id: str = "",
) -> None:
    """One line for each channel of the formula."""
    for channel in formula.channels or [Formula.Channel.EMAIL]:
        record_consent(
            supporter_id=supporter_id,
            purpose=Consent.Purpose.SUBSCRIPTION,
            channel=Consent.Channel(channel),
            method=method,
            action=action,
            about=f"formula:{formula.code}",
            wording=wording,
            language=language,
            page_id=page_id,
            block_id=block_id,
            now=now,
        )
