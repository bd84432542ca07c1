"""What is kept about supporters themselves, and how long."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import (
    A_HASH,
    Held,
    Holding,
    Keep,
    Subject,
    WithRow,
    declare,
    declare_without_supporters,
    holdings,
)

from .models import (
    AccessRequest,
    AddressChange,
    Consent,
    ContactPoint,
    SignUp,
    Subscription,
    SubscriptionChoice,
    Supporter,
    SupporterNote,
)

UNCONFIRMED_IS_KEPT = timedelta(days=30)
# Long enough for a second press on the mailed link to find what it was about.
CONFIRMED_SIGN_UP_IS_KEPT = timedelta(days=1)
SILENCE_IS_KEPT = timedelta(days=3 * 365)

UNTIL_ASKED = Keep("as long as the person is known")


def _unconfirmed(now: datetime) -> Q:
    """Whoever never answered a mail: the address may be a slip, or somebody else's."""
    return (
        Q(confirmed_at=None)
        & Q(created_at__lt=now - UNCONFIRMED_IS_KEPT)
        & ~_has(Subscription, state=Subscription.State.ACTIVE)
    )


def _silent(now: datetime) -> Q:
    """Whoever ended all mails long ago, did nothing since, and appears nowhere else."""
    since = now - SILENCE_IS_KEPT
    elsewhere = Q()
    for holding in holdings():
        for field in holding.model._meta.concrete_fields:
            if field.related_model is Supporter and holding.model._meta.app_label != "supporters":
                elsewhere &= ~_has(holding.model, field.name)
    return (
        Q(created_at__lt=since)
        & _has(Subscription)
        & ~(_has(Subscription, ended_at=None) | _has(Subscription, ended_at__gte=since))
        & ~_has(Consent, recorded_at__gte=since)
        & elsewhere
    )


def _has(model: Any, by: str = "supporter", **which: Any) -> Q:
    return Q(Exists(model.objects.filter(**{by: OuterRef("pk")}, **which)))


def _days(field: str, days: int) -> Keep:
    return Keep(f"{days} days", due=lambda now: Q(**{f"{field}__lt": now - timedelta(days=days)}))


def _spelt_out(value: str) -> Any:
    """A phone number as it is, a postal address by its parts."""
    return json.loads(value) if value.startswith("{") else value


def _theirs(subject: Subject) -> Q:
    return Q(supporter=subject.supporter_id)


