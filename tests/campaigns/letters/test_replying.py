"""What an authority answered is passed on by anybody, and read by few."""

import io
import os
import struct
import uuid
import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from wagtail.models import ModelLogEntry, ReferenceIndex

from campaigns.cases.models import Case
from campaigns.letters.links import code_of_action
from campaigns.letters.models import Reply, UrgentActionIssue
from campaigns.letters.personal_data_of_replies import CONTACT_IS_KEPT, REPLY_IS_KEPT
from campaigns.letters.replying import ORPHANED_AFTER, delete_orphaned_files
from campaigns.supporters.services.retention import forget_what_is_due
from home import setup
from tests.factories.facts import make_case, make_urgent_action
from tests.factories.solidarity import make_english_staff
from tests.pages import ServedPage
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db
CANARY = "Mila-canary"
CONTACT = "mila@example.org"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RESTRICTED_ROOT = tmp_path / "restricted"
    settings.MEDIA_ROOT = tmp_path / "media"
    with translation.override("en"):
        yield settings.RESTRICTED_ROOT / "replies"


@pytest.fixture
def action(site):
    return make_urgent_action(case=make_case(given_name="Noor"))


def path_to(action, name="reply"):
    with translation.override("en"):
        return reverse(f"letters:{name}", args=[code_of_action(action.number, action.year)])


def typed(**changes):
    return {
        "answered_by": "else",
        "answered_on": "",
        "text": "We have received your letter.",
        "contact": "",
        "key": str(uuid.uuid4()),
        **changes,
    }


def a_file(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_photo(kind="JPEG", size=(60, 40)) -> bytes:
    """On its side, with where it was taken, by whom and in whose words."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, CANARY
    exif[0x8825] = {1: "N", 2: (50.0, 51.0, 1.0)}
    written = io.BytesIO()
    more = {"comment": CANARY.encode()} if kind == "JPEG" else {}
    Image.new("RGB", size, "red").save(written, kind, exif=exif, **more)
    return written.getvalue()


def a_pdf(change=None, **photo) -> bytes:
    """One page with a photograph, by somebody."""
    page = io.BytesIO()
    Image.open(io.BytesIO(a_photo())).save(page, "PDF", title=CANARY)
    writer = PdfWriter(clone_from=io.BytesIO(page.getvalue()))
    writer.add_metadata({"/Author": CANARY})
    # A camera's picture goes into a scan as it is.
    for held in writer._objects:
        if isinstance(held, dict) and held.get("/Filter") == ["/DCTDecode"]:
            held._data = a_photo()
    if change:
        change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def with_script(writer):
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )


def a_bomb() -> bytes:
    """A PNG of some kilobytes that would take gigabytes to draw."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def pass_on(client, action, **changes):
    return client.post(path_to(action), typed(**changes))


def test_an_answer_is_passed_on_once_however_often_the_button_is_pressed(client, action, folder):
    office = action.issues.get().targets.get().office
    page = client.get(path_to(action))
    assert "no-store" in page.headers["Cache-Control"]
    [form] = [each for each in ServedPage(page.text).all("form") if "data-form" in each.attributes]
    assert form.attributes["data-form"] == "reply"
    assert form.attributes["enctype"] == "multipart/form-data"
    key = next(
        each.attributes["value"]
        for each in ServedPage(page.text).all("input")
        if each.attributes.get("name") == "key"
    )
    for _press in range(2):
        response = pass_on(
            client,
            action,
            key=key,
            answered_by=str(office.pk),
            answered_on="2026-11-02",
            text="No.\r\n\u202eNever.",
            contact=CONTACT,
            file=a_file(a_photo(), "reply.jpg"),
        )
        assert response.status_code == 303
    assert "Noor" in client.get(response.url).text
    reply = Reply.objects.get()
    assert (reply.urgent_action, reply.office, reply.text) == (action, office, "No.\nNever.")
    assert (reply.answered_on.isoformat(), reply.contact, reply.state) == (
        "2026-11-02", CONTACT, Reply.State.NEW
    )  # fmt: skip
    [kept] = folder.iterdir()
    assert kept.name == reply.file
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_picture_is_drawn_anew_and_upright(client, action, folder):
    assert pass_on(client, action, text="", file=a_file(a_photo(), "x.pdf")).status_code == 303
    content = next(folder.iterdir()).read_bytes()
    assert CANARY.encode() not in content
    picture = Image.open(io.BytesIO(content))
    assert (picture.size, dict(picture.getexif())) == ((40, 60), {})
    assert "comment" not in picture.info
    assert Reply.objects.get().file_type == "image/jpeg"


def test_of_a_pdf_its_pages_are_kept_and_nothing_of_its_maker(client, action, folder):
    assert CANARY.encode() in a_pdf()
    assert pass_on(client, action, file=a_file(a_pdf(), "x.exe")).status_code == 303
    content = next(folder.iterdir()).read_bytes()
    read = PdfReader(io.BytesIO(content))
    assert len(read.pages) == 1
    assert read.pages[0].images[0].image.size == (60, 40)
    assert CANARY.encode() not in content
    assert not read.metadata


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-" + b"0" * 20 * 1024 * 1024, "larger than 10 MB"),
        (b"MZ\x90\x00" + b"0" * 500, "neither"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "neither"),
        (b"", "neither"),
        (b"\0\0\0\x18ftypheic0000", "HEIC"),
        (a_bomb(), "too large to be opened"),
        (a_pdf(with_script), "holds programs"),
        (a_pdf(lambda writer: writer.add_attachment("a.txt", b"x")), "holds programs"),
        (a_pdf(lambda writer: writer.encrypt("secret")), "locked"),
        (b"%PDF-1.7\nnothing of the kind", "could not read"),
        (b"\xff\xd8\xff\xe0" + b"1" * 50, "could not read"),
    ],
    ids=(
        *("20 MB", "program", "svg", "empty", "heic", "bomb", "script", "attachment"),
        *("locked", "no pdf", "no picture"),
    ),
)
def test_a_file_that_is_not_taken_is_explained_and_what_was_typed_stays(
    client, action, folder, content, words
):
    response = pass_on(
        client, action, text="Keep me.", contact=CONTACT, file=a_file(content, "letter.pdf")
    )
    assert response.status_code == 422
    page = ServedPage(response.text)
    [error] = page.all("p", class_="field__error")
    assert words in error.words
    assert "Keep me." in response.text
    assert CONTACT in response.text
    assert not Reply.objects.exists()
    assert not folder.exists()


