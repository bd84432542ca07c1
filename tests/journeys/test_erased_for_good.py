"""One canary through every feature, erased; then everything that the site writes is searched.

A new feature that learns something about people gets a step here.
"""

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.mailboxes import canonical_address, mailbox_key
from campaigns.mailings.models import Delivery
from campaigns.mailings.services import work
from campaigns.outbox import doorbell
from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.petitions.models import Petition, Signature, SolidarityMessage, Tally
from campaigns.petitions.services import approve_message, tally_signatures
from campaigns.petitions.solidarity import confirmation_key
from campaigns.supporters.models import (
    AddressChange,
    Consent,
    ContactPoint,
    Formula,
    Subscription,
    Supporter,
    SupporterNote,
)
from campaigns.supporters.services.address_changes import (
    confirm_address_change,
    request_address_change,
)
from campaigns.supporters.services.erasure import erase_supporter, rows_to_forget
from campaigns.supporters.services.exporting import export_supporter
from campaigns.supporters.services.merging import merge_supporters
from campaigns.supporters.services.notes import write_note
from campaigns.transfers import services as transfers
from campaigns.transfers.models import ExportJob
from config.redaction import RedactingFormatter
from home import setup
from home.users.models import User
from tests.factories.facts import make_formula, make_petition
from tests.factories.mailings import make_audience, make_mailing, start
from tests.factories.people import make_staff
from tests.factories.solidarity import make_writable, press_message
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
    press_sign,
    press_sign_up,
)

FIRST, SECOND, THIRD = "kanarie@example.org", "k.vogelzang@example.net", "zang@example.com"
PHONE, STREET, TOWN = "+442079460123", "Nightingale Row 7", "Birdham-on-Sea"
SECRETS = [
    *("kanarie", "vogelzang", "zang@", "nightingale", "birdham", "grey paper", "2079460123"),
    # The dashes of a number as people write it.
    "7946 0123",
]


class Life:
    """What the canary does, and who else is there."""

    def __init__(self, client: Client, mailoutbox: list[EmailMessage], staff: User) -> None:
        self.client, self.mailoutbox, self.staff = client, mailoutbox, staff
        self.petition: Petition = make_petition()
        self.formula: Formula = make_formula(
            code="letters", needs_phone=True, needs_postal_address=True
        )

    @property
    def supporter(self) -> Supporter:
        return Supporter.objects.get(confirmed_at__isnull=False, notes__isnull=False)

    def of(self, email: str) -> Supporter:
        return Supporter.objects.get(email_canonical=canonical_address(email))

    def answer_mails(self) -> None:
        """Open each new mail that asks for something, and say yes."""
        for mail in deliver_mail(self.mailoutbox):
            path = link_in(mail)
            if "stop-mails" not in path:
                press_button(self.client, open_link(self.client, path))


def signs_and_confirms(life: Life) -> None:
    press_sign(life.client, life.petition, email=FIRST, **NAMES)
    life.answer_mails()
    assert Signature.objects.get().confirmed_at


def signs_with_another_address_and_does_not_confirm(life: Life) -> None:
    press_sign(life.client, life.petition, email=SECOND, **NAMES)


def writes_to_somebody_in_danger(life: Life) -> None:
    make_writable(life.petition)
    press_message(life.client, life.petition, text="A nightingale sings.", email=FIRST)
    press_message(life.client, life.petition, text="A nightingale.", email=SECOND)
    message = SolidarityMessage.objects.get(supporter=life.of(FIRST))
    [mail] = [mail for mail in deliver_mail(life.mailoutbox) if mail.to == [FIRST]]
    page = open_link(life.client, link_in(mail))
    ticked = {"messages": confirmation_key(message)}
    life.client.post(page.request["PATH_INFO"], ticked, headers=FROM_HERE)
    message.refresh_from_db()
    approve_message(message=message, by=life.staff, now=timezone.now())


def mistypes_the_form(life: Life) -> None:
    press_sign(life.client, life.petition, email=FIRST, country="??", **NAMES)


def asks_for_letters_at_home(life: Life) -> None:
    typed = {
        **NAMES,
        "phone": PHONE,
        "street": STREET,
        "postcode": "PO20 7PP",
        "locality": TOWN,
        "country": "GB",
    }
    press_sign_up(life.client, life.formula, email=FIRST, **typed)
    life.answer_mails()
    assert Subscription.objects.get().state == Subscription.State.ACTIVE
    assert ContactPoint.objects.count() == 2


