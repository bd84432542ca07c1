"""Keys are replaced while the site runs, and the old ones can go."""

import sqlite3

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from campaigns import encryption
from campaigns.encryption import encrypted_fields, rotate_column
from campaigns.letters.models import Reply
from campaigns.petitions.models import SolidarityMessage
from campaigns.supporters.models import ContactPoint, SignUp
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.services.people import keep_phone, keep_postal_address
from tests.factories.facts import make_formula
from tests.factories.people import ask_for, make_supporter
from tests.rows import every_row

PHONE = "+442079460123"
HOME = PostalAddress(
    street="Nightingale Row 7", postcode="PO20 7PP", locality="Birdham", country="GB"
)


def fill(now, *, people: int = 1) -> None:
    for _number in range(people):
        supporter = make_supporter()
        keep_phone(supporter_id=supporter.pk, phone=PHONE, now=now)
        keep_postal_address(supporter_id=supporter.pk, address=HOME, now=now)


def tokens() -> list[str]:
    stored = ContactPoint.objects.annotate(token=Cast("value", TextField())).order_by("pk")
    return list(stored.values_list("token", flat=True))


@pytest.mark.django_db
class TestRotation:
    @pytest.fixture(autouse=True)
    def _keys(self, settings):
        self.old = settings.PERSONAL_DATA_KEYS[0]
        self.new = Fernet.generate_key().decode()

    def test_the_old_key_can_be_removed_afterwards(self, now, settings, capsys):
        fill(now)
        ask_for(make_formula())
        settings.PERSONAL_DATA_KEYS = [self.new, self.old]
        call_command("rotate_personal_data_keys")
        assert "2 supporters.ContactPoint.value" in capsys.readouterr().out
        settings.PERSONAL_DATA_KEYS = [self.new]
        assert ContactPoint.objects.get(kind="PHONE").value == PHONE
        assert HOME.street in ContactPoint.objects.get(kind="POSTAL").value
        assert "Mila" in SignUp.objects.get().details

    def test_without_it_the_old_key_is_needed(self, now, settings):
        fill(now)
        settings.PERSONAL_DATA_KEYS = [self.new]
        with pytest.raises(InvalidToken):
            ContactPoint.objects.get(kind="PHONE")

    def test_an_interrupted_rotation_goes_on_where_it_was(self, now, settings, monkeypatch):
        fill(now, people=4)
        settings.PERSONAL_DATA_KEYS = [self.new, self.old]
        real, rotated = encryption.rotate, []

        def dies_at_the_fourth(token):
            if len(rotated) == 3:
                raise KeyboardInterrupt
            rotated.append(token)
            return real(token)

        monkeypatch.setattr(encryption, "rotate", dies_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            rotate_column(ContactPoint, "value")
        monkeypatch.setattr(encryption, "rotate", real)
        first = tokens()[:3]
        assert rotate_column(ContactPoint, "value") == 5
        assert tokens()[:3] == first
        assert rotate_column(ContactPoint, "value") == 0

    def test_a_number_that_changes_meanwhile_is_not_put_back(self, now, settings, monkeypatch):
        fill(now)
        settings.PERSONAL_DATA_KEYS = [self.new, self.old]
        real = encryption.rotate

        def somebody_moves(token):
            ContactPoint.objects.filter(kind="PHONE").update(value="+442079460999")
            return real(token)

        monkeypatch.setattr(encryption, "rotate", somebody_moves)
        rotate_column(ContactPoint, "value")
        assert ContactPoint.objects.get(kind="PHONE").value == "+442079460999"


@pytest.mark.django_db
def test_every_encrypted_column_is_rotated():
    assert {(model, name) for model, name in encrypted_fields()} == {
        (ContactPoint, "value"),
        (SignUp, "details"),
        (SolidarityMessage, "text"),
        (Reply, "text"),
        (Reply, "contact"),
        (Reply, "note"),
    }


def test_a_stolen_database_gives_no_home_and_no_number_away(own_database, now):
    fill(now)
    if connection.vendor == "sqlite":
        path = connection.settings_dict["NAME"]
        with sqlite3.connect(path) as copy:
            copy.execute("VACUUM")
            dump = "\n".join(copy.iterdump())
        with open(path, "rb") as file:
            dump += file.read().decode("latin-1")
    else:
        dump = str(tokens()) + str(every_row(but={"supporters.ContactPoint"}))
    for clear in (PHONE, PHONE.removeprefix("+"), HOME.street, HOME.locality, HOME.postcode):
        assert clear not in dump
