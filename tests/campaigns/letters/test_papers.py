"""Letters on paper, asked for from the writing page: files that are made and not kept."""

from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader

from campaigns.letters.models import ChannelOpening, LetterAct, UrgentActionIssue
from campaigns.letters.views.papers import DOCUMENT, PAPERS
from tests.factories.writing import desk_of, make_action_with_embassy

pytestmark = pytest.mark.django_db

KINDS = {"pdf": "application/pdf", "docx": DOCUMENT}


@pytest.fixture
def desk():
    return desk_of(make_action_with_embassy())


def ask(client, desk, ending="pdf", headers=None, **changes):
    typed = {
        "to": desk.addressees[0].key,
        "in": "en",
        "start": "empty",
        "subject": "Concerning: Ana Drovik",
        "salutation": "Dear Minister,",
        "body": "Please release Ana Drovik.",
        "closing": "Yours faithfully,",
        "signs": "FULL",
        "name": "Mila Dubreux",
        "place": "Rue des Postes 12\n4000 Liège",
        "window": "left",
        **changes,
    }
    return client.post(f"/en/letters/{desk.code}/letter.{ending}", typed, headers=headers or {})


def words_of(response) -> str:
    if response["Content-Type"] == DOCUMENT:
        texts = (paragraph.text for paragraph in Document(BytesIO(response.content)).paragraphs)
        return " ".join(" ".join(texts).split())
    reader = PdfReader(BytesIO(response.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("ending", KINDS)
def test_the_file_holds_what_was_typed_and_is_nobody_elses(client, desk, ending):
    answer = ask(client, desk, ending, copy="on")
    assert answer.status_code == 200
    assert answer["Content-Type"] == KINDS[ending]
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{desk.code}.{ending}"'
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert not answer.cookies
    words = words_of(answer)
    for typed in ("Mila Dubreux", "Rue des Postes 12", "Please release Ana Drovik.", "ORVANIA"):
        assert typed in words
    assert "Embassy of Orvania" in words


def test_nothing_is_kept_and_nothing_is_counted(client, desk, caplog):
    ask(client, desk, "docx")
    assert not LetterAct.objects.exists()
    assert not ChannelOpening.objects.exists()
    assert "Mila" not in caplog.text


@pytest.mark.parametrize("ending", KINDS)
def test_a_get_makes_nothing(client, desk, ending):
    assert client.get(f"/en/letters/{desk.code}/letter.{ending}").status_code == 405


def test_another_site_cannot_ask(client, desk):
    assert ask(client, desk, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_an_empty_letter_comes_back_with_a_word_and_all_that_was_typed(client, desk):
    answer = ask(client, desk, body=" ", name="Mila Dubreux-Okoro")
    assert answer.status_code == 422
    assert b"Mila Dubreux-Okoro" in answer.content
    assert b'aria-invalid="true"' in answer.content


def test_a_letter_that_is_too_long_for_its_page_comes_back_whole(client, desk):
    body = "\n".join(f"Line {number}" for number in range(70))
    answer = ask(client, desk, body=body)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "lines too long for one page. Please shorten it." in page
    assert "Line 0\nLine 1\n" in page.replace("\r\n", "\n")
    assert "Line 69" in page
    assert "Rue des Postes 12" in page
    # A word processor makes as many pages as it takes.
    assert ask(client, desk, "docx", body=body).status_code == 200


def test_a_megabyte_is_refused_in_words(client, desk):
    answer = ask(client, desk, body="word " * 200_000)
    assert answer.status_code == 422
    assert "too long for a letter" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"body": "Free her 🦊"}, "body"), ({"name": "Mila 🦊"}, "name")],
)
def test_a_sign_that_cannot_be_printed_is_named_beside_its_field(client, desk, typed, field):
    answer = ask(client, desk, **typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert "We cannot print 🦊." in answer.content.decode()
    assert ask(client, desk, "docx", **typed).status_code == 200


def test_after_the_deadline_there_is_no_paper(client, desk):
    UrgentActionIssue.objects.update(state=UrgentActionIssue.State.STOPPED)
    answer = ask(client, desk)
    assert answer.status_code == 410
    assert b"%PDF" not in answer.content


def test_an_action_that_nobody_knows_has_no_paper(client, desk):
    assert client.post("/en/letters/999-26/letter.pdf", {}).status_code == 404


def test_one_client_cannot_keep_the_press_running(client, desk, monkeypatch):
    monkeypatch.setattr("campaigns.letters.views.papers.PAPERS", type(PAPERS)("papers", 2))
    assert [ask(client, desk, "docx").status_code for _press in range(2)] == [200, 200]
    answer = ask(client, desk, body="Keep this.")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert b"Keep this." in answer.content
