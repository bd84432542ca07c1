"""Finding a name in a text, however it was typed, stored or escaped.

Editors type both apostrophes, with and without accents; databases hold composed and decomposed
letters; templates write entities and JSON writes escapes. A name has to be found in all of them.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

APOSTROPHES = "'’‘ʼ`´"
HYPHENS = "-‐‑–"
SPACES = r"(?:\s|&nbsp;|&\#160;|&\#xa0;|%20|[-_+])+"
# Latin letters whose capitals and small ones do not pair in every language (Turkish).
DOTTED = dict.fromkeys("iıİI", "[iıİI]̇?")
SHARP_S = {"ß": "(?:ß|ẞ|ss)", "ẞ": "(?:ß|ẞ|ss)"}
NAMED_ENTITIES = {"'": "apos", "’": "rsquo", "‘": "lsquo"}


@lru_cache(maxsize=64)
def pattern_of(names: Sequence[str]) -> re.Pattern[str]:
    """Finds each of the names as words of their own; group `n<position>` says which it was."""
    alternatives = "|".join(
        f"(?P<n{position}>{_spelt(name)})" for position, name in enumerate(names)
    )
    # German and Dutch say "Noors mother".
    return re.compile(rf"(?<![^\W_])(?:{alternatives})s?(?![^\W_])", re.IGNORECASE)


def _spelt(name: str) -> str:
    """A regular expression for every way to write a name."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(
        SPACES if part.isspace() else "".join(map(_letter, part))
        for part in re.split(r"(\s+)", composed)
        if part
    )


def _letter(letter: str) -> str:
    if letter in DOTTED:
        return DOTTED[letter]
    if letter in SHARP_S:
        return f"(?:{SHARP_S[letter]}|{_escapes(letter)})"
    if letter in APOSTROPHES:
        return f"(?:[{APOSTROPHES}]|{'|'.join(map(_escapes, APOSTROPHES))})"
    if letter in HYPHENS:
        return f"[{HYPHENS}]"
    if letter.isascii():
        # A combining accent after it: somebody typed more than we know.
        return re.escape(letter) + ("[\u0300-\u036f]*" if letter.isalpha() else "")
    base = unicodedata.normalize("NFD", letter)
    spellings = {re.escape(letter), re.escape(base), _escapes(letter), _escapes(letter.swapcase())}
    if base[0].isascii():
        spellings.add(re.escape(base[0]) + "[\u0300-\u036f]*")
    return f"(?:{'|'.join(sorted(spellings, key=len, reverse=True))})"


def _escapes(letter: str) -> str:
    """One letter as HTML and JSON may write it."""
    forms = []
    for part in letter:
        code = ord(part)
        forms += [rf"&\#0*{code};", rf"&\#x0*{code:x};", rf"\\u{code:04x}"]
        if part in NAMED_ENTITIES:
            forms.append(f"&{NAMED_ENTITIES[part]};")
    return "|".join(forms)
