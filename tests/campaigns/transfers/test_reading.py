"""Files as they come out of other systems."""

import io
import tracemalloc
import zipfile
from datetime import date

import openpyxl
import pytest

from campaigns.transfers.files import private_path
from campaigns.transfers.headings import guess_columns
from campaigns.transfers.models import ImportJob
from campaigns.transfers.parsing import country_code, language_code, parse_day
from campaigns.transfers.reading import Failure
from campaigns.transfers.selectors import sample_rows
from campaigns.transfers.workbooks import workbook_rows

from .conftest import csv_of

pytestmark = pytest.mark.django_db
ROW = "zoë@example.org;Zoë Müller;2024-05-03;Café"
TEXT = csv_of(ROW, headings="email;prénom;consent date;proof")


def workbook(*rows, title="people") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
def test_letters_are_read_right_in_every_encoding(clerk, written_as, read_as):
    job = clerk.upload(TEXT.encode(written_as))
    assert job.encoding == read_as
    [row] = sample_rows(job)
    assert row.cells == ROW.split(";")
    assert job.headings == ["email", "prénom", "consent date", "proof"]


def test_latin_1_far_down_in_a_file_is_noticed(clerk):
    rows = [f"mila-{number}@example.org;2024-05-03;B" for number in range(5000)]
    job = clerk.upload(csv_of(*rows, "mila@example.org;2024-05-03;Café").encode("latin-1"))
    assert job.encoding == "cp1252"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_separator_is_found_out(clerk, delimiter):
    cells = [["email", "date;of, consent", "proof"], ["mila@example.org", "2024-05-03", "a, b; c"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in cells)
    job = clerk.upload(text)
    assert job.delimiter == delimiter
    assert sample_rows(job)[0].cells == cells[1]


def test_a_first_line_with_a_person_is_a_row_and_kept_nowhere_else(clerk):
    job = clerk.upload("mila@example.org;2024-05-03;B\njoris@example.org;2024-05-03;B\n")
    assert (job.has_header, job.headings, job.row_count) == (False, [], 2)
    assert job.mapping == {"email": 0}
    assert "mila" not in str(ImportJob.objects.values().get())


def test_lines_are_counted_as_a_spreadsheet_counts_them(clerk, formula):
    job = clerk.run(
        csv_of('mila@example.org;2024-05-03;"two\nlines"', "", ";;", "nobody;2024-05-03;B")
    )
    assert [problem.line for problem in job.problems.all()] == [5]


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"", Failure.EMPTY),
        (b"email;date;proof\n", Failure.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Failure.OLD_WORKBOOK),
        (b"%PDF-1.7", Failure.NO_TEXT),
        (b"PK\x03\x04 and no more", Failure.NO_WORKBOOK),
        (("email;b\n" + '"' + "x;y\n" * 50_000).encode(), Failure.OPEN_QUOTE),
    ],
)
def test_what_cannot_be_read_is_said_in_words_and_leaves_no_table(
    clerk, private_root, content, failure
):
    job = clerk.upload(content)
    assert (job.state, job.failure) == (ImportJob.State.FAILED, failure)
    assert [path.name for path in private_root.iterdir()] == [job.upload_name]


def test_a_workbook_is_read_as_it_is_shown(clerk):
    job = clerk.upload(
        workbook(
            ["email", "consent date", "proof", "cp", "tel"],
            ["zoë@example.org", date(2024, 5, 3), "B", 1348, 442079460018],
            [None, None, None],
            ["mila@example.org", "2024-05-03", "=1+1", None, "'+442079460018"],
        ),
        "people.xlsx",
    )
    assert job.is_workbook
    first, second = sample_rows(job)
    assert first.cells == ["zoë@example.org", "2024-05-03", "B", "1348", "442079460018"]
    assert second.line == 4
    assert second.cells[4] == "+442079460018"


def test_a_workbook_that_unpacks_without_end_is_refused(clerk, monkeypatch):
    from campaigns.transfers import workbooks

    monkeypatch.setattr(workbooks, "MOST_UNPACKED_BYTES", 1000)
    job = clerk.upload(workbook(["email"], ["mila@example.org"]))
    assert job.failure == Failure.TOO_LARGE


def test_a_workbook_with_entities_is_refused(clerk, tmp_path):
    good, bad = io.BytesIO(workbook(["email"], ["mila@example.org"])), io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + content
            target.writestr(name, content)
    assert clerk.upload(bad.getvalue()).failure == Failure.NO_WORKBOOK


def test_the_texts_of_a_workbook_do_not_fill_the_memory(tmp_path):
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.xlsx"
        path.write_bytes(
            workbook(*([f"{'long ' * 40}{n}", f"{n}@example.org"] for n in range(count)))
        )
        tracemalloc.start()
        assert sum(1 for _row in workbook_rows(path)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few = peak(100)
    # 4 000 more texts of 200 letters would be 800 kB.
    assert peak(4_100) - few < 1_500_000


def test_uploads_and_tables_are_readable_by_the_site_alone(clerk, private_root, settings):
    job = clerk.upload(TEXT)
    assert private_root.stat().st_mode & 0o777 == 0o700
    for name in (job.upload_name, job.table_name):
        path = private_path(name)
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(name) >= 32
        assert str(settings.MEDIA_ROOT) not in str(path)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", "..", ".hidden", "a/b"])
def test_no_name_leads_out_of_the_private_folder(name):
    with pytest.raises(ValueError, match="private"):
        private_path(name)


@pytest.mark.parametrize(
    "headings",
    [
        [
            "Adresse e-mail",
            "Prénom",
            "Nom de famille",
            "Langue",
            "Code postal",
            "Date du consentement",
        ],
        ["E-mailadres", "Voornaam", "Achternaam", "Taal", "Postcode", "Datum toestemming"],
        ["E-Mail-Adresse", "Vorname", "Nachname", "Sprache", "PLZ", "Einwilligungsdatum"],
        ["Email address", "First name", "Last name", "Language", "Zip code", "Consent date"],
        ["EMAIL", "first_name", "LAST_NAME", "language", "zip", "consent_date"],
    ],
)
def test_headings_are_understood_in_every_language(headings):
    assert guess_columns(headings, []) == {
        "email": 0, "given_name": 1, "family_name": 2, "language": 3, "postcode": 4, "given_on": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["nl", "NL", "nl-BE", "nl_BE", "Nederlands", "néerlandais", "Dutch"]
)
def test_a_language_is_understood_by_code_or_name(typed):
    assert language_code(typed) == "nl"


@pytest.mark.parametrize(
    "typed", ["BE", "be", "Belgique", "BELGIË", "belgie", "Belgien", "Belgium"]
)
def test_a_country_is_understood_by_code_or_name(typed):
    assert country_code(typed) == "BE"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2024-05-03", "2024-05-03"),
        ("2024-05-03T10:11:12Z", "2024-05-03"),
        ("2024-05-03 10:11", "2024-05-03"),
        ("03/05/2024", "2024-05-03"),
        ("3.5.2024", "2024-05-03"),
        ("3-5-2024 10:11", "2024-05-03"),
        ("05/31/2024", None),
        ("31/02/2024", None),
        ("3/5/24", None),
        ("yesterday", None),
    ],
)
def test_days_are_read_as_they_are_written_in_europe(typed, day):
    found = parse_day(typed)
    assert (found.isoformat() if found else None) == day
