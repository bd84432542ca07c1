"""Reads about messages of solidarity: to whom one can write, what waits, what has been approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from campaigns.cases.models import Case, WriterRules
from campaigns.localized import words_in
from campaigns.memory import remembered
from campaigns.supporters.links import UNCONFIRMED_LIFETIME

from .models import Edition, EditionPetition, Petition, SolidarityMessage

State = SolidarityMessage.State
READ_WITHIN = timedelta(hours=48)


@dataclass(frozen=True)
class Recipient:
    """A case of an edition, as somebody may want to write to it."""

    edition: Edition
    petition: Petition
    rules: WriterRules | None

    @property
    def case(self) -> Case:
        return self.petition.case

    def takes_messages(self, *, at: datetime) -> bool:
        """Whether messages are taken at that moment."""
        return takes_messages(self.edition, self.case, at=at)

    @property
    def allows_writing(self) -> bool:
        """Whether the rules of the case allow to write at all."""
        return may_write_to(self.case)

    @property
    def wants_initials(self) -> bool:
        """Whether nothing but initials may stand below a message."""
        return bool(self.rules and self.rules.own_address == WriterRules.OwnAddress.INITIALS)


def rules_of(case: Case) -> WriterRules | None:
    """The rules for those who write for a case. No query where they have been prefetched."""
    return next(iter(case.writer_rules.all()), None)


def may_write_to(case: Case) -> bool:
    """Whether the rules of a case allow to write to the person or the family. Without rules: no."""
    rules = rules_of(case)
    return bool(rules and rules.may_write_to_family)


def takes_messages(edition: Edition, case: Case, *, at: datetime) -> bool:
    """Whether messages to a case are taken at that moment: the edition runs, people may act for
    the case, and its rules allow to write to the person or the family. Without rules nobody may.
    """
    return edition.is_open(at=at) and case.takes_acts(at=at) and may_write_to(case)


def recipient(which: tuple[int, str]) -> Recipient:
    """The case of an edition, by the year and the reference of its petition.

    Raises EditionPetition.DoesNotExist where there is none that the public may read about.
    """
    year, reference = which
    entry = (
        EditionPetition.objects.select_related("edition", "petition__case__country")
        .prefetch_related(
            "petition__case__subjects",
            "petition__case__consents",
            "petition__case__writer_rules",
        )
        .get(edition__year=year, petition__reference=reference)
    )
    if not entry.petition.case.is_public():
        raise EditionPetition.DoesNotExist
    return Recipient(entry.edition, entry.petition, rules_of(entry.petition.case))


# For presses: whether the edition is open is asked of each of them anew.
recipient_to_write_to = remembered(recipient)


def recipients_of(edition: Edition, *, at: datetime) -> list[Recipient]:
    """The cases of an edition that take messages at that moment, in their order."""
    entries = (
        EditionPetition.objects.filter(edition=edition)
        .select_related("petition__case__country")
        .prefetch_related(
            "petition__case__subjects",
            "petition__case__consents",
            "petition__case__writer_rules",
        )
    )
    found = [
        Recipient(edition, entry.petition, rules_of(entry.petition.case))
        for entry in entries
        if entry.petition.case.is_public(at=at)
    ]
    return [each for each in found if each.takes_messages(at=at)]


def messages_waiting(
    supporter_id: int, edition_id: int, *, now: datetime
) -> list[SolidarityMessage]:
    """The messages of an edition that a mailbox may still confirm, oldest first.

    Each has its `text` and `signed_as`, which the owner of the mailbox has to see: anybody can
    type an address. `confirmation_key(message)` names the message in that form and no other.
    """
    waiting = (
        SolidarityMessage.objects.filter(
            supporter=supporter_id,
            edition=edition_id,
            confirmed_at=None,
            written_at__gt=now - UNCONFIRMED_LIFETIME,
        )
        .select_related("edition", "case")
        .prefetch_related("case__subjects", "case__consents")
        .order_by("written_at", "pk")
    )
    return [message for message in waiting if message.case.is_public(at=now)]


def confirmation_key(message: SolidarityMessage) -> str:
    """The value of a box to tick: this message as it was written at that moment."""
    return f"{message.pk.hex}-{message.written_at.timestamp():.6f}"


def approved_by_case(edition: Edition) -> Mapping[int, int]:
    """How many messages have been approved, by the key of the case: the figure for the public."""
    return dict(
        SolidarityMessage.objects.filter(edition=edition, state=State.APPROVED)
        .order_by()
        .values_list("case")
        .annotate(number=Count("pk"))
    )


@dataclass(frozen=True)
class Moderation:
    """What moderators have to do: messages that wait, and those that have waited too long."""

    waiting: int
    overdue: int


def moderation(*, now: datetime, **of: Any) -> Moderation:
    """How much waits to be read: of everything, or of `edition=…`, `case=…`."""
    counts = SolidarityMessage.objects.filter(confirmed_at__isnull=False, **of).aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        overdue=Count("pk", filter=Q(state=State.WAITING, confirmed_at__lt=now - READ_WITHIN)),
    )
    return Moderation(**counts)


def to_moderate(*, state: str, case_id: int | None = None) -> QuerySet[SolidarityMessage]:
    """Confirmed messages in a state: those that wait longest first, decided ones newest first.

    Who wrote them is nothing to those who read them, and stays in the database.
    """
    order = "confirmed_at" if state == State.WAITING else "-decided_at"
    found = (
        SolidarityMessage.objects.filter(confirmed_at__isnull=False, state=state)
        .select_related("edition", "case")
        .prefetch_related("case__writer_rules")
        .defer("supporter")
        .order_by(order, "pk")
    )
    return found.filter(case=case_id) if case_id else found


def to_print(*, edition_id: int, case_id: int) -> QuerySet[SolidarityMessage]:
    """The approved messages to one case, for the parcel, by language."""
    return (
        SolidarityMessage.objects.filter(edition=edition_id, case=case_id, state=State.APPROVED)
        .defer("supporter")
        .order_by("language", "written_at", "pk")
    )


def rules_in_words(case: Case) -> list[str]:
    """What messages to a case have to keep to, a sentence each; for those who read them."""
    rules = rules_of(case)
    if rules is None or not rules.may_write_to_family:
        return [gettext("No messages to the person or the family.")]
    said = []
    if not rules.may_mention_us:
        said.append(gettext("Does not mention us, or any other organisation."))
    if not rules.may_use_religious_words:
        said.append(gettext("No religious words."))
    if rules.own_address == WriterRules.OwnAddress.INITIALS:
        said.append(gettext("Signed with initials alone."))
    note = words_in(rules.note)
    return [*said, *([note.text] if note else [])]
