"""What the outbox knows of supporters: whom it wrote to, and who wants no mail."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from campaigns.personal_data import (
    A_HASH,
    Blank,
    Held,
    Holding,
    Keep,
    Stay,
    Subject,
    WithRow,
    declare,
    declare_without_supporters,
)

from . import deliveries
from .models import DeliveryEvent, LocalMessage, Mailbox, OutgoingMessage, Suppression

MESSAGE_NAMES_SOMEBODY = timedelta(days=90)
MESSAGE_IS_KEPT = timedelta(days=400)
MAILBOX_IS_KEPT = timedelta(days=30)
FORGOTTEN = "forgotten:"

State = OutgoingMessage.State


def _ended_long_ago(now: datetime) -> Q:
    return (
        Q(created_at__lt=now - MESSAGE_NAMES_SOMEBODY)
        & ~Q(state__in=[State.DUE, State.CLAIMED])
        & ~Q(dedupe_key__startswith=FORGOTTEN)
    )


def _messages_of(subject: Subject) -> Q:
    return Q(person_id=subject.supporter_id) | Q(mailbox=subject.mailbox)


def _events_of(subject: Subject) -> Q:
    messages = OutgoingMessage.objects.filter(_messages_of(subject))
    return Q(message_id__in=messages.values("pk")) | Q(
        delivery_id__in=deliveries.numbers_of(subject.mailbox)
    )


def _local_messages_to(subject: Subject) -> Q:
    to = Q(pk=None)
    for address in subject.addresses:
        to |= Q(to__icontains=address)
    return to


def declare_models() -> None:
    """Called when the app is ready."""
    messages = Keep("90 days after it was owed, once it has ended", due=_ended_long_ago)
    # Unlike any key of another message; nobody can tell from it who was written to about what.
    another_key = Concat(Value(FORGOTTEN), Cast("id", CharField()))
    declare(
        Holding(
            model=OutgoingMessage,
            title=_("Mails to you"),
            rows_of=_messages_of,
            fields={
                "arguments": Held("", Blank({}), messages, withheld="Numbers of our rows."),
                "dedupe_key": Held("", Blank(another_key), messages, withheld="Numbers as well."),
                "person_id": Held("", Blank(None), messages, withheld="Our number of the person."),
                "mailbox": Held("", Blank(""), messages, withheld=A_HASH),
                "provider_message_id": Held("providers_number", Blank(""), messages),
            },
            plain=frozenset(
                {
                    *("id", "kind", "language", "state", "not_before", "attempts", "doubts"),
                    *("claim", "claimed_until", "created_at", "allowed_at", "sent_at", "error"),
                }
            ),
            explained=("kind", "language", "state", "created_at", "sent_at", "error"),
            follow={
                "state": Case(
                    When(state__in=[State.DUE, State.CLAIMED], then=Value(State.CANCELLED)),
                    default=F("state"),
                ),
                # Whoever is sending it may no longer say what became of it.
                "claim": None,
            },
            gone=Keep(
                "400 days after it was owed",
                due=lambda now: (
                    Q(created_at__lt=now - MESSAGE_IS_KEPT)
                    & ~Q(state__in=[State.DUE, State.CLAIMED])
                ),
            ),
        )
    )
    declare(
        Holding(
            model=DeliveryEvent,
            title=_("What your mail provider reported"),
            rows_of=_events_of,
            # Says whom it is about by the number of a message, which is blanked.
            fields={},
            plain=frozenset(
                {
                    *("id", "key", "message_id", "delivery_id", "event_type", "provider"),
                    "reason",
                    *("status_code", "occurred_at", "received_at", "applied_at"),
                    # Blank once the message is known.
                    "provider_message_id",
                }
            ),
            explained=("event_type", "provider", "reason", "occurred_at"),
            gone=Keep(
                "400 days after it came", due=lambda now: Q(received_at__lt=now - MESSAGE_IS_KEPT)
            ),
        )
    )
    mailboxes = Keep(
        "30 days after the last change", due=lambda now: Q(changed_at__lt=now - MAILBOX_IS_KEPT)
    )
    declare(
        Holding(
            model=Mailbox,
            title=_("How often your address was typed on our forms"),
            rows_of=lambda subject: Q(key=subject.mailbox),
            fields={
                "key": Held("", WithRow(), mailboxes, withheld=A_HASH),
                "asked_at": Held("asked_at", WithRow(), mailboxes),
                "answered_at": Held("answered_at", WithRow(), mailboxes),
            },
            plain=frozenset({"id", "changed_at"}),
        )
    )
    declare(
        Holding(
            model=Suppression,
            title=_("Why you get no mail, or not every mail"),
            rows_of=lambda subject: Q(mailbox=subject.mailbox),
            fields={
                "mailbox": Held(
                    "",
                    Stay("Without it, an import or a form could bring the person back."),
                    Keep("for ever: a promise not to write"),
                    withheld=A_HASH,
                ),
            },
            plain=frozenset({"id", "scope", "reason", "since", "lifted_at"}),
            explained=("scope", "reason", "since", "lifted_at"),
        )
    )
    local = Keep("never used in production: the local inbox of a development machine")
    declare(
        Holding(
            model=LocalMessage,
            title=_("Mails in the local inbox"),
            rows_of=_local_messages_to,
            fields={
                "to": Held("to", WithRow(), local),
                "subject": Held("subject", WithRow(), local),
                "text": Held("text", WithRow(), local),
                "html": Held("", WithRow(), local, withheld="The same words as the text."),
                "headers": Held("", WithRow(), local, withheld="Says nothing more."),
            },
            plain=frozenset({"id", "sent_at"}),
            explained=("sent_at",),
        )
    )
    declare_without_supporters(
        "Random numbers of the ledger's lines; counts by keyed hashes of clients, for some hours.",
        "outbox.LedgerEntry",
        "outbox.RateCount",
    )
    declare_without_supporters("How fast mailings may leave.", "outbox.RateBucket")
