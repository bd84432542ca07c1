"""The mails about subscriptions: to confirm one, and to welcome whoever did."""

from campaigns.localized import label_in
from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage

from ..links import CONFIRM_SUBSCRIPTION, UNSUBSCRIBE
from ..models import SignUp, Subscription
from ..services.subscriptions import subscriptions_of

SAMPLE_LINK = "https://example.org/link/sample/"


def _prepare_confirmation(message: OutgoingMessage) -> Letterhead:
    sign_up = (
        SignUp.objects.select_related("supporter").filter(pk=message.arguments["sign_up"]).first()
    )
    subscriptions = subscriptions_of(sign_up) if sign_up else []
    if sign_up is None or not subscriptions:
        raise MessageObsolete("The subscription is gone.")
    language = message.language
    return Letterhead(
        address=sign_up.supporter.email,
        context={
            "formula": ", ".join(
                label_in(subscription.formula.title, language) for subscription in subscriptions
            ),
            "is_active": all(
                subscription.state == Subscription.State.ACTIVE
                and subscription.language == language
                for subscription in subscriptions
            ),
            "link": CONFIRM_SUBSCRIPTION.address({"sign_up": sign_up.pk}, language=language),
        },
    )


def _prepare_welcome(message: OutgoingMessage) -> Letterhead:
    subscription = (
        Subscription.objects.select_related("supporter", "formula")
        .filter(pk=message.arguments["subscription"])
        .first()
    )
    if subscription is None or subscription.state != Subscription.State.ACTIVE:
        raise MessageObsolete("The subscription is not active.")
    language = message.language
    return Letterhead(
        address=subscription.supporter.email,
        context={
            "formula": label_in(subscription.formula.title, language),
            "description": label_in(subscription.formula.description, language),
        },
        unsubscribe_url=UNSUBSCRIBE.address({"subscription": subscription.pk}, language=language),
    )


def _confirmation_samples() -> dict[str, Letterhead]:
    context = {"formula": "Urgent actions", "link": SAMPLE_LINK}
    return {
        "first": Letterhead("reader@example.org", {**context, "is_active": False}),
        "already active": Letterhead("reader@example.org", {**context, "is_active": True}),
    }


def _welcome_samples() -> dict[str, Letterhead]:
    context = {"formula": "Urgent actions", "description": "Two a month."}
    return {"first": Letterhead("reader@example.org", context, unsubscribe_url=SAMPLE_LINK)}


KINDS = [
    MailKind(
        "supporters/confirm_subscription",
        _prepare_confirmation,
        _confirmation_samples,
        is_capped=True,
    ),
    MailKind("supporters/welcome_subscription", _prepare_welcome, _welcome_samples),
]
