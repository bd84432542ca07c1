"""The database goes back to last week; whoever was erased or stopped mails since stays so.

Real processes start on a real old copy: nobody calls the replay by hand.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from campaigns.outbox.models import LedgerEntry, Suppression
from campaigns.petitions.models import Signature
from campaigns.petitions.own_page import withdraw_signature
from campaigns.petitions.services import confirm_signature
from campaigns.supporters.models import Consent, Formula, SignUp, Subscription, Supporter
from campaigns.supporters.services import confirm_sign_up, end_subscription
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.supporters.services.merging import merge_supporters
from tests.databases import connected_to, copy_of_database
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, sign

ROOT = Path(__file__).resolve().parents[2]
WEB = "import config.wsgi"
WORKER = "from config.celery import app; app.WorkController(pool='solo', concurrency=1)"
GONE, STOPPED, RETURNED, STAYED, TWIN = (
    f"{name}@example.org" for name in ("gone", "stopped", "returned", "stayed", "twin")
)


def subscribe(email: str, formula: Formula, *, now) -> Supporter:
    [subscription] = ask_for(formula, email=email, now=now)
    confirm_sign_up(sign_up=SignUp.objects.latest("pk"), now=now)
    return subscription.supporter


def start(code: str, database: str, var: Path) -> subprocess.CompletedProcess[str]:
    """Start a process of the site on that database, with this test's ledger."""
    given = os.environ.get("DATABASE_URL", "")
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database}"
    else:
        url = urlunsplit(urlsplit(given)._replace(path=f"/{database}"))
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": url,
            "VAR_DIR": str(var),
            "SUPPRESSION_LEDGER_DIR": str(settings.SUPPRESSION_LEDGER_DIR),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def backup(own_database, now, tmp_path) -> Iterator[str]:
    """Last week's database, in the hands of whoever restores it today."""
    last_week = now - timedelta(days=7)
    formula = make_formula(code="urgent")
    for email in (GONE, STOPPED, RETURNED, STAYED):
        subscribe(email, formula, now=last_week)
    signature = sign(make_petition(), email=GONE, now=last_week)
    confirm_signature(signature=signature, now=last_week)
    # The same person as the one who will be erased, with another address.
    subscribe(TWIN, formula, now=last_week)
    withdrawn = sign(signature.petition, email=STAYED, now=last_week)
    with copy_of_database("backup", tmp_path) as name:
        merge_supporters(
            kept=Supporter.objects.get(email=GONE),
            merged=Supporter.objects.get(email=TWIN),
            now=now - timedelta(days=3),
        )
        withdraw_signature(
            supporter_id=withdrawn.supporter_id, key=str(withdrawn.pk), now=now - timedelta(days=3)
        )
        erase_supporter(supporter=Supporter.objects.get(email=GONE), now=now - timedelta(days=2))
        end_subscription(
            subscription=Subscription.objects.get(supporter__email=STOPPED),
            now=now - timedelta(days=2),
        )
        yield name


@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_nobody_is_revived(backup, process, tmp_path):
    with connected_to(backup):
        assert Supporter.objects.filter(email=GONE).exists()
    started = start(process, backup, tmp_path)
    assert started.returncode == 0, started.stderr
    assert "applied again" in started.stderr
    assert "@" not in started.stderr
    with connected_to(backup):
        assert not Supporter.objects.filter(email__in=[GONE, TWIN]).exists()
        assert Signature.objects.get().supporter is None
        assert Signature.objects.get().confirmed_at is not None
        states = dict(Subscription.objects.values_list("supporter__email", "state"))
        assert states == {STOPPED: "ENDED", RETURNED: "ACTIVE", STAYED: "ACTIVE"}
        withdrawn = Consent.objects.filter(action="WITHDRAWN")
        assert set(withdrawn.values_list("supporter__email", "purpose")) == {
            (STOPPED, "SUBSCRIPTION"),
            (STAYED, "SIGNATURE"),
        }
        reasons = Suppression.objects.filter(lifted_at=None).values_list("scope", "reason")
        assert set(reasons) == {
            ("IMPORT", "ERASURE"),
            ("SUBSCRIBED", "ERASURE"),
            ("IMPORT", "MOVED"),
        }
        lines = LedgerEntry.objects.count()
    again = start(process, backup, tmp_path)
    assert again.returncode == 0, again.stderr
    assert "applied again" not in again.stderr
    with connected_to(backup):
        assert LedgerEntry.objects.count() == lines


def test_whoever_signed_up_again_after_being_erased_is_left_alone(own_database, now, tmp_path):
    """The old copy is younger than their return: their erasure is no news of them."""
    formula = make_formula(code="urgent")
    subscribe(RETURNED, formula, now=now - timedelta(days=7))
    erase_supporter(supporter=Supporter.objects.get(email=RETURNED), now=now - timedelta(days=5))
    subscribe(RETURNED, formula, now=now - timedelta(days=3))
    LedgerEntry.objects.all().delete()
    name = connection.settings_dict["NAME"]
    connection.close()
    started = start(WEB, name, tmp_path)
    assert started.returncode == 0, started.stderr
    assert "applied again" in started.stderr
    assert Subscription.objects.get(supporter__email=RETURNED).state == "ACTIVE"
    assert not Suppression.objects.filter(lifted_at=None).exists()


@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_nothing_starts_without_the_ledger_that_the_database_has_seen(backup, process, tmp_path):
    name = connection.settings_dict["NAME"]
    for path in Path(settings.SUPPRESSION_LEDGER_DIR).iterdir():
        path.unlink()
    started = start(process, name, tmp_path)
    assert started.returncode == 1
    [line] = [line for line in started.stderr.splitlines() if line.startswith("obstinate:")]
    assert "SUPPRESSION_LEDGER_DIR" in line
    assert "put the files back" in line
    assert "Traceback" not in started.stderr


def test_a_database_that_was_never_migrated_is_migrated_first(own_database, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("an empty database is a file only on SQLite")
    started = start(WEB, str(tmp_path / "empty.sqlite3"), tmp_path)
    assert started.returncode == 1
    assert "run manage.py migrate first" in started.stderr
