"""A letter as text: from what somebody typed, or a model, to what leaves by any channel.

Pure: no query, no request. Whatever is typed stays plain text; nothing in it is markup to anybody.
"""

import re
import unicodedata
from dataclasses import dataclass

# Characters that somebody may send us to make links or a page of; far more than a page holds.
LONGEST_TEXT = 10_000
# Composed characters may be typed as two. Normalising takes time that grows with the square of a
# run of marks, so that whole books are not even looked at.
MOST_TYPED_PER_CHARACTER = 2
LONGEST_NAME = 80
LONGEST_PLACE = 200
# What is left to fill in stands in square brackets, in whatever language: “[my town]”.
LEFT_TO_FILL_IN = re.compile(r"\[[^\[\]\n]{1,60}\]")
# They make text look other than it is: embeddings, overrides, isolates, and invisible marks.
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ufff9-\ufffb]")


@dataclass(frozen=True)
class Letter:
    """A letter from salutation to signature, in one language. Lines end in \\n."""

    language: str
    subject: str
    salutation: str
    # Paragraphs, divided by blank lines.
    body: str
    closing: str
    signature: str = ""

    @property
    def text(self) -> str:
        """All that stands below the subject, as a mail program shows it."""
        parts = (self.salutation, self.body, self.closing, self.signature)
        return "\n\n".join(filter(None, (part.strip() for part in parts)))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Those of the body, without the blank lines."""
        return tuple(filter(None, (part.strip() for part in re.split(r"\n\s*\n", self.body))))


def plain(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """`text` with one kind of line end, in composed form, without what cannot be seen.

    Control characters, directional overrides and what lies beyond `longest` are left out; a
    zero-width joiner stays, since Persian and emoji are written with it.
    """
    text = text[: MOST_TYPED_PER_CHARACTER * longest]
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = UNSEEN.sub("", text)
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")
    return "".join(kept)[:longest].strip()


def one_line(text: str, *, longest: int = LONGEST_NAME) -> str:
    """The same for a name or a subject: no line end can begin another header or line."""
    return " ".join(plain(text, longest=longest).split())


def left_to_fill_in(text: str) -> list[str]:
    """The placeholders that are still in a text, each once, as they stand there."""
    return list(dict.fromkeys(LEFT_TO_FILL_IN.findall(text)))