def test_what_is_missing_or_wrong_is_said_next_to_the_field(client, action):
    for changes, words in (
        ({"text": ""}, "copy the answer here"),
        ({"answered_by": ""}, "Please say who answered"),
        ({"answered_by": "999999"}, "choose somebody from the list"),
        ({"answered_on": "2999-01-01"}, "This day cannot be"),
        ({"answered_on": "soon"}, "type the date like this"),
        ({"contact": "nobody"}, "address"),
        ({"text": "a" * 1_000_000}, "longer than 20,000"),
    ):
        response = pass_on(client, action, **changes)
        assert response.status_code == 422
        assert words in ServedPage(response.text).all("p", class_="field__error")[0].words
    again = pass_on(client, action, answered_by="", file=a_file(a_photo(), "a.jpg"))
    assert "choose the file again" in again.text
    assert not Reply.objects.exists()


def test_answers_come_late_and_for_everything_that_was_ever_issued(client, action):
    late = make_urgent_action(days_left=-5, case=action.case)
    late.issues.update(state=UrgentActionIssue.State.EXPIRED)
    assert pass_on(client, late).status_code == 303
    never = make_urgent_action(days_left=None, case=action.case)
    Case.objects.filter(pk=action.case_id).update(state=Case.State.HIDDEN)
    for gone in (never, action):
        for name in ("reply", "reply_thanks"):
            assert client.get(path_to(gone, name)).status_code == 404
        assert pass_on(client, gone).status_code == 404
    assert client.get("/en/letters/no-code/reply/").status_code == 404
    assert Reply.objects.get().urgent_action == late


