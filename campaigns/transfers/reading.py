"""Reading what staff upload: which bytes, which separators, which first line; then row by row."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

BLOCK_BYTES = 1024 * 1024
SAMPLE_ROWS = 30
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Encoding(TextChoices):
    """How a text file may spell its letters; the value is Python's name."""

    UTF_8 = "utf-8", _("UTF-8")
    UTF_8_MARKED = "utf-8-sig", _("UTF-8 (with a mark)")
    UTF_16 = "utf-16", _("UTF-16")
    UTF_16_LE = "utf-16-le", _("UTF-16 (without a mark)")
    UTF_16_BE = "utf-16-be", _("UTF-16 (without a mark, big-endian)")
    WESTERN = "cp1252", _("Windows-1252, Latin-1 (Western Europe)")
    LATIN_1 = "iso8859-1", _("ISO 8859-1 (Western Europe, old)")
    CENTRAL = "cp1250", _("Windows-1250 (Central Europe)")
    DOS = "cp850", _("DOS 850 (Western Europe)")
    MACINTOSH = "mac-roman", _("Macintosh (old)")


class Delimiter(TextChoices):
    """What may separate columns."""

    SEMICOLON = ";", _("semicolon")
    COMMA = ",", _("comma")
    TAB = "\t", _("tab")


class Failure(TextChoices):
    """Why a file cannot be read, with what to do about it."""

    EMPTY = "EMPTY", _("There is no row in it.")
    OLD_WORKBOOK = (
        "OLD_WORKBOOK",
        _("This is an Excel file of the old kind (.xls). Please save it as .xlsx or CSV."),
    )
    NO_WORKBOOK = (
        "NO_WORKBOOK",
        _("This is not a workbook that can be opened. Please save it anew as .xlsx or CSV."),
    )
    NO_TEXT = "NO_TEXT", _("This is neither text nor a workbook. Please save it as .xlsx or CSV.")
    WRONG_ENCODING = (
        "WRONG_ENCODING",
        _("It is not written in the encoding that was chosen. Please choose another."),
    )
    OPEN_QUOTE = (
        "OPEN_QUOTE",
        _("A quotation mark is opened and never closed, so that the columns cannot be told apart."),
    )
    TOO_LARGE = "TOO_LARGE", _("It is larger than what can be imported at once. Please split it.")
    STUCK = "STUCK", _("It stopped at a row that cannot be written, several times over.")
    LOST = "LOST", _("The uploaded file is gone. Please upload it again.")


class Unreadable(Exception):
    """A file that cannot be imported; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class Reading:
    """How a file of text is read."""

    encoding: str
    delimiter: str


def is_workbook(path: Path) -> bool:
    """Whether the file is an XLSX workbook, by what is in it. Raises Unreadable for others."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(Failure.OLD_WORKBOOK)
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf")):
        raise Unreadable(Failure.NO_TEXT)
    return start.startswith(b"PK\x03\x04")


def detect_encoding(path: Path) -> str:
    """The encoding of a text file: by its mark, else UTF-8 if all of it is, else Western."""
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                return encoding
        if b"\0" in start:
            zeros = Counter(place % 2 for place, byte in enumerate(start) if byte == 0)
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        for encoding in (Encoding.UTF_8, Encoding.WESTERN):
            file.seek(0)
            if _decodes(file, encoding):
                return encoding.value
    # Every byte means something there.
    return Encoding.LATIN_1.value


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect_delimiter(path: Path, encoding: str) -> str:
    """The separator that cuts the first rows into columns most evenly.

    Raises Unreadable for a file that is not in that encoding.
    """

    def evenness(delimiter: str) -> tuple[float, int]:
        rows = islice(text_rows(path, Reading(encoding, delimiter)), SAMPLE_ROWS)
        try:
            widths = Counter(len(row) for row in rows if row)
        except Unreadable as error:
            if error.failure == Failure.OPEN_QUOTE:
                return (0, 0)
            raise
        if not widths:
            return (0, 0)
        width, count = widths.most_common(1)[0]
        return (count / widths.total() if width > 1 else 0, width)

    return max(Delimiter.values, key=evenness)


def text_rows(path: Path, reading: Reading) -> Iterator[list[str]]:
    """The rows of a file of separated text. Raises Unreadable where it makes no sense."""
    try:
        with path.open(encoding=reading.encoding, newline="") as file:
            yield from csv.reader(file, delimiter=reading.delimiter)
    except UnicodeError as error:
        raise Unreadable(Failure.WRONG_ENCODING) from error
    except csv.Error as error:
        # A field beyond 128 KiB: what follows a lone quotation mark.
        raise Unreadable(Failure.OPEN_QUOTE) from error


def tidy(cells: Iterable[str]) -> list[str]:
    """A row without surrounding spaces, NULs, empty cells at its end, or cells out of all measure.

    The apostrophe in front of a phone number or formula is how spreadsheets mark text.
    """
    found = [cell[:LONGEST_CELL].replace("\0", "").strip() for cell in islice(cells, MOST_COLUMNS)]
    found = [cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell for cell in found]
    while found and not found[-1]:
        found.pop()
    return found


def looks_like_headings(cells: list[str]) -> bool:
    """Whether a first row names columns. Data would hold an address, or figures."""
    return bool(cells) and not any(
        "@" in cell or any(character.isdigit() for character in cell[:1]) for cell in cells
    )