def opens_the_own_page(life: Life) -> None:
    life.client.post(address("supporters:access"), {"email": FIRST}, headers=FROM_HERE)
    life.answer_mails()
    assert FIRST in life.client.get(address("supporters:my_page")).text


def changes_the_address(life: Life) -> None:
    now = timezone.now()
    request_address_change(supporter=life.of(FIRST), email=THIRD, language="fr", now=now)
    deliver_mail(life.mailoutbox)
    confirm_address_change(change_id=AddressChange.objects.get().pk, now=now)
    assert life.of(THIRD)


def talks_to_the_supporter_service(life: Life) -> None:
    write_note(
        supporter=life.of(THIRD),
        text="Kanarie Vogelzang would rather write on grey paper.",
        by=life.staff,
        now=timezone.now(),
    )


def is_merged_with_a_second_entry(life: Life) -> None:
    Supporter.objects.filter(email=SECOND).update(confirmed_at=timezone.now())
    merge_supporters(kept=life.of(THIRD), merged=life.of(SECOND), now=timezone.now(), by=life.staff)
    assert Supporter.objects.count() == 1


def stands_in_an_imported_list(life: Life) -> None:
    now = timezone.now()
    rows = (
        f"email;first name;last name;consent date;proof\n{THIRD};Kanarie;Vogelzang;2024-05-03;B12\n"
    )
    job = transfers.upload_import(
        title="people.csv", blocks=[rows.encode()], by=life.staff, now=now
    )
    transfers.read_upload(job=job, now=now)
    job.refresh_from_db()
    meaning = transfers.Meaning(
        mapping=job.mapping, formula=life.formula, language="fr", wording="Letters, please."
    )
    transfers.describe_import(job=job, meaning=meaning, now=now)
    transfers.start_import(job=job, by=life.staff, now=now)
    transfers.work_on_import(job=job, clock=timezone.now, until=now + timedelta(minutes=1))
    job.refresh_from_db()
    assert job.rows_done == 1


def stands_in_an_exported_list(life: Life) -> None:
    wish = transfers.ExportWish(reason="For the printer", format=ExportJob.Format.CSV)
    job = transfers.request_export(wish=wish, by=life.staff, now=timezone.now())
    transfers.write_export(job=job, clock=timezone.now)
    job.refresh_from_db()
    assert job.state == ExportJob.State.READY
    assert job.row_count == 1
    assert THIRD in str(files_below(Path(settings.PRIVATE_ROOT)))


def gets_a_mailing(life: Life) -> None:
    mailing = start(make_mailing(audience=make_audience(formula=life.formula), languages=("fr",)))
    work(until=timezone.now() + timedelta(seconds=10))
    delivery = Delivery.objects.get(mailing=mailing)
    assert delivery.state == Delivery.State.ACCEPTED
    assert "Kanarie" in life.mailoutbox[-1].body
    event = AnymailTrackingEvent(
        event_type=EventType.DELIVERED,
        timestamp=timezone.now(),
        message_id="esp-2",
        event_id="event-2",
        recipient=THIRD,
        metadata={"delivery": str(delivery.pk)},
    )
    tracking.send(sender=None, event=event, esp_name="Mailgun")


def does_not_get_a_mail(life: Life) -> None:
    sent = OutgoingMessage.objects.filter(state="SENT").latest("sent_at")
    event = AnymailTrackingEvent(
        event_type=EventType.BOUNCED,
        timestamp=timezone.now(),
        message_id="esp-1",
        event_id="event-1",
        recipient=FIRST,
        reject_reason="bounced",
        description=f"550 5.1.1 <{FIRST}> unknown",
        metadata={"message": str(sent.pk)},
    )
    tracking.send(sender=None, event=event, esp_name="Postmark")


def has_a_mail_that_is_still_due(life: Life) -> None:
    press_sign(life.client, make_petition(), email=THIRD, **NAMES)
    assert OutgoingMessage.objects.filter(state="DUE").exists()


def downloads_everything(life: Life) -> None:
    words = json.dumps(export_supporter(supporter=life.of(THIRD), now=timezone.now()))
    for typed in (THIRD, "Kanarie", "Vogelzang", PHONE, STREET, TOWN, "grey paper"):
        assert typed in words


