"""The screens of imports and exports, as the supporter service sees them, and nobody else."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from campaigns.supporters.models import Supporter
from campaigns.transfers import services, tasks
from campaigns.transfers.models import ExportJob, ImportJob, ImportProblem
from campaigns.transfers.services.leftovers import delete_leftovers
from home import setup
from tests.factories.facts import make_formula
from tests.factories.people import make_staff, make_supporter

from .conftest import SENTENCE, csv_of, post_file

pytestmark = pytest.mark.django_db
PASSWORD = "write-until-free"
FILE = csv_of("zoë@example.org;Zoë;2024-05-03;Café", "nobody;X;;", headings="A;prénom;B;C").encode(
    "latin-1"
)


def described(formula):
    return {
        "column_email": "0",
        "column_given_name": "1",
        "column_given_on": "2",
        "column_proof": "3",
        "formula": formula.pk,
        "language": "fr",
        "country": "BE",
        "wording": SENTENCE,
    }


def of(job, name):
    kind = "imports" if isinstance(job, ImportJob) else "exports"
    return reverse(f"{kind}:{name}", args=[job.pk])


def test_a_file_in_latin_1_with_strange_headings_is_imported_step_by_step(desk, formula):
    answer = post_file(desk, FILE, "abonnés.csv")
    job = ImportJob.objects.get()
    assert answer.url == of(job, "meaning")
    page = desk.get(answer.url).text
    assert "Latin-1" in page
    assert "Zoë" in page
    assert "alert" in page

    refused = desk.post(answer.url, {"language": "fr"})
    assert refused.status_code == 200
    assert len(refused.context["form"].non_field_errors()) == 5
    answer = desk.post(answer.url, described(formula))
    assert answer.url == of(job, "preview")
    page = desk.get(answer.url)
    assert "zoë@example.org" in page.text
    assert page.context["refused"] == 1
    assert "no-store" in page.headers["Cache-Control"]
    assert not Supporter.objects.exists()

    assert desk.post(answer.url).url == of(job, "inspect")
    page = desk.get(of(job, "inspect")).text
    assert "<progress" in page
    assert "data-refresh" in page
    tasks.work_on_imports.run()
    page = desk.get(of(job, "inspect")).text
    assert "data-refresh" not in page
    assert Supporter.objects.get().email == "zoë@example.org"

    answer = desk.get(of(job, "problems"))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["3", "3", "3"]
    assert "nobody" not in str(rows)
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_file_that_was_read_wrongly_is_read_again_as_staff_say(desk):
    post_file(desk, FILE)
    job = ImportJob.objects.get()
    answer = desk.post(
        of(job, "reading"), {"encoding": "mac-roman", "delimiter": ",", "has_header": "no"}
    )
    assert answer.url == of(job, "meaning")
    job.refresh_from_db()
    assert (job.encoding, job.delimiter, job.has_header) == ("mac-roman", ",", False)
    assert job.row_count == 3


def test_what_cannot_be_read_is_said_on_the_page(desk):
    answer = post_file(desk, b"\xd0\xcf\x11\xe0", "old.xls")
    assert ".xlsx" in desk.get(answer.url).text


def test_an_import_is_stopped_by_a_button_and_its_files_go(
    desk, clerk, private_root, django_capture_on_commit_callbacks
):
    job = clerk.start(clerk.upload(csv_of("mila@example.org;2024-05-03;B")))
    assert list(private_root.iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(of(job, "cancel"))
    job.refresh_from_db()
    assert job.state == ImportJob.State.CANCELLED
    tasks.work_on_imports.run()
    assert not Supporter.objects.exists()
    assert not list(private_root.iterdir())


def test_nothing_begins_twice(desk, clerk):
    job = clerk.run(csv_of("mila@example.org;2024-05-03;B"))
    assert desk.post(of(job, "preview")).url == of(job, "inspect")
    desk.post(of(job, "reading"), {"has_header": "yes", "encoding": "utf-8", "delimiter": ";"})
    job.refresh_from_db()
    assert job.state == ImportJob.State.DONE


def test_a_get_starts_stops_and_downloads_nothing(desk, clerk, staff):
    job = clerk.upload(csv_of("mila@example.org;2024-05-03;B"))
    export = ask(staff)
    services.write_export(job=export, clock=timezone.now)
    for path in (of(job, "cancel"), of(job, "reading"), of(export, "download")):
        assert desk.get(path).status_code == 405
    desk.get(of(job, "preview"))
    job.refresh_from_db()
    assert job.state == ImportJob.State.PREPARING


@pytest.mark.parametrize(
    "role", [setup.EDITORS, setup.MODERATORS, setup.TRANSLATORS, setup.CAMPAIGNERS]
)
def test_no_other_role_imports_or_exports(client, clerk, staff, role):
    job = clerk.upload(csv_of("mila@example.org;2024-05-03;B"))
    export = ask(staff)
    client.force_login(make_staff(role))
    paths = [reverse("imports:upload"), reverse("exports:ask")]
    paths += [reverse("imports:index"), reverse("exports:index")]
    paths += [of(job, name) for name in ("inspect", "meaning", "preview", "problems", "cancel")]
    paths += [of(export, name) for name in ("inspect", "download")]
    for path in paths:
        assert client.get(path).status_code in {302, 403, 405}, path
        assert client.post(path).status_code in {302, 403, 405}, path
    job.refresh_from_db()
    assert job.state == ImportJob.State.PREPARING


def test_files_and_problems_are_kept_for_a_day(
    clerk, private_root, now, django_capture_on_commit_callbacks
):
    done = clerk.run(csv_of("nobody;2024-05-03;B"))
    left = clerk.upload(csv_of("mila@example.org;2024-05-03;B"))
    later = now + timedelta(hours=25)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_old_imports(now=later)
    assert not ImportProblem.objects.filter(job=done).exists()
    left.refresh_from_db()
    assert (left.state, left.upload_name) == (ImportJob.State.CANCELLED, "")
    # `done` ended in a transaction that the test never commits.
    delete_leftovers(now=later)
    assert not list(private_root.iterdir())


# Exports


def ask(by, **wish):
    wish = {"reason": "Labels for the marathon", "format": "CSV", "only_active": False, **wish}
    return services.request_export(wish=services.ExportWish(**wish), by=by, now=timezone.now())


def wished(**changes):
    return {"reason": "Labels for the marathon", "format": "CSV", "password": PASSWORD, **changes}


def content(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_list_is_asked_for_written_and_fetched_by_who_asked(desk, staff, private_root, now):
    make_supporter(email="mila@example.org", given_name="=1+1", confirmed_at=now)
    make_supporter(email="unconfirmed@example.org")
    answer = desk.post(reverse("exports:ask"), wished())
    job = ExportJob.objects.get()
    assert answer.url == of(job, "inspect")
    assert "data-refresh" in desk.get(answer.url).text
    tasks.write_exports.run()
    assert "data-refresh" not in desk.get(answer.url).text
    [path] = private_root.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600

    answer = desk.post(of(job, "download"))
    assert "no-store" in answer.headers["Cache-Control"]
    _headings, row = content(answer)
    assert row[1:3] == ["mila@example.org", "'=1+1"]
    job.refresh_from_db()
    assert job.row_count == 1
    entries = list(ModelLogEntry.objects.filter(action__startswith="transfers."))
    assert [entry.action for entry in reversed(entries)] == [
        "transfers.ask", "transfers.export", "transfers.download",
    ]  # fmt: skip
    assert {entry.user_id for entry in entries} == {staff.pk}
    assert entries[1].data == {"rows": 1}
    assert "mila" not in str([entry.__dict__ for entry in entries])


@pytest.mark.parametrize(
    "typed", [{"password": "wrong"}, {"password": ""}, {"reason": ""}, {"reason": "  x    y  "}]
)
def test_without_password_or_reason_there_is_no_list(desk, typed):
    answer = desk.post(reverse("exports:ask"), wished(**typed))
    assert answer.status_code == 200
    assert PASSWORD not in answer.text
    assert not ExportJob.objects.exists()


def test_a_password_is_not_guessed_for_long(desk):
    for _try in range(5):
        assert desk.post(reverse("exports:ask"), wished(password="wrong")).status_code == 200
    assert desk.post(reverse("exports:ask"), wished()).status_code == 302
    assert not ExportJob.objects.exists()


def test_nobody_else_downloads_a_list_not_even_a_superuser(client, staff, admin_user, now):
    make_supporter(email="canary@example.org", confirmed_at=now)
    job = ask(staff)
    services.write_export(job=job, clock=timezone.now)
    for other in (admin_user, make_staff(setup.SUPPORTER_SERVICE)):
        client.force_login(other)
        answer = client.post(of(job, "download"), follow=True)
        assert "canary" not in answer.text
    job.refresh_from_db()
    assert job.fetched_at is None


def test_a_list_holds_whom_it_was_asked_for(staff, clerk, desk, formula, now):
    make_formula(code="other")
    clerk.run(
        csv_of(
            "mila@example.org;2024-05-03;B;fr;BE",
            "joris@example.org;2024-05-03;B;nl;BE",
            "zoe@example.org;2024-05-03;B;nl;NL",
            headings="email;consent date;proof;langue;pays",
        )
    )
    make_supporter(email="signer@example.org", confirmed_at=now)
    every = {"mila", "joris", "zoe"}
    for wish, names in [
        ({}, {*every, "signer"}),
        ({"only_active": True}, every),
        ({"formula": formula}, every),
        ({"language": "nl"}, {"joris", "zoe"}),
        ({"language": "nl", "country": "BE"}, {"joris"}),
    ]:
        job = ask(staff, **wish)
        services.write_export(job=job, clock=timezone.now)
        rows = content(desk.post(of(job, "download")))[1:]
        assert {row[1].partition("@")[0] for row in rows} == names, wish


def test_a_list_may_be_a_workbook(staff, desk, now):
    make_supporter(email="mila@example.org", given_name="=1+1", confirmed_at=now)
    job = ask(staff, format="XLSX")
    services.write_export(job=job, clock=timezone.now)
    file = io.BytesIO(b"".join(desk.post(of(job, "download")).streaming_content))
    sheet = openpyxl.load_workbook(file).active
    assert sheet["C2"].value == "=1+1"
    assert sheet["C2"].data_type != "f"


def test_a_list_is_gone_after_a_day(staff, desk, private_root, now):
    job = ask(staff)
    services.write_export(job=job, clock=timezone.now)
    services.delete_old_exports(now=timezone.now() + timedelta(hours=23))
    assert list(private_root.iterdir())
    services.delete_old_exports(now=timezone.now() + timedelta(hours=25))
    assert not list(private_root.iterdir())
    assert desk.post(of(job, "download")).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.file_name) == (ExportJob.State.DELETED, "")


def test_every_list_goes_when_somebody_is_erased(staff, private_root, now):
    for _number in range(3):
        services.write_export(job=ask(staff), clock=timezone.now)
    services.delete_all_exports(now=now)
    assert not list(private_root.iterdir())
    assert set(ExportJob.objects.values_list("state", flat=True)) == {ExportJob.State.DELETED}


def test_a_list_that_is_being_written_begins_anew_when_somebody_is_erased(staff, private_root, now):
    erased = make_supporter(email="canary@example.org", confirmed_at=now)
    job = ask(staff)
    looks = iter(range(100))

    def clock():
        # The second look at the clock comes when the only chunk has been written.
        if next(looks) == 1:
            erased.delete()
            services.delete_all_exports(now=now)
        return timezone.now()

    services.write_export(job=job, clock=clock)
    assert not list(private_root.iterdir())
    services.write_export(job=job, clock=timezone.now)
    [path] = private_root.iterdir()
    assert b"canary" not in path.read_bytes()


def test_files_that_a_killed_worker_left_go_after_a_day(staff, private_root, now):
    from campaigns.transfers.files import new_private_file

    services.write_export(job=ask(staff), clock=timezone.now)
    new_private_file()[1].close()
    delete_leftovers(now=now)
    assert len(list(private_root.iterdir())) == 2
    delete_leftovers(now=now + timedelta(hours=25))
    assert [path.name for path in private_root.iterdir()] == [ExportJob.objects.get().file_name]
