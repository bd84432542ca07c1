"""Reads about cases, as pages and mails show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import get_language

from campaigns.localized import NO_WORDS, Words, language_names, words_in

from .models import (
    FREED,
    Case,
    CaseConsent,
    CaseSubject,
    DiplomaticMission,
    Office,
    OfficeHolder,
    Situation,
    SituationEvent,
)
from .names import pattern_of
from .salutations import AMBASSADOR, usual_forms

# A name that may not be shown any more disappears from every page within this time, in seconds.
WITHHELD_FOR = 10
WITHHELD_KEY = "cases:withheld-names"
# Stands where a name may not.
CONCEALED = "···"
MOST_ROUNDS = 3
# Shorter words are not looked for on their own: they are parts of too many others.
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Badge:
    """A person's situation in words, with the date it began and whether it is good news."""

    words: str
    since: date | None
    # In words, and no more exact than what is known: a day, a month or a year.
    since_words: str
    is_freed: bool
    # What is not right yet: "but the conviction stands".
    nuance: Words = NO_WORDS


def badge(case: Case) -> Badge | None:
    """The badge of a case read through `Case.objects.with_situation()`; None without events."""
    situation = getattr(case, "situation", None)
    if not situation:
        return None
    known = Situation(situation)
    since: date | None = getattr(case, "situation_since", None)
    return Badge(
        words=str(known.label),
        since=since,
        since_words=date_words(since, getattr(case, "situation_precision", "")) if since else "",
        is_freed=known in FREED,
        nuance=words_in(getattr(case, "situation_nuance", None)),
    )


def date_words(day: date, precision: str) -> str:
    """A date in words, no more exact than `precision`."""
    if precision == SituationEvent.Precision.YEAR:
        return str(day.year)
    if precision == SituationEvent.Precision.MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT")
    return date_format(day, "DATE_FORMAT")


@dataclass(frozen=True)
class TimelineEntry:
    """A dated event as a page shows it."""

    day: date
    day_words: str
    title: Words
    text: Words
    nuance: Words
    # Those whom it concerns, where not everybody and where they may be named.
    names: tuple[str, ...]
    is_freed: bool


def timeline(case: Case) -> list[TimelineEntry]:
    """What happened, oldest first: visible events that have come. Two queries."""
    events = (
        case.situation_events.filter(is_visible=True, occurred_on__lte=timezone.localdate())
        .order_by("occurred_on", "pk")
        .prefetch_related("subjects")
    )
    return [
        TimelineEntry(
            day=event.occurred_on,
            day_words=date_words(event.occurred_on, event.precision),
            title=words_in(event.title) if event.title else _situation_words(event),
            text=words_in(event.text),
            nuance=words_in(event.nuance),
            names=tuple(shown_name(case, subject) for subject in event.subjects.all()),
            is_freed=event.situation in FREED,
        )
        for event in events
    ]


def _situation_words(event: SituationEvent) -> Words:
    label = str(Situation(event.situation).label) if event.situation else ""
    return Words(label[:1].upper() + label[1:])


@dataclass(frozen=True)
class Person:
    """Somebody in a case, as far as they may be shown today."""

    name: str
    description: Words
    pronoun: str
    is_pseudonym: bool
    is_minor: bool
    joined_on: date | None


def people(case: Case) -> list[Person]:
    """Those who belong to a case read through `with_exposure()`."""
    today = timezone.localdate()
    return [
        Person(
            name=shown_name(case, subject),
            description=words_in(subject.description),
            pronoun=str(subject.get_pronoun_display()) if subject.pronoun else "",
            is_pseudonym=subject.is_pseudonym,
            is_minor=subject.is_minor,
            joined_on=subject.joined_on,
        )
        for subject in case.subjects.all()
        if subject.belongs(on=today)
    ]


