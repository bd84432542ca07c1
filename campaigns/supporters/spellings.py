"""Names as people type them on a keyboard that lacks their accents.

Both databases know regular expressions and neither knows accents alike (SQLite folds only ASCII,
PostgreSQL folds by its locale), so the pattern itself lists the letters that are one.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache

# Letters that Unicode does not take apart, and what is typed in their place.
PLAIN_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t"}
# Two letters that are also written as one.
PAIRS = {"ae": "æä", "oe": "œöø", "ue": "ü", "ss": "ß", "th": "þ", "ij": "ĳ"}
SINGLES = {single: pair for pair, singles in PAIRS.items() for single in singles}
_FIRST_LETTER, _LAST_LETTER = 0xC0, 0x2000


def pattern_of(word: str) -> str:
    """A regular expression (for `__iregex`) for every spelling of a word; empty for none.

    Anything but letters and digits is left out, so that nothing typed is read as a pattern.
    """
    letters = "".join(
        letter for letter in unicodedata.normalize("NFC", word.casefold()) if letter.isalnum()
    )
    pattern, place = "", 0
    while place < len(letters):
        letter, pair = letters[place], letters[place : place + 2]
        if letter in SINGLES:
            pattern += f"({_any(letter)}|{_both(SINGLES[letter])})"
            place += 1
        elif pair in PAIRS:
            singles = PAIRS[pair]
            pattern += f"({_both(pair)}|[{singles}{singles.upper()}])"
            place += 2
        else:
            pattern += _any(letter)
            place += 1
    return pattern


def words_of(typed: str) -> list[str]:
    """The words of a name: `Jean-Pierre d’Ursel` has four."""
    return [word for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", typed)) if word]


def _both(pair: str) -> str:
    return _any(pair[0]) + _any(pair[1])


def _any(letter: str) -> str:
    base = _base(letter)
    return f"[{''.join(sorted({base, base.upper()[:1], *_variants().get(base, '')}))}]"


@cache
def _variants() -> dict[str, str]:
    """For each plain letter those that differ from it by accents and case alone."""
    found: dict[str, str] = defaultdict(str)
    for number in range(_FIRST_LETTER, _LAST_LETTER):
        letter = chr(number)
        base = _base(letter.casefold()[:1])
        if letter.isalnum() and base != letter:
            found[base] += letter
    return dict(found)


def _base(letter: str) -> str:
    """The letter without its accents. Beyond the alphabets, marks are no accents: 하, が."""
    if not letter or ord(letter) >= _LAST_LETTER:
        return letter
    base = unicodedata.normalize("NFD", letter)[:1]
    return PLAIN_LETTERS.get(base, base)
