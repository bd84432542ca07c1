"""The list that is handed over: who agreed to it, by name and country, and how many more."""

import csv
import io
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.petitions import handover
from campaigns.petitions.models import Signature
from campaigns.petitions.services import confirm_signature
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.transfers import services, tasks
from campaigns.transfers.models import ExportJob
from home import setup
from tests.factories.facts import make_petition
from tests.factories.people import sign

from .crowds import crowd, staff_in_english

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT / "transfers"


@pytest.fixture
def desk(client, site):
    client.force_login(staff_in_english(setup.SUPPORTER_SERVICE))
    return client


def confirmed(petition, email: str, now, **changes) -> Signature:
    signature = sign(petition, email=f"{email}@example.org", now=now, **changes)
    confirm_signature(signature=signature, now=now)
    return signature


def ask(client, petition, **changes):
    path = reverse("staff_petitions:handover", args=[petition.pk])
    typed = {
        "format": "CSV",
        "reason": "For the minister, on Friday",
        "password": "write-until-free",
    }
    return client.post(path, {**typed, **changes})


def fetched(client, petition, **changes) -> bytes:
    """The list, by the way that staff go."""
    answer = ask(client, petition, **changes)
    assert answer.status_code == 302, answer.text
    tasks.write_exports.run()
    job = ExportJob.objects.latest("created_at")
    return b"".join(client.post(reverse("exports:download", args=[job.pk])).streaming_content)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_those_who_agreed_are_named_and_the_others_counted(desk, now):
    petition = make_petition()
    confirmed(petition, "ana", now, given_name="Ana", family_name="Zwart", country="NL")
    confirmed(petition, "formula", now, given_name="=1+1", family_name="Lemorne")
    confirmed(petition, "shy", now, given_name="Shy", passes_on_name=False)
    minor = confirmed(petition, "young", now, given_name="Young")
    Signature.objects.filter(pk=minor.pk).update(is_minor=True)
    gone = confirmed(petition, "gone", now, given_name="Gone")
    erase_supporter(supporter=gone.supporter, now=now)
    sign(petition, email="unconfirmed@example.org", given_name="Unconfirmed", now=now)
    confirmed(make_petition(), "elsewhere", now, given_name="Elsewhere")

    content = fetched(desk, petition)
    assert rows_of(content) == [
        ["Country", "First name", "Last name"],
        ["Belgium", "'=1+1", "Lemorne"],
        ["Netherlands", "Ana", "Zwart"],
        [],
        ["Signatures counted in all", "5"],
        ["of these named above", "2"],
        ["counted without a name, as they asked", "1"],
        ["13 to 17 years old: counted, never named", "1"],
        ["no longer known to us: counted, not named", "1"],
    ]
    assert b"@" not in content
    job = ExportJob.objects.get()
    assert job.row_count == 2
    assert petition.reference in desk.get(reverse("exports:inspect", args=[job.pk])).text


def test_of_a_petition_that_hands_over_its_number_nobody_is_named(desk, now):
    petition = make_petition(handover="NUMBER")
    confirmed(petition, "ana", now, country="NL")
    crowd(petition, 2, at=now)
    assert rows_of(fetched(desk, petition)) == [
        ["Country", "Signatures"],
        ["Belgium", "2"],
        ["Netherlands", "1"],
        [],
        ["Signatures counted in all", "3"],
    ]


def test_who_agreed_to_be_a_number_stays_one_when_the_policy_changes(desk, now):
    petition = make_petition(handover="NUMBER")
    confirmed(petition, "number", now, given_name="Number")
    petition.handover = "NAMES"
    petition.save()
    confirmed(petition, "name", now, given_name="Name")
    named = rows_of(fetched(desk, petition))
    assert [row[1] for row in named[1:2]] == ["Name"]
    assert ["counted without a name, as they asked", "1"] in named


def test_a_workbook_names_everybody_once_in_an_order_that_tells_nothing(desk, now, monkeypatch):
    monkeypatch.setattr(handover, "CHUNK_ROWS", 7)
    petition = make_petition()
    signatures = crowd(petition, 40, at=now)
    crowd(petition, 15, at=now, country="FR")
    book = openpyxl.load_workbook(io.BytesIO(fetched(desk, petition, format="XLSX"))).active
    rows = list(book.iter_rows(values_only=True))[1:56]
    assert [row[0] for row in rows] == ["Belgium"] * 40 + ["France"] * 15
    assert len({row[2] for row in rows}) == 55
    listed = [row[2] for row in rows[:40]]
    assert sorted(listed) == sorted(each.family_name for each in signatures)
    by_chance = sorted(signatures, key=lambda each: each.pk)
    assert listed == [each.family_name for each in by_chance]


def test_a_list_goes_when_somebody_is_erased(
    desk, private_root, now, django_capture_on_commit_callbacks
):
    petition = make_petition()
    person = confirmed(petition, "gone", now).supporter
    ask(desk, petition)
    tasks.write_exports.run()
    assert len(list(private_root.iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        erase_supporter(supporter=person, now=timezone.now())
    assert not list(private_root.iterdir())
    assert ExportJob.objects.get().state == ExportJob.State.DELETED


@pytest.mark.parametrize("typed", [{"password": "wrong"}, {"reason": "why"}])
def test_without_password_or_reason_there_is_no_list(desk, typed, now):
    answer = ask(desk, make_petition(), **typed)
    assert answer.status_code == 200
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize(
    "role", [setup.CAMPAIGNERS, setup.EDITORS, setup.TRANSLATORS, setup.MODERATORS]
)
def test_nobody_else_asks_for_names_or_sees_a_list(client, site, role, now):
    petition = make_petition()
    job = services.request_export(
        wish=services.ExportWish(
            reason="For the minister", format="CSV", kind=handover.KIND, about=petition.pk
        ),
        by=staff_in_english(setup.SUPPORTER_SERVICE),
        now=now,
    )
    client.force_login(staff_in_english(role))
    path = reverse("staff_petitions:handover", args=[petition.pk])
    shown = reverse("exports:inspect", args=[job.pk])
    for response in (client.get(path), ask(client, petition), client.get(shown)):
        assert response.status_code in {302, 403}
        assert not re.search(r"minister", response.content.decode())
    assert ExportJob.objects.count() == 1


def test_looking_at_the_form_asks_for_nothing_and_says_who_will_be_named(desk):
    for policy, words in (("NAMES", "nobody under 18"), ("NUMBER", "names nobody")):
        petition = make_petition(handover=policy)
        page = desk.get(reverse("staff_petitions:handover", args=[petition.pk]))
        assert words in page.text
    assert not ExportJob.objects.exists()
