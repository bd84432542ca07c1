"""People who agreed elsewhere: on paper, in another system. Many at once, with their proof."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.mailboxes import canonical_address, keyed_hash, mailbox_key
from campaigns.outbox.models import Suppression

from ..models import Consent, ConsentWording, ContactPoint, Formula, Subscription, Supporter
from ..postal import PostalAddress
from ..wordings import Wording

IMPORTED_VERSION = "imported"
LONGEST_SOURCE = 150
State = Subscription.State


@dataclass(frozen=True)
class ProvenConsent:
    """That somebody asked for a formula, when, to which words, and where the original is.

    `proof` has LONGEST_SOURCE characters at most; `reference` says where in the import it stood.
    """

    formula: Formula
    given_on: date
    text: str
    proof: str
    reference: str

    @property
    def given_at(self) -> datetime:
        """The beginning of that day: whatever else happened on it counts as later."""
        return timezone.make_aware(datetime.combine(self.given_on, time.min))


@dataclass(frozen=True)
class ImportedPerson:
    """What a row of an import says of somebody, already cleaned. `phone` is in E.164."""

    email: str
    language: str
    consent: ProvenConsent
    given_name: str = ""
    family_name: str = ""
    country: str = ""
    is_minor: bool = False
    phone: str = ""
    postal: PostalAddress | None = None
    canonical: str = field(init=False)
    mailbox: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "canonical", canonical_address(self.email))
        object.__setattr__(self, "mailbox", mailbox_key(self.email))

    @property
    def wording(self) -> Wording:
        """The sentence that was agreed to; it is in the language of whoever agreed."""
        return Wording(
            Consent.Purpose.SUBSCRIPTION, IMPORTED_VERSION, self.language, self.consent.text
        )


class Fate(Enum):
    """What became of one imported row."""

    SUBSCRIBED = "subscribed"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    """Stopped on the day of the consent or later: that was the last word."""
    SILENT = "silent"
    """The mailbox is not to be written to; the import does not say why."""


@dataclass(frozen=True)
class Outcome:
    """How many rows met which fate, and how many people nobody knew before."""

    fates: Counter[Fate]
    added: int


@transaction.atomic
def import_supporters(*, people: Sequence[ImportedPerson], now: datetime) -> Outcome:
    """Write down people with the consent that they gave elsewhere; twice is the same as once.

    The original is the proof, so no mail asks them: their subscriptions run, with a line GIVEN
    (to the words they saw) and a line CONFIRMED (staff vouch for the original) per channel, and
    their address counts as confirmed from the day of the consent. The lines bear today's date,
    for they were written today; the day of the consent begins their proof.

    Who is confirmed already stays as they are: an old list knows less than they told us
    themselves. They only get formulas that they do not have, and none that they stopped on the
    day of the consent or later. Whose mailbox is suppressed, for whatever reason, is left out.
    The number of statements does not depend on how many are imported, up to what a database
    takes in one of them.
    """
    silent = _suppressed(people)
    wanted = [person for person in people if person.mailbox not in silent]
    keys, new = _find_or_add(wanted, now=now)
    starting, fates = _starting(wanted, keys)
    fates[Fate.SILENT] = len(people) - len(wanted)
    _start(starting, keys)
    _record(starting, keys, now=now)
    return Outcome(fates, added=new)


def _suppressed(people: Iterable[ImportedPerson]) -> set[str]:
    mailboxes = {person.mailbox for person in people}
    return set(
        Suppression.objects.filter(mailbox__in=mailboxes, lifted_at=None).values_list(
            "mailbox", flat=True
        )
    )


def _find_or_add(people: Sequence[ImportedPerson], *, now: datetime) -> tuple[dict[str, int], int]:
    """The keys of all supporters by canonical address, and how many were not known before."""
    first: dict[str, ImportedPerson] = {}
    for person in people:
        first.setdefault(person.canonical, person)
    known = {
        supporter.email_canonical: supporter
        for supporter in Supporter.objects.select_for_update().filter(email_canonical__in=first)
    }
    new = [
        _described(Supporter(email_canonical=canonical, created_at=now), person)
        for canonical, person in first.items()
        if canonical not in known
    ]
    # Somebody may sign up at this very moment: then the row that stands is theirs.
    _insert_or_find(Supporter, new, "email_canonical")
    unconfirmed = [
        _described(supporter, first[canonical])
        for canonical, supporter in known.items()
        if supporter.confirmed_at is None
    ]
    Supporter.objects.bulk_update(
        unconfirmed,
        ["email", "given_name", "family_name", "language", "country", "is_minor", "confirmed_at"],
    )
    changed = [*new, *unconfirmed]
    _keep_contact_points(
        [(supporter.pk, first[supporter.email_canonical]) for supporter in changed], now=now
    )
    return {supporter.email_canonical: supporter.pk for supporter in [*known.values(), *new]}, len(
        new
    )


def _described(supporter: Supporter, person: ImportedPerson) -> Supporter:
    supporter.email = person.email
    supporter.mailbox = person.mailbox
    supporter.given_name = person.given_name or supporter.given_name
    supporter.family_name = person.family_name or supporter.family_name
    supporter.language = person.language
    supporter.country = person.country or supporter.country
    supporter.is_minor = person.is_minor
    supporter.confirmed_at = person.consent.given_at
    return supporter


def _keep_contact_points(people: Iterable[tuple[int, ImportedPerson]], *, now: datetime) -> None:
    points = []
    for key, person in people:
        if person.phone:
            points.append(
                ContactPoint(
                    supporter_id=key,
                    kind=ContactPoint.Kind.PHONE,
                    value=person.phone,
                    search_key=keyed_hash("phone", person.phone),
                    changed_at=now,
                )
            )
        if person.postal:
            points.append(
                ContactPoint(
                    supporter_id=key,
                    kind=ContactPoint.Kind.POSTAL,
                    value=json.dumps(person.postal.as_json()),
                    search_key=person.postal.search_key,
                    changed_at=now,
                )
            )
    _insert_or_find(ContactPoint, points, "supporter", "kind")


def _starting(
    people: Sequence[ImportedPerson], keys: dict[str, int]
) -> tuple[dict[tuple[int, int], ImportedPerson], Counter[Fate]]:
    """Who starts which formula, by supporter and formula; what becomes of all of them."""
    supporters = set(keys.values())
    found = Subscription.objects.select_for_update().filter(supporter__in=supporters)
    known = {(row.supporter_id, row.formula_id): row for row in found}
    withdrawn = _last_withdrawals(supporters)
    starting: dict[tuple[int, int], ImportedPerson] = {}
    fates: Counter[Fate] = Counter()
    for person in people:
        place = (keys[person.canonical], person.consent.formula.pk)
        row = known.get(place)
        if place in starting or (row and row.state == State.ACTIVE):
            fates[Fate.UNCHANGED] += 1
            continue
        ends = [
            moment
            for moment in (
                withdrawn.get((place[0], about(person.consent.formula))),
                row.ended_at if row else None,
            )
            if moment is not None
        ]
        if ends and timezone.localdate(max(ends)) >= person.consent.given_on:
            fates[Fate.WITHDRAWN] += 1
            continue
        starting[place] = person
        fates[Fate.SUBSCRIBED] += 1
    return starting, fates


def about(formula: Formula) -> str:
    """What a consent to a formula says that it covers."""
    return f"formula:{formula.code}"


def _last_withdrawals(supporters: set[int]) -> dict[tuple[int, str], datetime]:
    lines = (
        Consent.objects.filter(supporter__in=supporters, action=Consent.Action.WITHDRAWN)
        .order_by()
        .values_list("supporter_id", "about")
        .annotate(last=Max("recorded_at"))
    )
    return {(supporter, what): last for supporter, what, last in lines}


def _start(starting: dict[tuple[int, int], ImportedPerson], keys: dict[str, int]) -> None:
    Subscription.objects.bulk_create(
        [
            Subscription(
                supporter_id=supporter,
                formula_id=formula,
                language=person.language,
                state=State.ACTIVE,
                requested_at=person.consent.given_at,
                confirmed_at=person.consent.given_at,
            )
            for (supporter, formula), person in starting.items()
        ],
        update_conflicts=True,
        unique_fields=["supporter", "formula"],
        update_fields=["language", "state", "confirmed_at", "ended_at", "end_reason"],
    )


def _record(
    starting: dict[tuple[int, int], ImportedPerson], keys: dict[str, int], *, now: datetime
) -> None:
    """Two lines of the ledger for each channel of each formula that starts."""
    wordings = _keep_wordings({person.wording for person in starting.values()}, now=now)
    lines = []
    for (supporter, _formula), person in starting.items():
        consent = person.consent
        what = about(consent.formula)
        for channel in consent.formula.channels or [Formula.Channel.EMAIL]:
            for action in (Consent.Action.GIVEN, Consent.Action.CONFIRMED):
                is_given = action == Consent.Action.GIVEN
                occasion = f"{supporter}:{what}:{channel}:{action}"
                lines.append(
                    Consent(
                        supporter_id=supporter,
                        purpose=Consent.Purpose.SUBSCRIPTION,
                        channel=channel,
                        method=Consent.Method.IMPORT,
                        action=action,
                        about=what,
                        wording_id=wordings[person.wording.digest] if is_given else None,
                        language=person.language,
                        proof=f"{consent.given_on}, {consent.proof} ({consent.reference})",
                        recorded_at=now,
                        dedupe_key=f"{occasion}:import:{consent.given_on}",
                    )
                )
    _insert_or_find(Consent, lines, "dedupe_key")


def _keep_wordings(wordings: set[Wording], *, now: datetime) -> dict[str, int]:
    """The keys of the stored wordings, by digest."""
    rows = [
        ConsentWording(
            digest=wording.digest,
            purpose=wording.purpose,
            version=wording.version,
            language=wording.language,
            text=wording.text,
            first_used_at=now,
        )
        for wording in sorted(wordings, key=lambda wording: wording.digest)
    ]
    _insert_or_find(ConsentWording, rows, "digest")
    return {row.digest: row.pk for row in rows}


def _insert_or_find(model: type[models.Model], rows: Sequence[models.Model], *unique: str) -> None:
    """`outbox.inserts.insert_once` for many rows of different places."""
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=unique[:1]
    )
