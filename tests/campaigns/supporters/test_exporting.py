"""What people download is all that is held about them, and nothing of anybody else."""

import json
from typing import Any

import pytest
from django.utils import translation

from campaigns.personal_data import holdings
from campaigns.petitions.services import confirm_signature
from campaigns.supporters.details import Details
from campaigns.supporters.models import AccessRequest, Formula, SignUp
from campaigns.supporters.postal import PostalAddress
from campaigns.supporters.services import Person, confirm_sign_up, request_subscriptions
from campaigns.supporters.services.exporting import export_supporter
from campaigns.supporters.wordings import subscription_wording
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import sign

pytestmark = pytest.mark.django_db
EMAIL = "Canary+list@example.org"
TYPED = {
    "email": EMAIL,
    "given_name": "Kanarie",
    "family_name": "Vogelzang",
    "phone": "+442079460123",
    "street": "Nightingale Row 7",
    "locality": "Birdham",
    "note": "Prefers letters on grey paper",
    "choice": "ana-drovik",
    "proposed": "canary.new@example.org",
}


@pytest.fixture
def canary(now):
    """Somebody who typed something into everything."""
    person = Person(email=EMAIL, given_name="Kanarie", family_name="Vogelzang")
    signature = sign(make_petition(), email=EMAIL, given_name="Kanarie", family_name="Vogelzang")
    confirm_signature(signature=signature, now=now)
    formula = make_formula(case_choice=Formula.Choosing.ONE)
    request_subscriptions(
        person=person,
        formulas=[formula],
        language="fr",
        wording=subscription_wording("fr"),
        page_id=None,
        details=Details(
            given_name="Kanarie",
            family_name="Vogelzang",
            phone=TYPED["phone"],
            postal=PostalAddress(
                street=TYPED["street"], postcode="PO20 7PP", locality=TYPED["locality"],
                country="GB",
            ),
            choices={"case": [TYPED["choice"]]},
        ),
        now=now,
    )  # fmt: skip
    confirm_sign_up(sign_up=SignUp.objects.get(), now=now)
    supporter = signature.supporter
    supporter.refresh_from_db()
    supporter.notes.create(text=TYPED["note"], written_at=now)
    supporter.address_changes.create(email=TYPED["proposed"], requested_at=now)
    AccessRequest.objects.create(
        mailbox=supporter.mailbox, wish="SEE", language="fr", requested_at=now
    )
    return supporter


def section(export: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in export["sections"] if each["name"] == name]
    return found


def test_everything_that_was_typed_is_in_it(canary, now):
    words = json.dumps(export_supporter(supporter=canary, now=now), ensure_ascii=False)
    assert {name for name, value in TYPED.items() if value not in words} == set()


def test_every_declared_field_is_in_it_or_withheld_with_a_reason(canary, now):
    export = export_supporter(supporter=canary, now=now)
    assert len(export["sections"]) == len(holdings())
    for holding in holdings():
        told = section(export, holding.model._meta.label)["fields"]
        exported = {held.export for held in holding.fields.values() if held.export}
        assert set(told) == exported | set(holding.explained)


def test_an_address_is_in_its_parts_and_a_number_in_clear(canary, now):
    rows = section(export_supporter(supporter=canary, now=now), "supporters.ContactPoint")["rows"]
    phone, postal = sorted(
        (row["value"] for row in rows), key=lambda value: isinstance(value, dict)
    )
    assert phone == TYPED["phone"]
    assert postal["street"] == TYPED["street"]


def test_the_exact_words_of_a_consent_are_in_it(canary, now):
    rows = section(export_supporter(supporter=canary, now=now), "supporters.Consent")["rows"]
    assert subscription_wording("fr").text in {row["wording"] for row in rows}


def test_dates_are_iso_and_keys_are_the_same_in_every_language(canary, now):
    exports = {}
    for language in ("fr", "en"):
        with translation.override(language):
            exports[language] = export_supporter(supporter=canary, now=now)
    french, english = (section(exports[code], "supporters.Supporter") for code in ("fr", "en"))
    assert french["rows"][0].keys() == english["rows"][0].keys() == french["fields"].keys()
    assert english["title"] == "You"
    assert english["fields"]["email"] == "E-mail address"
    assert english["rows"][0]["created_at"] == canary.created_at.isoformat()


def test_no_hash_and_no_member_of_staff_is_in_it(canary, now, django_user_model):
    author = django_user_model.objects.create_user(username="the-helpful-one")
    canary.notes.update(author=author)
    words = json.dumps(export_supporter(supporter=canary, now=now))
    assert canary.mailbox not in words
    assert "the-helpful-one" not in words


def test_nobody_else_is_in_it(canary, now):
    sign(make_petition(), email="other@example.org", given_name="Somebodyelse")
    words = json.dumps(export_supporter(supporter=canary, now=now))
    assert "other@example.org" not in words
    assert "Somebodyelse" not in words
