"""Letters on paper: what stands where, in which language, and nothing of it as markup."""

import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

import home
from campaigns.letters.desk import EMBASSY
from campaigns.letters.models import PostageRate, PostalSuspension
from campaigns.letters.printing import NoSign, TooLong, letter_document, letter_pdf
from campaigns.letters.printing.pdf import FONTS, compiled
from campaigns.letters.printing.sheets import (
    WINDOWS,
    is_country,
    letter_sheet,
    office_lines,
)
from campaigns.letters.printing.slip import posted_address
from tests.factories.facts import make_office
from tests.factories.writing import make_desk, make_orvania, written_at

pytestmark = pytest.mark.django_db

DEMO = Path(home.__file__).parent / "demo" / "words"
TODAY = date(2026, 11, 21)
MARKUP = (  # What typst would take for something else than words.
    '#import "@preview/x:1.0.0": y #panic() *bold* _slanted_ $x^2$ @ref <label> `raw` = Title'
    " - item + item / term: \\ \\u{41} // no comment /* none */ ~ -- --- ..."
    " \"quoted\" 'so' [x] {y}"
)
ARABIC = "أكتب إليكم بشأن آنا دروفيك. أطلب منكم الإفراج عنها فورًا."
PERSIAN = "من برای آزادی آنا می‌نویسم. لطفاً او را آزاد کنید."


