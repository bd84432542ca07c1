"""What people change about their own data and mails."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from campaigns.outbox import services as outbox
from campaigns.outbox.inserts import insert_once
from campaigns.outbox.models import Suppression

from ..models import DIGITAL_AGE, Consent, ContactPoint, Formula, Subscription, Supporter
from ..postal import PostalAddress
from ..wordings import Wording
from .consents import record_consent
from .people import keep_phone, keep_postal_address
from .subscriptions import LIFTED_BY_A_YES, confirm_subscription, end_subscription

LONGEST_PAUSE = timedelta(days=366)
SHORT_PAUSE_MONTHS = 3
FEWER_A_MONTH = 1
MOST_A_MONTH = 30


class NotPossible(Exception):
    """The wish cannot be met as things are; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def change_names(*, supporter_id: int, given_name: str, family_name: str) -> None:
    """How the mails address somebody. Signatures keep the name that was signed with."""
    Supporter.objects.filter(pk=supporter_id).update(given_name=given_name, family_name=family_name)


@transaction.atomic
def change_language(*, supporter_id: int, language: str) -> None:
    """The language of every mail, also of those of the formulas."""
    Supporter.objects.filter(pk=supporter_id).update(language=language)
    Subscription.objects.filter(supporter=supporter_id).update(language=language)


