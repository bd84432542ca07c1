"""The letter marathon as it is read: an edition, its cases in order, its last day, its figure.

Edition and order are facts. The words of its cases stand on its page, which the site hands in:
`provide_words`, called when the site is ready.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from campaigns.localized import label_in
from campaigns.memory import remembered
from campaigns.supporters.wordings import Wording, signature_wording

from .models import Edition, EditionPetition, Petition, Signature
from .selectors import Progress, progress, waiting_of
from .solidarity import takes_messages


@dataclass(frozen=True)
class CaseWords:
    """What a marathon says of one of its cases, and the page and picture of that case."""

    text: str = ""
    # Of the text, where that is not the reader's; else "".
    language: str = ""
    # Only under consent.
    picture: Any = None
    url: str = ""


@dataclass(frozen=True)
class MarathonWords:
    """The words of an edition in the active language. `cases` are by the petition's key."""

    title: str = ""
    url: str = ""
    thanks: str = ""
    cases: Mapping[int, CaseWords] = field(default_factory=dict)


NO_WORDS = CaseWords()
FindWords = Callable[[Edition, Sequence[Petition]], MarathonWords]
_providers: list[FindWords] = []


def provide_words(find: FindWords) -> None:
    """Say where the words of editions come from; called from the site's `ready()`."""
    _providers[:] = [find]


@dataclass(frozen=True)
class Countdown:
    """How long an edition still runs, as seen at one moment. Days are those of the site."""

    opens_on: date
    last_day: date
    days_left: int
    is_open: bool
    is_over: bool
    # Where it does not end at midnight.
    closes_at: datetime | None


def countdown(edition: Edition, *, now: datetime) -> Countdown:
    """Until when an edition runs. One that closes at midnight has the day before as its last."""
    closes_at = timezone.localtime(edition.closes_at)
    at_midnight = (closes_at.hour, closes_at.minute) == (0, 0)
    last_day = (closes_at - timedelta(minutes=1)).date() if at_midnight else closes_at.date()
    return Countdown(
        opens_on=timezone.localdate(edition.opens_at),
        last_day=last_day,
        days_left=(last_day - timezone.localdate(now)).days,
        is_open=edition.is_open(at=now),
        is_over=edition.closes_at <= now,
        closes_at=None if at_midnight else closes_at,
    )


@dataclass(frozen=True)
class MarathonCase:
    """One case of an edition as a list or a step shows it."""

    number: int
    petition: Petition
    words: CaseWords
    progress: Progress
    is_open: bool
    # Whether one may write to the person or the family now.
    takes_messages: bool = False


@dataclass(frozen=True)
class Marathon:
    """An edition with its cases that may be shown, in order, as seen at one moment."""

    edition: Edition
    countdown: Countdown
    cases: tuple[MarathonCase, ...]
    words: MarathonWords

    @property
    def code(self) -> str:
        """Where its total is kept fresh: `data-count`."""
        return f"marathon-{self.edition.year}"

    @property
    def total(self) -> int:
        """The figures of its cases, over all languages."""
        return sum(case.progress.count for case in self.cases)

    @property
    def open_cases(self) -> list[MarathonCase]:
        """Those that take signatures, as long as the edition runs."""
        return [case for case in self.cases if case.is_open]

    @property
    def friends(self) -> list[MarathonCase]:
        """Those to whom one may write now."""
        return [case for case in self.cases if case.takes_messages]

    @property
    def closed_cases(self) -> list[MarathonCase]:
        return [case for case in self.cases if not case.is_open]

    def case_number(self, number: int) -> MarathonCase | None:
        """The case at that place of the order, counted from 1."""
        return self.cases[number - 1] if 0 < number <= len(self.cases) else None


def _editions() -> Any:
    entries = EditionPetition.objects.select_related(
        "petition__case__country", "petition__tally"
    ).prefetch_related(
        "petition__case__subjects", "petition__case__consents", "petition__case__writer_rules"
    )
    return Edition.objects.prefetch_related(Prefetch("entries", queryset=entries))


def edition_of(year: int) -> Edition:
    """An edition with its petitions, their cases and tallies. Raises Edition.DoesNotExist."""
    return _editions().get(year=year)


# For presses: whether edition and petitions are open is asked of each of them anew.
edition_to_sign = remembered(edition_of)


def edition_called(edition_id: int) -> Edition:
    """The same by its key. Raises Edition.DoesNotExist."""
    return _editions().get(pk=edition_id)


def petitions_of(edition: Edition, *, now: datetime) -> list[Petition]:
    """The petitions of an edition whose case may be shown, in order. Open ones and closed ones."""
    return [
        entry.petition for entry in edition.entries.all() if entry.petition.case.is_public(at=now)
    ]


def takes_signatures(edition: Edition, *, now: datetime) -> bool:
    """Whether anything of an edition can be signed at that moment."""
    return edition.is_open(at=now) and any(
        petition.is_open(at=now) for petition in petitions_of(edition, now=now)
    )


def marathon(edition: Edition, *, now: datetime, words: MarathonWords | None = None) -> Marathon:
    """An edition as it is shown, in the active language. `words` spares looking for them."""
    petitions = petitions_of(edition, now=now)
    if words is None:
        words = _providers[0](edition, petitions) if _providers else MarathonWords()
    is_open = edition.is_open(at=now)
    return Marathon(
        edition=edition,
        countdown=countdown(edition, now=now),
        cases=tuple(
            MarathonCase(
                number=number,
                petition=petition,
                words=words.cases.get(petition.pk, NO_WORDS),
                progress=progress(petition),
                is_open=is_open and petition.is_open(at=now),
                takes_messages=takes_messages(edition, petition.case, at=now),
            )
            for number, petition in enumerate(petitions, start=1)
        ),
        words=words,
    )


def wording_of_several(
    petitions: Sequence[Petition], language: str, *, is_known: bool = False
) -> Wording:
    """What people agree to who sign several petitions with one press: the most that any asks."""
    handovers = [label_in(petition.handover_words, language) for petition in petitions]
    return signature_wording(
        language,
        passes_on_names=any(each.handover == Petition.Handover.NAMES for each in petitions),
        is_known=is_known,
        more=" ".join(dict.fromkeys(filter(None, handovers))),
    )


def signed_by(supporter_id: int, petitions: Sequence[Petition]) -> set[int]:
    """Which of the petitions a supporter has signed and confirmed, by their keys."""
    signed = Signature.objects.filter(
        supporter=supporter_id, petition__in=petitions, confirmed_at__isnull=False
    )
    return set(signed.values_list("petition", flat=True))


def waiting_in(edition: Edition, supporter_id: int, *, now: datetime) -> list[Signature]:
    """The signatures in an edition that a mailbox may still confirm, in the edition's order."""
    order = {petition.pk: place for place, petition in enumerate(petitions_of(edition, now=now))}
    waiting = [each for each in waiting_of(supporter_id, now=now) if each.petition_id in order]
    return sorted(waiting, key=lambda each: order[each.petition_id])


def was_confirmed(edition: Edition, supporter_id: int, *, before: datetime) -> bool:
    """Whether a mailbox had confirmed something of the edition by then, and nothing since."""
    moments = Signature.objects.filter(
        supporter=supporter_id,
        petition__in=[entry.petition_id for entry in edition.entries.all()],
        confirmed_at__isnull=False,
    ).values_list("confirmed_at", flat=True)
    return bool(moments) and max(filter(None, moments)) < before


def ticked_among(petitions: Sequence[Petition], references: Collection[str]) -> list[Petition]:
    """The petitions that were ticked, in the edition's order."""
    return [petition for petition in petitions if petition.reference in references]
