"""The usual forms of address: office, gender, language; and whose words come first."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from campaigns.cases.models import DiplomaticMission, Office, OfficeHolder
from campaigns.cases.salutations import AMBASSADOR, usual_forms
from campaigns.cases.selectors import mission_address, office_address
from tests.factories.facts import labels, make_country, make_office
from tests.steps import LANGUAGES

Kind, Gender = Office.Kind, OfficeHolder.Gender
# Every cell literally, for those to read who speak the language.
TABLE = Path(__file__).with_name("salutations.txt").read_text(encoding="utf-8")


def cells() -> dict[tuple[str, str, str], tuple[str, str]]:
    found = {}
    language = ""
    for line in filter(None, TABLE.splitlines()):
        if line.startswith("#"):
            language = line.removeprefix("# ")[:2]
            continue
        office, salutation, closing = (part.strip() for part in line.split("|"))
        kind, genders = office.split()
        for gender in genders:
            assert (kind, gender, language) not in found
            found[kind, gender, language] = (salutation, closing)
    return found


CELLS = cells()


def test_the_table_has_every_cell():
    kinds = [*Kind.values, AMBASSADOR]
    assert set(CELLS) == {
        (kind, gender, language)
        for kind in kinds
        for gender in Gender.values
        for language, _name in settings.LANGUAGES
    }


@pytest.mark.parametrize(("kind", "gender", "language"), CELLS)
def test_an_office_is_addressed_as_is_usual_in_each_language(kind, gender, language):
    forms = usual_forms(kind, gender, language)
    assert (forms.salutation, forms.closing) == CELLS[kind, gender, language]
    # What the fields of a letter, and of the address book, have room for.
    assert len(forms.salutation) <= 120
    assert len(forms.closing) <= 200


@pytest.mark.parametrize("kind", [*Kind.values, AMBASSADOR])
def test_in_a_language_that_we_do_not_speak_there_are_no_forms_rather_than_foreign_ones(kind):
    for gender in Gender.values:
        forms = usual_forms(kind, gender, "es")
        assert (forms.salutation, forms.closing) == ("", "")


# Whose words come first


def addressed(
    language: str,
    *,
    office: dict[str, str] | None = None,
    holder: dict[str, str] | None = None,
    gender: str | None = None,
) -> tuple[str, str]:
    """Salutation and closing of a minister whose office and holder ask for these words."""
    there = make_office(salutation=office or {}, closing=office or {})
    today = timezone.localdate()
    if gender is not None:
        OfficeHolder.objects.create(
            office=there,
            gender=gender,
            since=today - timedelta(days=1),
            salutation=holder or {},
            closing=holder or {},
        )
    there = Office.objects.prefetch_related("holders").get(pk=there.pk)
    address = office_address(there, on=today, language=language)
    assert address.salutation.language == address.closing.language == ""
    return address.salutation.text, address.closing.text


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_holders_words_come_first_then_the_offices_then_the_usual_ones(language):
    office, holder = labels("The office’s,"), labels("The holder’s,")
    theirs = (f"The holder’s, ({language})",) * 2
    assert addressed(language, office=office, holder=holder, gender=Gender.FEMALE) == theirs
    offices = (f"The office’s, ({language})",) * 2
    assert addressed(language, office=office, gender=Gender.FEMALE) == offices
    for gender in Gender.values:
        expected = CELLS[Kind.MINISTER, gender, language]
        assert addressed(language, gender=gender) == expected
    assert addressed(language) == CELLS[Kind.MINISTER, Gender.OTHER, language]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "de", "en"])
def test_words_in_another_language_never_come_into_a_letter(language):
    french = {"fr": "Madame la Garde des Sceaux,"}
    usual = CELLS[Kind.MINISTER, Gender.FEMALE, language]
    assert addressed(language, holder=french, gender=Gender.FEMALE) == usual
    assert addressed(language, office=french, gender=Gender.FEMALE) == usual
    assert addressed("es", office=french, holder=french, gender=Gender.FEMALE) == ("", "")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ambassador_is_addressed_in_the_language_of_the_letter(language):
    country = make_country()
    mission = DiplomaticMission.objects.create(
        sending_country=country,
        accredited_in="BE",
        title=labels("Embassy of Orvania"),
        postal_lines="Lane 2\n1000 BRUSSELS",
    )

    def forms() -> tuple[str, str]:
        found = mission_address(
            sending_country_id=country.pk, accredited_in="BE", language=language
        )
        return found.address.salutation.text, found.address.closing.text

    assert forms() == CELLS[AMBASSADOR, Gender.OTHER, language]
    mission.salutation = {language: "Dear Ambassador Vell,"}
    mission.save()
    assert forms() == ("Dear Ambassador Vell,", CELLS[AMBASSADOR, Gender.OTHER, language][1])
