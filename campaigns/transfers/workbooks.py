"""Reading an XLSX workbook of any length in a fixed amount of memory.

openpyxl reads sheets row by row, but all texts of the workbook at once: with 100 000 subscribers,
each with an address and a street of their own, that is what fills the memory. Here they are
written to a nameless file, and read from it cell by cell.
"""

import os
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from .reading import Failure, Unreadable

# A few kilobytes can be packed so that they fill a disk when they are unpacked.
MOST_UNPACKED_BYTES = 1024 * 1024 * 1024
OFTEN_READ_TEXTS = 4096


class _StoredTexts:
    """The texts of a workbook by number, on disk. The file is gone when the process is."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the workbook)
        self._starts = array("Q", [0])
        self._read = lru_cache(OFTEN_READ_TEXTS)(self._read_from_disk)

    def append(self, text: str) -> None:
        self._starts.append(self._starts[-1] + self._file.write(text.encode()))

    def __getitem__(self, number: int) -> str:
        return self._read(number)

    def _read_from_disk(self, number: int) -> str:
        start, end = self._starts[number], self._starts[number + 1]
        return os.pread(self._file.fileno(), end - start, start).decode()

    def close_for_writing(self) -> None:
        self._file.flush()


class _Reader(ExcelReader):
    """openpyxl's reader, with the texts kept elsewhere."""

    def read_strings(self) -> None:
        texts = _StoredTexts()
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                for text in _texts(source):
                    texts.append(text)
        texts.close_for_writing()
        self.shared_strings = texts


def _texts(source: IO[bytes]) -> Iterator[str]:
    item, text, run = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "t", "r"))
    root = None
    for event, node in iterparse(source, events=("start", "end")):
        if root is None:
            root = node
        elif event == "end" and node.tag == item:
            # A text is one piece, or runs with a style each. What is read aloud (rPh) is neither.
            pieces = [node.findtext(text), *(part.findtext(text) for part in node.findall(run))]
            yield "".join(piece for piece in pieces if piece)
            root.clear()


def workbook_rows(path: Path) -> Iterator[list[str]]:
    """The rows of the first sheet as text, one list of cells each.

    Raises Unreadable for what is no workbook, or one that unpacks beyond all measure.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise Unreadable(Failure.TOO_LARGE)
        with path.open("rb") as file:
            reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
            reader.read()
            sheets = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise Unreadable(Failure.EMPTY)
            # What a sheet says of its own size is often wrong.
            sheets[0].reset_dimensions()
            for row in sheets[0].iter_rows(values_only=True):
                yield [_words(value) for value in row]
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,  # Entities, too: openpyxl reads through defusedxml.
        IndexError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
    ) as error:
        raise Unreadable(Failure.NO_WORKBOOK) from error


def _words(value: Any) -> str:
    """What a cell holds, as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