def shown_name(case: Case, subject: CaseSubject) -> str:
    """The name of one person in a case, as far as it may be shown today; else ""."""
    if not _permits_of(case, subject, CaseConsent.Scope.NAME):
        return ""
    if not subject.family_name or _permits_of(case, subject, CaseConsent.Scope.SURNAME):
        return subject.full_name
    return subject.given_name


def _permits_of(case: Case, subject: CaseSubject, scope: str) -> bool:
    today = timezone.localdate()
    return any(
        consent.scope == scope
        and consent.subject_id in {None, subject.pk}
        and consent.is_valid(on=today)
        for consent in case.consents.all()
    )


@dataclass(frozen=True)
class WithheldNames:
    """Names that nobody has agreed to show, to be taken out of whatever is sent to the public.

    A safety net below the pages: words that editors typed, in titles, stories and testimonies.
    `patterns` pairs a name, longest first, with what stands in its place, escaped for HTML.
    """

    patterns: tuple[tuple[str, str], ...] = ()

    def concealed(self, text: str) -> str:
        """`text`, plain, HTML or JSON, without the names."""
        if not self.patterns:
            return text
        found = pattern_of(tuple(name for name, _other in self.patterns))
        # What is taken out may leave another name on its own: "A.A.".
        for _round in range(MOST_ROUNDS):
            text, count = found.subn(lambda match: self._other(match.lastgroup or ""), text)
            if not count:
                break
        return text

    def _other(self, group: str) -> str:
        return self.patterns[int(group.removeprefix("n"))][1]


def withheld_names() -> WithheldNames:
    """The names to conceal now; at most WITHHELD_FOR seconds old, often without a query."""
    key = _withheld_key(get_language())
    found: WithheldNames | None = cache.get(key)
    if found is None:
        found = read_withheld_names(now=timezone.now())
        cache.set(key, found, WITHHELD_FOR)
    return found


def _withheld_key(language: str | None) -> str:
    """What stands in place of a name has a language."""
    return f"{WITHHELD_KEY}:{language}"


def forget_withheld_names() -> None:
    """Read them anew at the next page."""
    languages = [None, *(code for code, _name in settings.LANGUAGES)]
    cache.delete_many([_withheld_key(language) for language in languages])


def read_withheld_names(*, now: datetime) -> WithheldNames:
    """Every name in a case that may not be shown at that moment. Three queries."""
    hidden: dict[str, str] = {}
    shown: set[str] = set()
    for case in Case.objects.with_exposure():
        _sort_names(case, hidden, shown, now=now)
    return WithheldNames(
        tuple(
            (name, escape(other))
            for name, other in sorted(hidden.items(), key=lambda pair: len(pair[0]), reverse=True)
            if name.strip() and name.casefold() not in shown
        )
    )


def _sort_names(case: Case, hidden: dict[str, str], shown: set[str], *, now: datetime) -> None:
    """Adds the names of one case to those hidden (with their replacement) or shown."""
    hidden.update(hidden_names(case, now=now))
    if case.is_public(at=now):
        if case.shows_surname:
            shown.update(map(str.casefold, _words_of(case.full_name, case.brief_name)))
        for subject in case.subjects.all():
            shown.update(map(str.casefold, _words_of(shown_name(case, subject))))


def hidden_names(case: Case, *, now: datetime) -> dict[str, str]:
    """The names of a case that may not be shown at that moment, with what stands in their place.

    `case` was read through `with_exposure()`.
    """
    is_public = case.is_public(at=now)
    hidden: dict[str, str] = {}
    if not (is_public and case.shows_surname):
        hidden[case.full_name] = case.name if is_public else CONCEALED
    if not (is_public and case.shows_name):
        hidden[case.brief_name] = case.short_name if is_public else CONCEALED
    for subject in case.subjects.all():
        name = shown_name(case, subject) if is_public else ""
        if not subject.full_name or subject.full_name == name:
            continue
        hidden.setdefault(subject.full_name, name or CONCEALED)
        for part in _words_of(subject.family_name, *([] if name else [subject.given_name])):
            hidden.setdefault(part, CONCEALED)
    return hidden


