"""Writing lists that spreadsheets open and never run, row by row, into an open file.

A name such as `=HYPERLINK(…)` is a formula to a spreadsheet, and lists of people are opened by
those who may see most. In CSV a leading apostrophe makes it text; in XLSX every cell is typed as
text. openpyxl could write the latter, by way of a readable copy in the folder for temporary
files: what is private is written once, here.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO
from xml.sax.saxutils import escape

from .models import ExportJob

Write = Callable[[Sequence[str]], None]

STARTS_OF_FORMULAS = frozenset("=+-@\N{MINUS SIGN}")
BREAKS = frozenset("\t\r\n")
# What XML cannot hold.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def harmless(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula when it reads it from CSV.

    Spaces and invisible letters in front do not help it, nor do full-width letters. A phone
    number keeps its plus sign, too: without the apostrophe it would become a figure.
    """
    if text[:1] in BREAKS:
        return f"'{text}"
    for character in text:
        if character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}:
            continue
        is_start = unicodedata.normalize("NFKC", character)[:1] in STARTS_OF_FORMULAS
        return f"'{text}" if is_start else text
    return text


@contextmanager
def writer_of(format: str, file: IO[bytes]) -> Iterator[Write]:
    """A function that writes one row; the file is complete when the context ends."""
    writers = {ExportJob.Format.CSV: csv_writer, ExportJob.Format.XLSX: workbook_writer}
    with writers[ExportJob.Format(format)](file) as write:
        yield write


@contextmanager
def csv_writer(file: IO[bytes]) -> Iterator[Write]:
    """UTF-8 with its mark and semicolons: what spreadsheets open right in our countries."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    yield lambda cells: rows.writerow([harmless(cell) for cell in cells])
    text.flush()
    text.detach()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The second style says "text, even if edited": what the apostrophe is on the keyboard.
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" xfId="0"/>'
    '<xf numFmtId="49" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


@contextmanager
def workbook_writer(file: IO[bytes]) -> Iterator[Write]:
    """An XLSX workbook of one sheet, all of whose cells are text."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, DECLARATION + content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            yield lambda cells: _write_row(sheet, cells)
            sheet.write(b"</sheetData></worksheet>")


def _write_row(sheet: IO[bytes], cells: Sequence[str]) -> None:
    written = "".join(
        f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{_xml(cell)}</t></is></c>'
        for cell in cells
    )
    sheet.write(f"<row>{written}</row>".encode())


def _xml(text: str) -> str:
    return escape(NO_XML.sub("", text))
