"""What stands on the pages of a printed letter, for whatever makes a file of it.

Measures after DIN 5008 (form B), the windows of France, and those usual in Belgium.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.cases.models import Country, Office
from campaigns.localized import Words, label_in

from ..composing import Letter
from ..desk import EMBASSY, Addressee, Desk
from ..writing_forms import Written

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
# A comma between a place and a date, where it is not ours.
# Around Arabic's and Persian's stand marks of their direction, since the place may be Latin.
COMMAS = {"ar": "\u200f، \u200f", "fa": "\u200f، \u200f", "zh": "，"}
# Letters from here to wherever are not written as in America.
DATES_AS_IN = {"en": "en_GB"}
MOST_LINES_IN_WINDOW = 6
MOST_LINES_OF_SENDER = 6
# Whatever is longer than this without a space may be broken anywhere.
LONGEST_WORD = 50
POSTAL_CODE = re.compile(r"^(?:[A-Z]{1,2}[- ]?)?\d[\d ]*(?:[A-Z]{2} )?\s*")


@dataclass(frozen=True)
class Envelope:
    """Where a window is on the page folded into it, in millimetres from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


WINDOWS = {"right": Envelope(110, 50, 85, 33), "left": Envelope(20, 45, 85, 45)}


@dataclass(frozen=True)
class Part:
    """Lines in one language, in the direction that it is written in."""

    lines: tuple[str, ...]
    language: str
    direction: str


@dataclass(frozen=True)
class Run:
    """Some of the words of a line, bold or not."""

    words: str
    bold: bool


@dataclass(frozen=True)
class Sheet:
    """A letter as it stands on paper."""

    language: str
    direction: str
    sender: Part
    address: Part
    dateline: str
    subject: tuple[Run, ...]
    salutation: str
    # Each in its lines.
    paragraphs: tuple[tuple[str, ...], ...]
    closing: str
    name: str
    # On a copy: that it is one, and to whom it is shown, in the language of who gets it.
    mark: Part | None = None
    cover: Part | None = None


def letter_sheet(written: Written, desk: Desk, *, on: date) -> Sheet:
    """The page that is sent to the addressee."""
    return sheet(
        written.letter,
        address=postal_address(written.addressee, language=written.letter.language, desk=desk),
        person=desk.case.name,
        name=written.name,
        place=written.place,
        on=on,
    )


def copy_sheet(written: Written, desk: Desk, *, on: date) -> Sheet | None:
    """The same for the embassy, if somebody wants that and there is one to send it to."""
    embassy = desk.embassy
    if not written.wants_copy or embassy is None or written.addressee.key == EMBASSY:
        return None
    original = letter_sheet(written, desk, on=on)
    with translation.override(desk.language):
        mark = _("Copy, for information")
        sentence = _("This is a copy of my letter to: %(title)s.") % {
            "title": written.addressee.title
        }
    salutation = embassy.address.salutation
    cover = (own_words(salutation), sentence)
    return Sheet(
        language=original.language,
        direction=original.direction,
        sender=original.sender,
        address=postal_address(embassy, language=desk.language, desk=desk),
        dateline=original.dateline,
        subject=original.subject,
        salutation=original.salutation,
        paragraphs=original.paragraphs,
        closing=original.closing,
        name=original.name,
        mark=part([mark], desk.language),
        cover=part(filter(None, cover), desk.language),
    )


def sheet(letter: Letter, *, address: Part, person: str, name: str, place: str, on: date) -> Sheet:
    """A letter on paper; `person` is the name that stands out in its subject."""
    language = letter.language
    lines = tuple(filter(None, map(str.strip, place.splitlines())))
    return Sheet(
        language=language,
        direction=direction(language),
        sender=_sender(filter(None, (name, *_at_most(lines, MOST_LINES_OF_SENDER - 1)))),
        address=address,
        dateline=_dateline(lines[-1] if lines else "", on, language),
        subject=_subject(breakable(letter.subject), person),
        salutation=breakable(letter.salutation),
        paragraphs=tuple(
            tuple(breakable(line) for line in paragraph.split("\n"))
            for paragraph in letter.paragraphs
        ),
        closing=breakable(letter.closing),
        name=name,
    )