def is_named_in(slug: str, case: Case, *, now: datetime) -> bool:
    """Whether part of an address is a name that may not be shown."""
    words = f"-{slugify(slug)}-"
    return any(
        f"-{slugify(name)}-" in words for name in hidden_names(case, now=now) if slugify(name)
    )


def _words_of(*names: str) -> Iterable[str]:
    """The names as a whole and their words, without the very short."""
    for name in names:
        yield from {word for word in [name, *name.split()] if len(word) >= SHORTEST_NAME}


@dataclass(frozen=True)
class Address:
    """Somebody to write to, as a page and a letter show them."""

    title: Words
    lines: tuple[str, ...]
    email: str
    phone: str
    fax: str
    social: str
    # Their names, in the language of the page.
    languages: tuple[str, ...]
    salutation: Words
    closing: Words
    sms: str = ""
    # Mails come back: another way has to do.
    is_email_dead: bool = False


def office_address(office: Office, *, on: date, language: str | None = None) -> Address:
    """An office with the forms of address that its holder on that day asks for.

    Without words of theirs in the language: the office's own, else what is usual for its kind.
    `holders` should have been prefetched.
    """
    holder = next((found for found in office.holders.all() if found.holds(on=on)), None)
    gender = holder.gender if holder else OfficeHolder.Gender.OTHER
    usual = usual_forms(office.kind, gender, _code(language))
    return _address(
        office,
        salutation=_form_of_address(
            holder.salutation if holder else None,
            office.salutation,
            usual.salutation,
            language=language,
        ),
        closing=_form_of_address(
            holder.closing if holder else None, office.closing, usual.closing, language=language
        ),
        languages=language_names(office.languages, language),
        language=language,
    )


def _form_of_address(*own: dict[str, str] | str | None, language: str | None) -> Words:
    """The first words that there are in the language; none rather than those of another one."""
    for words in own:
        found = Words(words) if isinstance(words, str) else words_in(words, language)
        if found and not found.language:
            return found
    return NO_WORDS


def _code(language: str | None) -> str:
    return (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]


def _address(
    where: Office | DiplomaticMission,
    *,
    salutation: Words,
    closing: Words,
    languages: tuple[str, ...] = (),
    language: str | None = None,
) -> Address:
    return Address(
        title=words_in(where.title, language),
        lines=tuple(filter(None, map(str.strip, where.postal_lines.splitlines()))),
        email=where.email,
        phone=where.phone,
        fax=where.fax,
        social=where.social,
        sms=where.sms,
        is_email_dead=where.email_dead_since is not None,
        languages=languages,
        salutation=salutation,
        closing=closing,
    )


@dataclass(frozen=True)
class MissionAddress:
    """Where a copy for the embassy goes; without one, what to do instead."""

    address: Address | None
    fallback: Words


def mission_address(
    *, sending_country_id: int, accredited_in: str, language: str | None = None
) -> MissionAddress | None:
    """The embassy of a country in the reader's, or the way round; None where nobody looked.

    Addressed in `language` (default: the active one).
    """
    mission = (
        DiplomaticMission.objects.select_related("fallback_mission")
        .filter(sending_country=sending_country_id, accredited_in=accredited_in)
        .first()
    )
    if mission is None:
        return None
    there = mission.fallback_mission if mission.is_none else mission
    return MissionAddress(
        address=_mission(there, language) if there else None,
        fallback=words_in(mission.fallback, language),
    )


def _mission(mission: DiplomaticMission, language: str | None) -> Address:
    # Who leads a mission is not kept.
    usual = usual_forms(AMBASSADOR, OfficeHolder.Gender.OTHER, _code(language))
    return _address(
        mission,
        salutation=_form_of_address(mission.salutation, usual.salutation, language=language),
        closing=_form_of_address(mission.closing, usual.closing, language=language),
        language=language,
    )