def declare_models() -> None:
    """Called when the app is ready."""
    people = Keep(
        "30 days without a confirmation; three years after the end of all mails, where there is"
        " nothing else; otherwise as long as the person is known",
        due=lambda now: _unconfirmed(now) | _silent(now),
    )
    declare(
        Holding(
            model=Supporter,
            title=_("You"),
            rows_of=lambda subject: Q(pk=subject.supporter_id),
            fields={
                "email": Held("email", WithRow(), people),
                "email_canonical": Held("", WithRow(), people, withheld="The same address."),
                "mailbox": Held("", WithRow(), people, withheld=A_HASH),
                "given_name": Held("given_name", WithRow(), people),
                "family_name": Held("family_name", WithRow(), people),
                "language": Held("language", WithRow(), people),
                "country": Held("country", WithRow(), people),
                "is_minor": Held("is_minor", WithRow(), people),
                "paused_until": Held("paused_until", WithRow(), people),
                "most_mails_a_month": Held("most_mails_a_month", WithRow(), people),
                "created_at": Held("created_at", WithRow(), people),
                "confirmed_at": Held("confirmed_at", WithRow(), people),
                "recognised_from": Held("recognised_from", WithRow(), people),
            },
            plain=frozenset({"id"}),
        )
    )
    declare(
        Holding(
            model=ContactPoint,
            title=_("How to reach you"),
            rows_of=_theirs,
            fields={
                "value": Held("value", WithRow(), UNTIL_ASKED, read=_spelt_out),
                "search_key": Held("", WithRow(), UNTIL_ASKED, withheld=A_HASH),
            },
            plain=frozenset({"id", "supporter", "kind", "changed_at"}),
            explained=("kind", "changed_at"),
        )
    )
    declare(
        Holding(
            model=SupporterNote,
            title=_("What our staff wrote down"),
            rows_of=_theirs,
            fields={"text": Held("text", WithRow(), UNTIL_ASKED)},
            plain=frozenset({"id", "supporter", "author", "written_at"}),
            explained=("written_at",),
        )
    )
    declare(
        Holding(
            model=Consent,
            title=_("What you agreed to, and took back"),
            rows_of=_theirs,
            fields={
                "about": Held("about", WithRow(), UNTIL_ASKED),
                "wording": Held("wording", WithRow(), UNTIL_ASKED, read=lambda row: row.text),
                "proof": Held("proof", WithRow(), UNTIL_ASKED),
                "dedupe_key": Held("", WithRow(), UNTIL_ASKED, withheld="Made of the rest."),
            },
            plain=frozenset(
                {
                    *("id", "supporter", "purpose", "channel", "method", "action", "language"),
                    *("page_id", "block_id", "recorded_at"),
                }
            ),
            explained=("recorded_at", "purpose", "channel", "method", "action", "language"),
        )
    )
    declare(
        Holding(
            model=Subscription,
            title=_("The mails you asked for"),
            rows_of=_theirs,
            fields={
                "formula": Held("formula", WithRow(), UNTIL_ASKED),
                "language": Held("language", WithRow(), UNTIL_ASKED),
                "state": Held("state", WithRow(), UNTIL_ASKED),
                "requested_at": Held("requested_at", WithRow(), UNTIL_ASKED),
                "confirmed_at": Held("confirmed_at", WithRow(), UNTIL_ASKED),
                "ended_at": Held("ended_at", WithRow(), UNTIL_ASKED),
                "end_reason": Held("end_reason", WithRow(), UNTIL_ASKED),
                "reminded_at": Held("reminded_at", WithRow(), UNTIL_ASKED),
            },
            plain=frozenset({"id", "supporter"}),
        )
    )
    declare(
        Holding(
            model=SubscriptionChoice,
            title=_("What those mails are about"),
            rows_of=lambda subject: Q(subscription__supporter=subject.supporter_id),
            fields={
                "kind": Held("kind", WithRow(), UNTIL_ASKED),
                "code": Held("code", WithRow(), UNTIL_ASKED),
            },
            plain=frozenset({"id", "subscription"}),
            explained=("subscription",),
        )
    )
    sign_ups = Keep(
        "30 days, or one day after the confirmation",
        due=lambda now: (
            Q(requested_at__lt=now - UNCONFIRMED_IS_KEPT)
            | Q(confirmed_at__lt=now - CONFIRMED_SIGN_UP_IS_KEPT)
        ),
    )
    declare(
        Holding(
            model=SignUp,
            title=_("What you typed to sign up"),
            rows_of=_theirs,
            fields={"details": Held("details", WithRow(), sign_ups, read=_spelt_out)},
            plain=frozenset({"id", "supporter", "language", "requested_at", "confirmed_at"}),
            explained=("language", "requested_at", "confirmed_at"),
        )
    )
    declare(
        Holding(
            model=AddressChange,
            title=_("Changes of your address"),
            rows_of=_theirs,
            fields={"email": Held("email", WithRow(), _days("requested_at", 30))},
            plain=frozenset({"id", "supporter", "requested_at", "confirmed_at"}),
            explained=("requested_at", "confirmed_at"),
        )
    )
    declare(
        Holding(
            model=AccessRequest,
            title=_("When you asked to see all this"),
            rows_of=lambda subject: Q(mailbox=subject.mailbox),
            fields={
                "mailbox": Held("", WithRow(), _days("requested_at", 30), withheld=A_HASH),
            },
            plain=frozenset({"id", "wish", "language", "requested_at", "opened_at", "closed_at"}),
            explained=("wish", "language", "requested_at", "opened_at", "closed_at"),
        )
    )
    declare_without_supporters(
        "What we offer and say to everybody.", "supporters.Formula", "supporters.ConsentWording"
    )