def direction(language: str) -> str:
    """The direction that a language is written in."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def direction_of(text: str) -> str:
    """The direction of a text: that of its first letter."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def part(lines: Iterable[str], language: str) -> Part:
    """Lines in a language."""
    return Part(tuple(lines), language, direction(language))


def own_words(words: Words) -> str:
    """A form of address, unless it is in another language than the page's."""
    return "" if words.language else words.text


def breakable(text: str) -> str:
    """`text` with room to break words that are longer than a line: nothing runs off the page."""
    return re.sub(
        rf"\S{{{LONGEST_WORD},}}",
        lambda found: "\u200b".join(re.findall(rf".{{1,{LONGEST_WORD // 2}}}", found[0])),
        text.replace("\t", " "),
    )


def _sender(lines: Iterable[str]) -> Part:
    found = tuple(map(breakable, lines))
    return Part(found, "", direction_of(" ".join(found)))


def _dateline(place: str, on: date, language: str) -> str:
    """Place and date: “Liège, 21 novembre 2026”. Of “4000 Liège”, the code is left out."""
    day = format_date(on, "long", locale=DATES_AS_IN.get(language, language))
    town = POSTAL_CODE.sub("", place)
    return f"{breakable(town)}{COMMAS.get(language, ', ')}{day}" if town else day


def _subject(subject: str, person: str) -> tuple[Run, ...]:
    """The person's name bold; without it, all that there is."""
    before, name, after = subject.partition(person) if person else ("", "", "")
    if not name:
        return (Run(subject, bold=True),) if subject else ()
    runs = (Run(before, bold=False), Run(name, bold=True), Run(after, bold=False))
    return tuple(run for run in runs if run.words)


def postal_address(addressee: Addressee, *, language: str, desk: Desk) -> Part:
    """The address of an envelope, the country last in capitals; of an embassy, as it stands."""
    if addressee.office is None:
        lines = (addressee.title, *addressee.address.lines)
        return address_part(lines, desk.language)
    return office_lines(addressee.office, language=language, page_language=desk.language)


def office_lines(office: Office, *, language: str, page_language: str) -> Part:
    """The address of an office, with its title in the letter's language, or in a postal one."""
    postal = "fr" if page_language == "fr" else "en"
    title = office.title.get(language) or label_in(office.title, postal)
    lines = [line for line in map(str.strip, office.postal_lines.splitlines()) if line]
    if lines and is_country(lines[-1], office.country):
        lines.pop()
    country = label_in(office.country.name, postal).upper()
    return address_part((title, *lines, country), language)


def is_country(line: str, country: Country) -> bool:
    """Whether a line names that country, in any language that we know its name in."""
    names = set(country.name.values())
    for language in ("fr", "nl", "de", "en"):
        names.add(Locale.parse(language).territories.get(country.code, ""))
    return _plain_letters(line) in {_plain_letters(name) for name in names if name}


def _plain_letters(text: str) -> str:
    """`text` without accents and capitals."""
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char)).strip()


def address_part(lines: Iterable[str], language: str) -> Part:
    """The lines of an address, no more than a window shows, and none twice."""
    found: list[str] = []
    for line in filter(None, lines):
        if line.casefold() not in (each.casefold() for each in found):
            found.append(line)
    kept = _at_most(found, MOST_LINES_IN_WINDOW)
    return Part(tuple(map(breakable, kept)), language, direction_of(" ".join(kept)))


def _at_most(lines: Iterable[str], most: int) -> tuple[str, ...]:
    """No more lines than that: the shortest neighbours share one, but the last stands alone."""
    found = list(lines)
    while len(found) > most:
        pairs = range(len(found) - 2)
        at = min(pairs, key=lambda index: len(found[index]) + len(found[index + 1]))
        found[at : at + 2] = [f"{found[at]}, {found[at + 1]}"]
    return tuple(found)