def three_months_after(day: date) -> date:
    """The same day three months later, or the last day of that month."""
    month = day.month - 1 + SHORT_PAUSE_MONTHS
    first = date(day.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def pause_mails(*, supporter_id: int, until: date, today: date) -> None:
    """No mails of formulas before `until`. Raises NotPossible for the past or beyond a year."""
    if until <= today:
        raise NotPossible("past")
    if until - today > LONGEST_PAUSE:
        raise NotPossible("too_long")
    Supporter.objects.filter(pk=supporter_id).update(paused_until=until)


def end_pause(*, supporter_id: int) -> None:
    """Mails go on at once."""
    Supporter.objects.filter(pk=supporter_id).update(paused_until=None)


def limit_mails(*, supporter_id: int, most_a_month: int | None) -> None:
    """At most so many mails of formulas in thirty days; None: as the formulas say."""
    Supporter.objects.filter(pk=supporter_id).update(most_mails_a_month=most_a_month)


@transaction.atomic
def add_formula(
    *,
    supporter: Supporter,
    formula: Formula,
    language: str,
    choices: Mapping[str, Sequence[str]],
    wording: Wording,
    now: datetime,
    phone: str = "",
    postal: PostalAddress | None = None,
) -> None:
    """Begin a formula at once: whoever is at their own page has proven the mailbox.

    `phone` (E.164) and `postal` replace what is known. Raises NotPossible where the formula
    needs what is not known even so, or is for older people.
    """
    if phone:
        change_phone(supporter=supporter, phone=phone, now=now)
    if postal:
        change_postal_address(supporter=supporter, address=postal, now=now)
    _check_possible(supporter, formula)
    subscription = Subscription(
        supporter=supporter, formula=formula, language=language, requested_at=now
    )
    insert_once(subscription, "supporter", "formula")
    for channel in formula.channels or [Formula.Channel.EMAIL]:
        record_consent(
            supporter_id=supporter.pk,
            purpose=Consent.Purpose.SUBSCRIPTION,
            channel=Consent.Channel(channel),
            method=Consent.Method.SELF_SERVICE,
            action=Consent.Action.GIVEN,
            about=f"formula:{formula.code}",
            wording=wording,
            language=language,
            now=now,
        )
    confirm_subscription(
        subscription=subscription,
        language=language,
        choices=choices,
        method=Consent.Method.SELF_SERVICE,
        now=now,
    )
    _lift_objection(supporter, now=now)


def _check_possible(supporter: Supporter, formula: Formula) -> None:
    if supporter.is_minor and formula.minimum_age > DIGITAL_AGE:
        raise NotPossible("too_young")
    known = set(supporter.contact_points.values_list("kind", flat=True))
    if formula.needs_phone and ContactPoint.Kind.PHONE not in known:
        raise NotPossible("no_phone")
    if formula.needs_postal_address and ContactPoint.Kind.POSTAL not in known:
        raise NotPossible("no_postal_address")


@transaction.atomic
def change_formula(
    *,
    subscription: Subscription,
    language: str,
    choices: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    """Another language, other themes or cases, for a formula that runs."""
    if subscription.state != Subscription.State.ACTIVE:
        return
    confirm_subscription(
        subscription=subscription,
        language=language,
        choices=choices,
        method=Consent.Method.SELF_SERVICE,
        now=now,
    )


def resume_subscription(*, subscription: Subscription, now: datetime) -> None:
    """Undo its end, from the link that ended it. Does nothing to one that never began."""
    if subscription.confirmed_at is None:
        return
    _resume(subscription, Consent.Method.MAILED_LINK, now=now)
    _lift_objection(subscription.supporter, now=now)


def _resume(subscription: Subscription, method: Consent.Method, *, now: datetime) -> None:
    confirm_subscription(
        subscription=subscription,
        language=subscription.language,
        method=method,
        is_welcomed=False,
        now=now,
    )


def has_stopped_all(*, supporter: Supporter) -> bool:
    """Whether somebody wants no mails at all, and none has been asked for since."""
    return (
        _objections(supporter).exists()
        and not supporter.subscriptions.exclude(state=Subscription.State.ENDED).exists()
    )


@transaction.atomic
def stop_all_mails(*, supporter: Supporter, method: Consent.Method, now: datetime) -> None:
    """End every formula, and let nothing be sent that nobody has just asked for.

    A second call changes nothing.
    """
    for subscription in supporter.subscriptions.exclude(state=Subscription.State.ENDED):
        end_subscription(
            subscription=subscription,
            reason=Subscription.EndReason.STOPPED_ALL,
            method=method,
            now=now,
        )
    outbox.suppress(
        mailbox=supporter.mailbox,
        scope=Suppression.Scope.SUBSCRIBED,
        reason=Suppression.Reason.OBJECTION,
        now=now,
    )


@transaction.atomic
def undo_stop_all(*, supporter: Supporter, method: Consent.Method, now: datetime) -> None:
    """What ran when everything was stopped for the last time runs again."""
    stopped = supporter.subscriptions.filter(
        state=Subscription.State.ENDED, end_reason=Subscription.EndReason.STOPPED_ALL
    )
    last = stopped.order_by("-ended_at").first()
    if last is not None:
        for subscription in stopped.filter(ended_at=last.ended_at, confirmed_at__isnull=False):
            _resume(subscription, method, now=now)
    _lift_objection(supporter, now=now)


def _objections(supporter: Supporter) -> QuerySet[Suppression]:
    return Suppression.objects.filter(
        mailbox=supporter.mailbox, reason=Suppression.Reason.OBJECTION, lifted_at=None
    )


def _lift_objection(supporter: Supporter, *, now: datetime) -> None:
    """Whoever wants mail again gets it, whatever they asked for before."""
    outbox.lift_suppressions(mailbox=supporter.mailbox, reasons=LIFTED_BY_A_YES, now=now)


@transaction.atomic
def change_phone(*, supporter: Supporter, phone: str, now: datetime) -> None:
    """Another phone number (E.164). "" removes it, and ends the formulas that need one."""
    keep_phone(supporter_id=supporter.pk, phone=phone, now=now)
    if not phone:
        _end_formulas(supporter, now=now, formula__needs_phone=True)


@transaction.atomic
def change_postal_address(
    *, supporter: Supporter, address: PostalAddress | None, now: datetime
) -> None:
    """Another postal address. None removes it, and ends the formulas that need one."""
    keep_postal_address(supporter_id=supporter.pk, address=address, now=now)
    if address is None:
        _end_formulas(supporter, now=now, formula__needs_postal_address=True)
    else:
        Supporter.objects.filter(pk=supporter.pk).update(country=address.country)


def _end_formulas(supporter: Supporter, *, now: datetime, **which: bool) -> None:
    running = supporter.subscriptions.exclude(state=Subscription.State.ENDED)
    for subscription in running.filter(**which):
        end_subscription(subscription=subscription, method=Consent.Method.SELF_SERVICE, now=now)