NAMES = {"given_name": "Kanarie", "family_name": "Vogelzang"}
STEPS: list[Callable[[Life], None]] = [
    signs_and_confirms,
    signs_with_another_address_and_does_not_confirm,
    writes_to_somebody_in_danger,
    mistypes_the_form,
    asks_for_letters_at_home,
    opens_the_own_page,
    changes_the_address,
    talks_to_the_supporter_service,
    is_merged_with_a_second_entry,
    stands_in_an_imported_list,
    stands_in_an_exported_list,
    gets_a_mailing,
    does_not_get_a_mail,
    has_a_mail_that_is_still_due,
    downloads_everything,
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, as the site's handler would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("{levelname} {name}: {message}", style="{"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def life(own_database, client, mailoutbox, settings, tmp_path, monkeypatch) -> Life:
    """A site of one's own: database, folders and queue. Transactions really commit."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path / "cache"),
        }
    }
    queued: list[str] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **options: queued.append(f"{name} {options}")
    )
    doorbell._doorbell.cache_clear()
    life = Life(client, mailoutbox, make_staff(setup.SUPPORTER_SERVICE))
    life.queued = queued
    return life


def files_below(folder: Path) -> dict[str, str]:
    """What stands in the files of a folder, and how they are called."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode("latin-1")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def database_dump() -> str:
    """Every byte of the database: of its file on SQLite, of all rows elsewhere."""
    if connection.vendor != "sqlite":
        return str(every_row(but=()))
    path = connection.settings_dict["NAME"]
    connection.close()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.execute("VACUUM")
        dump = "\n".join(file.iterdump())
    file.close()
    return dump + Path(path).read_bytes().decode("latin-1") + str(every_row(but=()))


def found_in(text: str) -> set[str]:
    lower = text.lower()
    return {secret for secret in SECRETS if secret in lower}


def test_after_an_erasure_nothing_of_the_person_is_found_anywhere(life, log, tmp_path):
    start = timezone.now()
    for day, step in enumerate(STEPS):
        # A day apart: nobody gets more than a few mails at once.
        with time_machine.travel(start + timedelta(days=day)):
            step(life)
    assert found_in(database_dump()) >= {"kanarie", "vogelzang", "grey paper"}
    supporter = life.of(THIRD)
    signatures = Signature.objects.count()
    tally_signatures(now=timezone.now())
    counted = set(Tally.objects.values_list("petition", "received", "confirmed"))
    to_go = rows_to_forget(supporter=supporter)

    assert erase_supporter(supporter=supporter, now=timezone.now()) == to_go
    doorbell._doorbell()._thread.submit(lambda: None).result(timeout=30)
    doorbell._doorbell.cache_clear()

    places = {
        "database": database_dump(),
        "cache": str(files_below(tmp_path / "cache")) + str(cache.get_many([])),
        "log": log.getvalue(),
        "queue": "\n".join(life.queued),
        "ledger": str(files_below(Path(settings.SUPPRESSION_LEDGER_DIR))),
        "private files": str(files_below(tmp_path / "private")),
        "broker": str(files_below(settings.BROKER_FOLDER)),
    }
    assert {place: found_in(text) for place, text in places.items() if found_in(text)} == {}

    # As the policy says: what was signed is counted, and nobody's.
    tally_signatures(now=timezone.now())
    assert set(Tally.objects.values_list("petition", "received", "confirmed")) == counted
    assert Signature.objects.filter(supporter=None).count() == signatures
    for model in (
        Supporter,
        Consent,
        ContactPoint,
        Subscription,
        SupporterNote,
        AddressChange,
        SolidarityMessage,
    ):
        assert not model.objects.exists()
    assert not OutgoingMessage.objects.filter(state__in=["DUE", "CLAIMED"]).exists()
    assert not ExportJob.objects.filter(state=ExportJob.State.READY).exists()
    # What is left of the mailbox is its keyed hash, where it keeps the person away…
    assert tables_with(mailbox_key(THIRD)) == {"outbox.Suppression"}
    kept = Suppression.objects.filter(reason="ERASURE", lifted_at=None)
    assert {(row.mailbox, row.scope) for row in kept} == {
        (mailbox_key(THIRD), "IMPORT"),
        (mailbox_key(THIRD), "SUBSCRIBED"),
    }
    # …and of a mailbox that they had before, until the rules of retention take it.
    assert tables_with(mailbox_key(FIRST)) <= {
        "outbox.Mailbox", "outbox.OutgoingMessage", "outbox.Suppression", "supporters.AccessRequest"
    }  # fmt: skip


def tables_with(words: str) -> set[str]:
    return {label for label, rows in every_row(but=()).items() if words in str(rows)}
