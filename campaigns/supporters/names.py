"""What a person's name may consist of: everything people are called, nothing that deceives."""

import re
import unicodedata
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 80
LONGEST_TYPED = 1000
# Persian and several Indian scripts need these two between letters.
JOINERS = {"\u200c", "\u200d"}
# Control, format (bidi overrides, zero-width), surrogate, private use, unassigned.
REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters by category, and nothing to see: Hangul fillers.
INVISIBLE_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0"}
MOST_MARKS_IN_A_ROW = 4
MOST_INITIALS = 5
LONGEST_RUN_OF_INITIALS = 3
_BETWEEN_NAMES = re.compile(r"[\s.‐‑-]+")


class HasNames(Protocol):
    """A person, a signature, or what somebody typed."""

    @property
    def given_name(self) -> str: ...

    @property
    def family_name(self) -> str: ...


def parse_name(typed: str) -> str:
    """The name in Unicode NFC, with single spaces. Raises ValidationError, worded for its owner."""
    # Normalising takes time that grows with the square of a run of marks: not for whole books.
    is_book = len(typed) > LONGEST_TYPED
    name = "" if is_book else " ".join(unicodedata.normalize("NFC", typed).split())
    if is_book or len(name) > LONGEST_NAME:
        raise ValidationError(
            _("This name is longer than %(limit)s characters. Please shorten it."),
            code="too_long",
            params={"limit": LONGEST_NAME},
        )
    marks = 0
    for character in name:
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if (
            (category in REFUSED_CATEGORIES and character not in JOINERS)
            or character in INVISIBLE_LETTERS
            or marks > MOST_MARKS_IN_A_ROW
        ):
            raise ValidationError(
                _("This name contains invisible or control characters. Please type it again."),
                code="characters",
            )
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ValidationError(_("Please type your name."), code="required")
    if "://" in name or "@" in name:
        raise ValidationError(_("Please type your name, without an address."), code="address")
    return name


def masked(name: str) -> str:
    """A name that its owner recognises and a stranger does not: `Ana` becomes `A···`."""
    return f"{name[:1]}···" if name else ""


def masked_names(person: HasNames) -> str:
    """Both names, masked: `M··· D···`. Whoever they belong to sees whether they are theirs."""
    return f"{masked(person.given_name)} {masked(person.family_name)}".strip()


def initials_of(name: str) -> str:
    """`Mila van Hasel` becomes `M. v. H.`; initials that were typed as such stay: `MH`, `m.h.`."""
    found: list[str] = []
    for word in filter(None, _BETWEEN_NAMES.split(name.strip())):
        is_initials = len(word) <= LONGEST_RUN_OF_INITIALS and word.isupper()
        letters = word if is_initials else word[: _first_letter(word)]
        found.extend(_letters(letters) if is_initials else [letters])
    return " ".join(f"{initial}." for initial in found[:MOST_INITIALS])


def _first_letter(word: str) -> int:
    """Where the first letter ends, with the marks upon it."""
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return end


def _letters(word: str) -> list[str]:
    letters = []
    while word:
        end = _first_letter(word)
        letters.append(word[:end])
        word = word[end:]
    return letters