def pages(pdf: bytes) -> list[str]:
    """The words of each page, with one space between them, however lines were broken."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def placed_words(pdf: bytes, page: int = 0) -> list[tuple[float, float, str]]:
    """Where words stand: millimetres from the left and from the top."""
    found: list[tuple[float, float, str]] = []

    def keep(text, matrix, text_matrix, _font, _size) -> None:
        x = text_matrix[4] * matrix[0] + matrix[4]
        y = text_matrix[5] * matrix[3] + matrix[5]
        if text.strip():
            found.append((x / 72 * 25.4, 297 - y / 72 * 25.4, text.strip()))

    PdfReader(BytesIO(pdf)).pages[page].extract_text(visitor_text=keep)
    return found


def test_markup_is_printed_as_it_was_typed():
    desk = make_desk()
    page = pages(
        letter_pdf(
            written_at(
                desk,
                body=MARKUP,
                subject="*Ana* #x",
                name="#mila $x$",
                closing="= Yours",
                place="@home",
            ),
            desk,
            on=TODAY,
        )
    )[0]
    assert " ".join(MARKUP.split()) in page
    for typed in ("*Ana* #x", "#mila $x$", "= Yours", "@home"):
        assert typed in page


def test_the_letter_is_one_page_then_the_copy_then_what_is_for_the_writer():
    desk = make_desk()
    letter, copy, slip = pages(letter_pdf(written_at(desk, wants_copy=True), desk, on=TODAY))
    assert letter == (
        "Mila Dubreux Rue des Postes 12 4000 Liège Minister of Justice (en) Lettergate 1"
        " 1234 PORTOLA ORVANIA Liège, 21 November 2026 Concerning: Ana Drovik Dear Minister,"
        " My name is Mila. Please release Ana Drovik. Yours faithfully, Mila Dubreux"
    )
    assert "Copy, for information" in copy
    assert "Embassy of Orvania Avenue des Lettres 7 1000 Bruxelles" in copy
    assert copy.index("Your Excellency,") < copy.index("Dear Minister, My name is Mila.")
    assert "do not send" in slip
    assert "€3.05" in slip
    assert "€1.73" in slip


def test_there_is_no_copy_unless_it_is_wanted_or_for_whom_it_would_go_to():
    desk = make_desk()
    assert len(pages(letter_pdf(written_at(desk), desk, on=TODAY))) == 2
    embassy = replace(written_at(desk, wants_copy=True), addressee=desk.addressee(EMBASSY))
    letter, slip = pages(letter_pdf(embassy, desk, on=TODAY))
    assert "Embassy of Orvania" in letter
    assert "€1.73" in slip
    assert "€3.05" not in slip


def test_what_a_stamp_costs_and_where_no_post_goes_follow_the_day():
    desk = make_desk()
    PostageRate.objects.create(zone="WORLD", price="3.20", valid_from=date(2027, 1, 1))
    country = desk.addressees[0].office.country
    suspension = PostalSuspension.objects.create(
        country=country, since=date(2026, 1, 1), words={"en": "Write to the embassy."}
    )
    written = written_at(desk)
    suspended = replace(written, addressee=replace(written.addressee, suspension=suspension))
    assert "€3.20" in pages(letter_pdf(written, desk, on=date(2027, 1, 1)))[-1]
    assert "No post goes" not in pages(letter_pdf(written, desk, on=TODAY))[-1]
    slip = pages(letter_pdf(suspended, desk, on=TODAY))[-1]
    assert "No post goes to Orvania at present. Write to the embassy." in slip
    PostageRate.objects.all().delete()
    assert "ask for the price" in pages(letter_pdf(written, desk, on=TODAY))[-1]


def test_the_code_leads_to_the_page_to_say_so_and_names_nobody(settings):
    desk = make_desk(language="nl")
    address = posted_address(written_at(desk), desk)
    assert address == (
        f"{settings.BASE_URL}/nl/letters/{desk.code}/sent/"
        f"?channel=POST&to={desk.addressees[0].key}&in=en&via=paper"
    )


@pytest.mark.parametrize("window", ["right", "left"])
def test_the_address_stands_in_the_window_with_nothing_else(window):
    title = {
        "en": "Minister of Justice, Religious Affairs, Prisons and of Relations with Parliament"
    }
    lines = "\n".join(f"Line {number} of a long address, well beyond it" for number in range(1, 8))
    desk = make_desk(office={"title": title, "postal_lines": lines})
    place = "\n".join(f"Way {number}" for number in range(12))
    pdf = letter_pdf(written_at(desk, window=window, place=place), desk, on=TODAY)
    envelope = WINDOWS[window]
    inside = [
        text
        for left, top, text in placed_words(pdf)
        if envelope.left <= left <= envelope.left + envelope.width
        and envelope.top <= top <= envelope.top + envelope.height
    ]
    sheet = letter_sheet(written_at(desk, window=window), desk, on=TODAY)
    assert " ".join(" ".join(inside).split()) == " ".join(sheet.address.lines)
    assert len(sheet.address.lines) == 6
    assert sheet.address.lines[-1] == "ORVANIA"


def test_without_a_window_the_address_stands_above_the_letter():
    desk = make_desk()
    found = placed_words(letter_pdf(written_at(desk, window="none"), desk, on=TODAY))
    left, top, _text = next(each for each in found if each[2].startswith("Lettergate"))
    assert left < 30
    assert top < WINDOWS["right"].top


@pytest.mark.parametrize("last", ["ORVANIA", "Orvanië", "ORVANIE"])
def test_the_country_stands_last_in_capitals_and_once(last):
    office = make_office(country=make_orvania(), postal_lines=f"Lettergate 1\nPORTOLA\n{last}\n")
    assert office_lines(office, language="nl", page_language="nl").lines == (
        "Minister of Justice (nl)",
        "Lettergate 1",
        "PORTOLA",
        "ORVANIA",
    )
    assert office_lines(office, language="fr", page_language="fr").lines[-1] == "ORVANIE"
    assert not is_country("PORTOLA", office.country)


@pytest.mark.parametrize(
    ("language", "place", "dateline"),
    [
        ("fr", "Rue Haute 3\n4000 Liège", "Liège, 21 novembre 2026"),
        ("nl", "B-9000 Gent", "Gent, 21 november 2026"),
        ("nl", "1012 AB Amsterdam", "Amsterdam, 21 november 2026"),
        ("de", "", "21. November 2026"),
        ("ru", "Гент", "Гент, 21 ноября 2026\u202fг."),
        ("zh", "列日", "列日，2026年11月21日"),
    ],
)
def test_place_and_date_are_in_the_language_of_the_letter(language, place, dateline):
    desk = make_desk()
    written = written_at(desk, language=language, place=place)
    found = letter_sheet(written, desk, on=TODAY).dateline
    assert found.replace("\xa0", "\u202f") == dateline


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("fr", "Ça, c’est l’œuvre — où ? « Libérez-la ! »"),
        ("ru", "Я прошу Вас освободить Ану. Ёлка, Ґалаґан."),
        ("tr", "Ağrı’da tutuklu. İyi günler, ışık, şğüöç."),
        ("ar", ARABIC),
        ("fa", PERSIAN),
        ("zh", "我请求您立即释放王清河。繁體：釋放陳先生。"),
        ("en", "Ελένη, Մարիամ, ნინო, שלום, Đặng Thị Huệ, Wałęsa, Ñandú, Oʻzbek."),
    ],
)
def test_every_script_of_letters_has_its_signs(language, body):
    desk = make_desk()
    pdf = letter_pdf(written_at(desk, language=language, body=body), desk, on=TODAY)
    reader = PdfReader(BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == language
    if language not in {"ar", "fa", "en"}:  # Extraction turns lines from right to left round.
        squeezed = "".join(reader.pages[0].extract_text().split())
        assert "".join(body.split()) in squeezed
    fonts = {
        str(font.get_object()["/BaseFont"])
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    }
    wanted = {"ar": "NaskhArabic", "fa": "NaskhArabic", "zh": "CJK"}.get(language, "NotoSerif")
    assert any(wanted in font for font in fonts)
    assert all("Noto" in font for font in fonts)


def test_what_no_font_has_is_refused_and_named():
    desk = make_desk()
    with pytest.raises(NoSign) as refused:
        letter_pdf(written_at(desk, body="Free her 🦊 now ဗ"), desk, on=TODAY)
    assert refused.value.signs == ("🦊", "ဗ")
    assert "🦊" not in str(refused.value)


def test_a_letter_from_right_to_left_begins_at_the_right():
    desk = make_desk()
    arabic = written_at(
        desk, language="ar", body="شكرا", salutation="", closing="", name="", place=""
    )
    left, _top, _text = max(
        placed_words(letter_pdf(arabic, desk, on=TODAY)), key=lambda each: (each[1], each[0])
    )
    assert left > 150
    # The window is where the envelope has it, all the same.
    assert any(
        112 < left < 115 and "Lettergate" in text
        for left, _top, text in placed_words(letter_pdf(arabic, desk, on=TODAY))
    )


def test_a_longer_letter_gets_tighter_and_never_smaller():
    desk = make_desk()
    short = written_at(desk, body="A line.\n\n" * 5)
    long = written_at(
        desk, body=("A line of some length, as they are in letters. " * 4 + "\n\n") * 12
    )
    sizes = []
    for written in (short, long):
        pdf = letter_pdf(written, desk, on=TODAY)
        assert len(pages(pdf)) == 2
        found: set[float] = set()
        PdfReader(BytesIO(pdf)).pages[0].extract_text(
            visitor_text=lambda text, _m, matrix, _f, size, found=found: found.add(
                (text[:6], abs(round(size * matrix[3], 1)))
            )
        )
        sizes.append({size for text, size in found if text == "A line"})
    assert sizes == [{11.0}, {11.0}]


def test_what_does_not_fit_is_refused_with_the_number_of_lines():
    desk = make_desk()
    lines = 60
    with pytest.raises(TooLong) as refused:
        letter_pdf(written_at(desk, body="\n".join(["line"] * lines)), desk, on=TODAY)
    too_many = refused.value.lines
    assert 0 < too_many < lines
    fits = "\n".join(["line"] * (lines - too_many))
    assert len(pages(letter_pdf(written_at(desk, body=fits), desk, on=TODAY))) == 2
    with pytest.raises(TooLong):
        letter_pdf(written_at(desk, body=f"{fits}\nline"), desk, on=TODAY)


def test_a_word_without_end_stays_on_the_page():
    desk = make_desk()
    pdf = letter_pdf(written_at(desk, body="x" * 400), desk, on=TODAY)
    assert "x" * 400 in pages(pdf)[0].replace("\u200b", "").replace(" ", "")
    rows = [text for _left, _top, text in placed_words(pdf) if set(text) <= {"x", "\u200b"}]
    assert len(rows) >= 4


def test_the_pages_are_tagged_and_say_what_they_are():
    desk = make_desk(language="nl")
    pdf = letter_pdf(written_at(desk, language="fr", wants_copy=True), desk, on=TODAY)
    reader = PdfReader(BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Concerning: Ana Drovik"
    assert reader.metadata.author is None
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    kinds: list[str] = []
    languages: set[str] = set()

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif hasattr(node, "get"):
            kinds.append(str(node.get("/S", "")))
            languages.add(str(node.get("/Lang", "")))
            if "/Alt" in node:
                kinds.append("described " + str(node["/S"]))
            if "/K" in node and not isinstance(node["/K"], int):
                walk(node["/K"])

    walk(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/P", "described /Figure"} <= set(kinds)
    # The slip and the words for the embassy are in the language of the page.
    assert "nl" in languages
    for page in reader.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]


def test_letters_made_at_the_same_time_do_not_mix():
    desk = make_desk()
    sheets = [
        letter_sheet(written_at(desk, body=f"Number {number}."), desk, on=TODAY)
        for number in range(12)
    ]
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda sheet: compiled(sheet, title="Concerning", on=TODAY), sheets)
        found = [pages(pdf) for pdf in made]
    assert [f"Number {number}." in page for number, [page] in enumerate(found)] == [True] * 12


def test_the_letters_of_the_demonstration_fit_on_a_page_and_have_their_signs():
    desk = make_desk()
    words = tomllib.loads((DEMO / "letters.toml").read_text(encoding="utf-8"))
    letters = [
        (language, letter["text"])
        for issues in words.values()
        for issue in issues.values()
        for language, letter in issue.get("letters", {}).items()
    ]
    assert len(letters) > 10
    for language, text in letters:
        page = letter_sheet(written_at(desk, language=language, body=text), desk, on=TODAY)
        assert compiled(page, title="Concerning", on=TODAY)


def test_the_fonts_are_few_enough_to_be_carried_along():
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 6_000_000
    assert (FONTS / "OFL-Noto.txt").read_text().count("SIL OPEN FONT LICENSE") == 1


def test_the_document_holds_the_same_and_can_be_changed():
    desk = make_desk(language="nl")
    written = written_at(desk, language="fr", body=f"Un.\n{MARKUP}\n\nDeux\uffff.", wants_copy=True)
    file = letter_document(written, desk, on=TODAY)
    document = Document(BytesIO(file))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:4] == [
        "Mila Dubreux\nRue des Postes 12\n4000 Liège",
        "Minister of Justice (fr)\nLettergate 1\n1234 PORTOLA\nORVANIA",
        "Liège, 21 novembre 2026",
        "Concerning: Ana Drovik",
    ]
    assert texts[4:9] == [
        "Dear Minister,",
        f"Un.\n{MARKUP}",
        "Deux.",
        "Yours faithfully,",
        "Mila Dubreux",
    ]
    assert "Embassy of Orvanië\nAvenue des Lettres 7\n1000 Bruxelles" in texts
    bold = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.bold]
    assert bold[0] == "Ana Drovik"
    properties = document.core_properties
    assert (properties.title, properties.author, properties.comments) == (
        "Concerning: Ana Drovik",
        "",
        "",
    )
    with zipfile.ZipFile(BytesIO(file)) as parts:
        xml = parts.read("word/document.xml").decode()
    assert 'w:val="fr"' in xml
    assert 'w:val="nl"' in xml
    assert "<w:framePr" in xml


def test_a_document_from_right_to_left_says_so():
    desk = make_desk()
    file = letter_document(written_at(desk, language="ar", body=ARABIC), desk, on=TODAY)
    body = next(each for each in Document(BytesIO(file)).paragraphs if each.text == ARABIC)
    assert body._p.pPr.find(body._p.pPr.tag.replace("pPr", "bidi")) is not None
    assert body.runs[0].font.rtl
