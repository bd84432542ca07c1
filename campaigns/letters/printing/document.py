"""A letter as a document for a word processor (.docx): the same, to be changed by hand."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from ..desk import Desk
from ..writing_forms import Written
from .sheets import WINDOWS, Part, Run, Sheet, copy_sheet, letter_sheet

FONT = "Times New Roman"
CHINESE_FONT = "SimSun"
MARGIN = 20
BELOW_WINDOW = 7
LINE = 5
TWENTIETHS_OF_POINT = 1440 / 25.4


def letter_document(written: Written, desk: Desk, *, on: date) -> bytes:
    """The letter, and the copy for the embassy on a second page if it is wanted."""
    document = Document()
    _set_up(document, written.letter.subject, written.letter.language, on)
    _write(document, letter_sheet(written, desk, on=on), written.window)
    copy = copy_sheet(written, desk, on=on)
    if copy is not None:
        document.add_page_break()
        _write(document, copy, written.window)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Any, title: str, language: str, on: date) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin = section.bottom_margin = Mm(MARGIN)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:cs"), FONT)
    fonts.set(qn("w:eastAsia"), CHINESE_FONT)
    normal.paragraph_format.space_after = Pt(8)
    # The library's own template names itself; nobody else is to be named in a letter.
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.title, properties.language = _clean(title)[:255], language
    properties.created = properties.modified = datetime.combine(on, time(12))


def _write(document: Any, sheet: Sheet, window: str) -> None:
    envelope = WINDOWS.get(window)
    language = sheet.language
    if sheet.sender.lines:
        sender = _part(document, sheet.sender, language)
        if window == "left":
            sender.paragraph_format.left_indent = Mm(95)
    address = _part(document, sheet.address, sheet.address.language)
    if envelope is not None:
        _place(address, envelope)
    if sheet.mark is not None:
        _part(document, sheet.mark, sheet.mark.language, bold=True)
    dateline = _paragraph(document, sheet.dateline, language, sheet.direction)
    # In a paragraph from right to left, “right” is where its lines end.
    dateline.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    first = document.paragraphs[-2] if sheet.mark is not None else dateline
    if envelope is not None:
        used = MARGIN + LINE * len(sheet.sender.lines)
        first.paragraph_format.space_before = Mm(
            max(envelope.top + envelope.height + BELOW_WINDOW - used, BELOW_WINDOW)
        )
    if sheet.cover is not None:
        for line in sheet.cover.lines:
            _paragraph(document, line, sheet.cover.language, sheet.cover.direction)
    subject = _empty(document, sheet.direction)
    subject.paragraph_format.space_before = Pt(10)
    for run in sheet.subject:
        _run(subject, run, language, sheet.direction)
    if sheet.salutation:
        _paragraph(document, sheet.salutation, language, sheet.direction)
    for paragraph in sheet.paragraphs:
        _paragraph(document, "\n".join(paragraph), language, sheet.direction)
    if sheet.closing:
        _paragraph(document, sheet.closing, language, sheet.direction)
    signature = _paragraph(document, sheet.name, language, sheet.direction)
    signature.paragraph_format.space_before = Mm(18)


def _part(document: Any, part: Part, language: str, *, bold: bool = False) -> Paragraph:
    paragraph = _empty(document, part.direction)
    run = Run("\n".join(part.lines), bold=bold)
    _run(paragraph, run, part.language or language, part.direction)
    return paragraph


def _paragraph(document: Any, words: str, language: str, direction: str) -> Paragraph:
    paragraph = _empty(document, direction)
    _run(paragraph, Run(words, bold=False), language, direction)
    return paragraph


def _empty(document: Any, direction: str) -> Paragraph:
    paragraph: Paragraph = document.add_paragraph()
    if direction == "rtl":
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    return paragraph


def _run(paragraph: Paragraph, words: Run, language: str, direction: str) -> None:
    run = paragraph.add_run(_clean(words.words))
    run.bold = words.bold or None
    properties = run._r.get_or_add_rPr()
    if direction == "rtl":
        run.font.rtl = True
        run.font.cs_bold = words.bold or None
    spoken = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        spoken.set(qn(name), language)
    properties.append(spoken)


def _place(paragraph: Paragraph, envelope: Any) -> None:
    """Put a paragraph where the window is, whatever stands around it."""
    frame = OxmlElement("w:framePr")
    measures = {
        "w": envelope.width,
        "h": envelope.height,
        "x": envelope.left,
        "y": envelope.top,
    }
    for name, length in measures.items():
        frame.set(qn(f"w:{name}"), str(round(length * TWENTIETHS_OF_POINT)))
    more = {"hRule": "exact", "wrap": "around", "vAnchor": "page", "hAnchor": "page"}
    for name, value in more.items():
        frame.set(qn(f"w:{name}"), value)
    paragraph._p.get_or_add_pPr().insert_element_before(
        frame, "w:spacing", "w:ind", "w:jc", "w:bidi"
    )


def _clean(text: str) -> str:
    """`text` without the code points that no XML may hold, and breaks that only a PDF needs."""
    return text.translate({0xFFFE: None, 0xFFFF: None, 0x200B: None})