def test_programs_and_other_sites_pass_on_nothing(client, action):
    assert pass_on(client, action, homepage="http://spam.example.org").status_code == 303
    foreign = client.post(path_to(action), typed(), headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert not Reply.objects.exists()


def test_very_many_from_one_client_wait_with_what_they_typed(client, action, monkeypatch):
    from campaigns.supporters import client_limits

    monkeypatch.setattr(client_limits, "REPLY", client_limits.ClientLimit("reply", 1))
    assert pass_on(client, action).status_code == 303
    response = pass_on(client, action, text="Keep me.", file=a_file(a_photo(), "a.jpg"))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    assert "Keep me." in response.text
    assert Reply.objects.count() == 1


@pytest.fixture
def reply(client, action, folder):
    pass_on(client, action, text=CANARY, contact=CONTACT, file=a_file(a_pdf(), "a.pdf"))
    return Reply.objects.get()


def address(reply, name="inspect", *more):
    return reverse(f"replies:{name}", args=[reply.pk, *more])


@pytest.mark.parametrize(
    "role",
    [setup.EDITORS, setup.MODERATORS, setup.TRANSLATORS, setup.SUPPORTER_SERVICE, None],
)
def test_nobody_else_reads_it(client, reply, role):
    if role:
        client.force_login(make_english_staff(role))
    before = every_row()
    for path in (
        reverse("replies:index"),
        address(reply),
        address(reply, "file"),
        address(reply, "history"),
        address(reply, "transition", "pass-on"),
        reverse("urgent_actions:inspect", args=[reply.urgent_action_id]),
    ):
        for ask in (client.get, client.post):
            response = ask(path)
            assert CANARY.encode() not in b"".join(response), path
            if "urgent" not in path:
                assert response.status_code in {302, 403, 404, 405}, path
            assert "new reply" not in (response.text if not response.streaming else "")
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


def test_staff_read_it_pass_it_on_and_are_written_down_without_its_words(client, reply, folder):
    client.force_login(make_english_staff(setup.CAMPAIGNERS))
    workspace = client.get(reverse("urgent_actions:inspect", args=[reply.urgent_action_id])).text
    assert "1 new reply." in workspace
    assert address(reply) in workspace
    assert CANARY not in client.get(reverse("replies:index")).text
    shown = client.get(address(reply)).text
    assert CANARY in shown
    assert CONTACT in shown
    file = client.get(address(reply, "file"))
    assert b"".join(file).startswith(b"%PDF-")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="reply-')
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in file.headers["Cache-Control"]
    assert client.get(address(reply, "transition", "pass-on")).status_code == 200
    client.post(address(reply, "transition", "note"), {"note": "They have opened a file."})
    for _press in range(2):
        pressed = client.post(address(reply, "transition", "pass-on"))
    assert "Somebody has done that meanwhile." in pressed.text
    reply.refresh_from_db()
    assert (reply.state, reply.note) == (Reply.State.PASSED_ON, "They have opened a file.")
    assert reply.handled_by is not None
    log = ModelLogEntry.objects.filter(object_id=str(reply.pk)).order_by("timestamp")
    assert [entry.action for entry in log] == [
        "letters.open_reply",
        "letters.take_reply_file",
        "letters.annotate_reply",
        "letters.pass_on_reply",
    ]
    told = str(list(ModelLogEntry.objects.values())) + str(list(ReferenceIndex.objects.values()))
    for words in (CANARY, CONTACT, "They have opened"):
        assert words not in told


def test_nobody_rewrites_or_deletes_it(client, reply, admin_user):
    client.force_login(admin_user)
    for name in ("edit", "delete"):
        assert client.post(address(reply, name), {"text": ""}).status_code in {302, 403, 404}
    assert Reply.objects.get().text == CANARY


def test_nothing_of_it_is_below_what_the_web_server_serves(reply, settings):
    assert not any(files for _folder, _folders, files in os.walk(settings.MEDIA_ROOT))
    assert CANARY not in str(Reply.objects.extra(select={"t": "text"}).values_list("t"))


def test_an_address_is_forgotten_after_a_year_and_all_of_it_after_five(reply, folder, now):
    for after, is_known, is_there in (
        (timedelta(), True, True),
        (CONTACT_IS_KEPT + timedelta(minutes=1), False, True),
        (REPLY_IS_KEPT + timedelta(minutes=1), False, False),
    ):
        forget_what_is_due(now=now + after)
        delete_orphaned_files(now=now + ORPHANED_AFTER + timedelta(minutes=1))
        found = Reply.objects.filter(pk=reply.pk).first()
        assert (found is not None) is is_there
        assert len(list(folder.iterdir())) == is_there
        if found:
            assert bool(found.contact) is is_known
            assert found.text == CANARY


def test_a_file_is_not_taken_away_from_a_reply_that_is_just_being_stored(reply, folder, now):
    Reply.objects.all().delete()
    assert delete_orphaned_files(now=now) == 0
    assert delete_orphaned_files(now=now + ORPHANED_AFTER + timedelta(minutes=1)) == 1
    assert list(folder.iterdir()) == []
