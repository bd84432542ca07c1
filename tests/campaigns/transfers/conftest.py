"""Files that staff upload, and where they end up."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.transfers import services
from campaigns.transfers.models import ImportJob
from home import setup
from tests.factories.facts import make_formula
from tests.factories.people import make_staff

SENTENCE = "Je souhaite recevoir les actions urgentes par e-mail."


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    """Private files of a test go with the test."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT / "transfers"


@pytest.fixture
def formula(db):
    return make_formula(code="urgent", channels=["EMAIL"])


@pytest.fixture
def staff(site):
    """A member of the supporter service, with a password."""
    return make_staff(setup.SUPPORTER_SERVICE, password="write-until-free")


@pytest.fixture
def desk(client, staff):
    """The browser of the supporter service."""
    client.force_login(staff)
    return client


@pytest.fixture
def clerk(staff, formula):
    return Clerk(staff, formula)


class Clerk:
    """Imports a file in one go, as the screens would step by step."""

    def __init__(self, staff: Any, formula: Any) -> None:
        self.staff = staff
        self.formula = formula

    def upload(self, content: str | bytes, title: str = "people.csv") -> ImportJob:
        content = content.encode() if isinstance(content, str) else content
        now = timezone.now()
        job = services.upload_import(title=title, blocks=[content], by=self.staff, now=now)
        services.read_upload(job=job, now=now)
        job.refresh_from_db()
        return job

    def start(self, job: ImportJob, **meaning: Any) -> ImportJob:
        now = timezone.now()
        described = {
            "mapping": job.mapping,
            "formula": self.formula,
            "language": "fr",
            "wording": SENTENCE,
            **meaning,
        }
        services.describe_import(job=job, meaning=services.Meaning(**described), now=now)
        services.start_import(job=job, by=self.staff, now=now)
        return job

    def work(self, job: ImportJob) -> ImportJob:
        until = timezone.now() + timezone.timedelta(minutes=5)
        services.work_on_import(job=job, clock=timezone.now, until=until)
        job.refresh_from_db()
        return job

    def run(self, content: str | bytes, **meaning: Any) -> ImportJob:
        """Import all of it; returns the job as it stands afterwards."""
        job = self.upload(content)
        assert job.state == ImportJob.State.PREPARING, job.failure
        return self.work(self.start(job, **meaning))


def csv_of(*rows: str, headings: str = "email;consent date;proof") -> str:
    return "\n".join([headings, *rows]) + "\n"


def post_file(client: Any, content: str | bytes, name: str = "people.csv") -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post(reverse("imports:upload"), {"file": SimpleUploadedFile(name, content)})
