"""The mails about subscriptions: to confirm them, to remind once, to welcome whoever did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from campaigns.localized import label_in
from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage

from ..details import UNCONFIRMED_LIFETIME
from ..links import CONFIRM_SUBSCRIPTION, UNSUBSCRIBE, footer_links
from ..models import SignUp, Subscription
from ..selectors.sign_ups import Asked, Wish, asked_for, pending_wishes, wish_of
from .samples import SAMPLE_ADDRESS, SAMPLE_FOOTER, SAMPLE_LINK


def _prepare_confirmation(message: OutgoingMessage) -> Letterhead:
    """Everything that the mailbox has not confirmed yet: a form may have owed no mail of its own.

    So many mails to one mailbox are too many (`MailKind.is_capped`); the next one tells all.
    """
    sign_up = (
        SignUp.objects.select_related("supporter").filter(pk=message.arguments["sign_up"]).first()
    )
    if sign_up is None or sign_up.confirmed_at is not None:
        raise MessageObsolete("The form is confirmed or gone.")
    wish = wish_of(sign_up)
    if not wish.subscriptions:
        raise MessageObsolete("The subscription is gone.")
    now = timezone.now()
    pending = pending_wishes(supporter_id=sign_up.supporter_id, now=now)
    return Letterhead(
        address=sign_up.supporter.email,
        context=_context(pending or [wish], is_active=not pending, message=message, now=now),
    )


def _prepare_reminder(message: OutgoingMessage) -> Letterhead:
    now = timezone.now()
    pending = pending_wishes(supporter_id=int(message.arguments["supporter"]), now=now)
    if not pending:
        raise MessageObsolete("Everything is confirmed, stopped or gone.")
    first = min(wish.sign_up.requested_at for wish in pending)
    return Letterhead(
        address=pending[-1].sign_up.supporter.email,
        context={
            **_context(pending, is_active=False, message=message, now=now),
            "last_day": timezone.localdate(first + UNCONFIRMED_LIFETIME),
        },
    )


def _context(
    wishes: Sequence[Wish], *, is_active: bool, message: OutgoingMessage, now: datetime
) -> dict[str, Any]:
    language = message.language
    with translation.override(language):
        asked = asked_for(wishes, language=language, now=now)
    keys = ",".join(str(wish.sign_up.pk) for wish in wishes)
    return {
        "asked": asked,
        "formula": ", ".join(each.title for each in asked),
        "is_active": is_active,
        "link": CONFIRM_SUBSCRIPTION.address({"sign_ups": keys}, language=language),
    }


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
            "footer": footer_links(subscription.supporter_id, language=language),
        },
        unsubscribe_url=UNSUBSCRIBE.address({"subscription": subscription.pk}, language=language),
    )


ONE = Asked("Urgent actions", "Two a month.", ())
OTHER = Asked("Adopt a person", "Letters every month.", ("Ana Drovik",))


def _confirmation_samples() -> dict[str, Letterhead]:
    one = {"asked": [ONE], "formula": ONE.title, "link": SAMPLE_LINK}
    two = {**one, "asked": [ONE, OTHER], "formula": f"{ONE.title}, {OTHER.title}"}
    return {
        "first": Letterhead(SAMPLE_ADDRESS, {**one, "is_active": False}),
        "several": Letterhead(SAMPLE_ADDRESS, {**two, "is_active": False}),
        "already active": Letterhead(SAMPLE_ADDRESS, {**one, "is_active": True}),
    }


def _reminder_samples() -> dict[str, Letterhead]:
    last_day = timezone.localdate() + UNCONFIRMED_LIFETIME
    return {
        name: Letterhead(letterhead.address, {**letterhead.context, "last_day": last_day})
        for name, letterhead in _confirmation_samples().items()
        if not letterhead.context["is_active"]
    }


def _welcome_samples() -> dict[str, Letterhead]:
    context = {"formula": ONE.title, "description": ONE.summary, "footer": SAMPLE_FOOTER}
    return {"first": Letterhead(SAMPLE_ADDRESS, context, unsubscribe_url=SAMPLE_LINK)}


KINDS = [
    MailKind(
        "supporters/confirm_subscription",
        _prepare_confirmation,
        _confirmation_samples,
        is_capped=True,
    ),
    MailKind(
        "supporters/remind_subscription", _prepare_reminder, _reminder_samples, is_capped=True
    ),
    MailKind("supporters/welcome_subscription", _prepare_welcome, _welcome_samples),
]
