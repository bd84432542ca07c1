"""What a message of solidarity may consist of: plain words with their lines, and no ways out."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.names import (
    INVISIBLE_LETTERS,
    JOINERS,
    MOST_MARKS_IN_A_ROW,
    REFUSED_CATEGORIES,
)

SHORTEST_MESSAGE = 3
LONGEST_MESSAGE = 1000
# In other normal forms a character is up to four; beyond, it is not even looked at.
LONGEST_TYPED = 4 * LONGEST_MESSAGE
# Addresses as they are written, and mailboxes. A full stop without a space behind it is neither.
_LINK = re.compile(
    r"://|\bwww\.|\S@\S+\.\S|\b[\w-]+\.(?:com|org|net|info)\b|\w\.[a-z]{2,10}/\S", re.IGNORECASE
)


def parse_message(typed: str) -> str:
    """The message in Unicode NFC with single `\\n` between lines, at most one empty line in a row.

    What is invisible and comes along with a paste (soft hyphens, direction marks, zero-width
    spaces) is left out: it means nothing to its writer. Raises ValidationError, worded for them.
    """
    # Normalising takes time that grows with the square of a run of marks: not for whole books.
    if len(typed) > LONGEST_TYPED:
        raise _too_long()
    text = _visible(unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")))
    _refuse_what_deceives(text)
    if len(text) > LONGEST_MESSAGE:
        raise _too_long()
    if len(text) < SHORTEST_MESSAGE or not any(
        unicodedata.category(character)[0] in "LNS" for character in text
    ):
        raise ValidationError(_("Please write a few words."), code="required")
    if _LINK.search(text):
        raise ValidationError(
            _(
                "Please leave out links and e-mail addresses: messages are also printed on paper,"
                " and the answer to a link could put somebody in danger."
            ),
            code="link",
        )
    return text


def _visible(text: str) -> str:
    """Without format characters, spaces at the ends of lines, and more than one empty line."""
    seen = "".join(
        character
        for character in text.replace("\t", " ")
        if unicodedata.category(character) != "Cf" or character in JOINERS
    )
    lines = "\n".join(line.strip() for line in seen.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _refuse_what_deceives(text: str) -> None:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        is_refused = category in REFUSED_CATEGORIES and character not in JOINERS | {"\n"}
        if is_refused or character in INVISIBLE_LETTERS or marks > MOST_MARKS_IN_A_ROW:
            raise ValidationError(
                _(
                    "This message contains characters that cannot be shown or printed."
                    " Please type it again, without special characters."
                ),
                code="characters",
            )


def _too_long() -> ValidationError:
    return ValidationError(
        _("This message is longer than %(limit)s characters. Please shorten it."),
        code="too_long",
        params={"limit": LONGEST_MESSAGE},
    )
