"""Whom letters go to, and how they are addressed: by the office, its holder, the language."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from campaigns.cases.models import Country, DiplomaticMission, Office, OfficeHolder
from campaigns.cases.selectors import mission_address, office_address
from tests.factories.facts import labels, make_country, make_office
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
Kind, Gender = Office.Kind, OfficeHolder.Gender
DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)

# How a holder asks to be addressed; the office's own form is neutral.
SALUTATIONS = {
    (Kind.HEAD_OF_STATE, Gender.FEMALE): {
        "fr": "Madame la Présidente,",
        "nl": "Mevrouw de President,",
        "de": "Sehr geehrte Frau Präsidentin,",
        "en": "Madam President,",
    },
    (Kind.HEAD_OF_STATE, Gender.MALE): {
        "fr": "Monsieur le Président,",
        "nl": "Mijnheer de President,",
        "de": "Sehr geehrter Herr Präsident,",
        "en": "Mr President,",
    },
    (Kind.MINISTER, Gender.FEMALE): {
        "fr": "Madame la Ministre,",
        "nl": "Mevrouw de Minister,",
        "de": "Sehr geehrte Frau Ministerin,",
        "en": "Dear Minister,",
    },
    (Kind.MINISTER, Gender.MALE): {
        "fr": "Monsieur le Ministre,",
        "nl": "Mijnheer de Minister,",
        "de": "Sehr geehrter Herr Minister,",
        "en": "Dear Minister,",
    },
    (Kind.PROSECUTOR, Gender.OTHER): {},  # Nothing known: the neutral form.
}
NEUTRAL = {
    "fr": "Madame, Monsieur,",
    "nl": "Geachte heer, mevrouw,",
    "de": "Sehr geehrte Damen und Herren,",
    "en": "Dear Sir or Madam,",
}


def hold(office: Office, since: date, until: date | None = None, **fields: Any) -> OfficeHolder:
    return OfficeHolder.objects.create(office=office, since=since, until=until, **fields)


def addressed(office: Office, *, on: date = TODAY, language: str = "fr") -> Any:
    office = Office.objects.prefetch_related("holders").get(pk=office.pk)
    return office_address(office, on=on, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "gender"), SALUTATIONS)
def test_the_salutation_follows_office_holder_and_language(kind, gender, language):
    office = make_office(kind=kind, salutation=NEUTRAL)
    salutation = SALUTATIONS[kind, gender]
    hold(office, TODAY - DAY, gender=gender, salutation=salutation, closing=labels("Respectfully"))
    found = addressed(office, language=language)
    assert found.salutation.text == (salutation or NEUTRAL)[language]
    assert found.salutation.language == ""
    assert found.closing.text == f"Respectfully ({language})"


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_holds_the_office_it_is_addressed_neutrally(language):
    office = make_office(salutation=NEUTRAL)
    hold(office, TODAY - 9 * DAY, TODAY - DAY, salutation=SALUTATIONS[Kind.MINISTER, Gender.MALE])
    hold(office, TODAY + DAY, salutation=SALUTATIONS[Kind.MINISTER, Gender.FEMALE])
    found = addressed(office, language=language)
    assert found.salutation.text == NEUTRAL[language]
    assert found.closing.text == f"Yours faithfully, ({language})"


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_holder_has_no_words_in_a_language_the_neutral_ones_stand(language):
    """Another language's form of address in a letter would be worse than a neutral one."""
    office = make_office(salutation=NEUTRAL)
    hold(
        office,
        TODAY - DAY,
        salutation={"fr": "Madame la Ministre,"},
        closing={"fr": "Veuillez agréer, Madame la Ministre,"},
    )
    found = addressed(office, language=language)
    expected = "Madame la Ministre," if language == "fr" else NEUTRAL[language]
    assert (found.salutation.text, found.salutation.language) == (expected, "")
    if language != "fr":
        assert (found.closing.text, found.closing.language) == (
            f"Yours faithfully, ({language})",
            "",
        )


def test_another_day_another_holder():
    office = make_office()
    hold(office, date(2025, 1, 1), date(2026, 6, 30), salutation={"fr": "Monsieur,"})
    hold(office, date(2026, 7, 1), salutation={"fr": "Madame,"})
    days = {
        date(2024, 12, 31): "Dear Sir or Madam, (fr)",
        date(2025, 1, 1): "Monsieur,",
        date(2026, 6, 30): "Monsieur,",
        date(2026, 7, 1): "Madame,",
        date(2030, 1, 1): "Madame,",
    }
    assert {day: addressed(office, on=day).salutation.text for day in days} == days


def test_an_office_is_held_by_one_person_at_a_time():
    office = make_office()
    hold(office, date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(office, date(2026, 7, 1))
    hold(make_office(), date(2026, 7, 1))
    hold(office, date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        (("2026-01-01", None), ("2026-07-01", None), True),
        (("2026-01-01", "2026-06-30"), ("2026-07-01", None), False),
        (("2026-01-01", "2026-07-01"), ("2026-07-01", None), True),
        (("2026-01-01", "2026-12-31"), ("2026-03-01", "2026-04-01"), True),
        (("2026-01-01", "2026-01-01"), ("2026-01-01", "2026-01-01"), True),
        (("2026-01-01", "2026-01-01"), ("2026-01-02", "2026-01-02"), False),
    ],
)
def test_two_holders_overlap_when_both_hold_on_some_day(one, other, overlaps):
    def holder(days: tuple[str, str | None]) -> OfficeHolder:
        since, until = days
        return OfficeHolder(
            since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None
        )

    assert holder(one).overlaps(holder(other)) is overlaps
    assert holder(other).overlaps(holder(one)) is overlaps


def test_nobody_leaves_an_office_before_taking_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(make_office(), date(2026, 7, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("fields", "is_usable"),
    [
        ({"postal_lines": ""}, False),
        ({}, True),
        *[
            ({"postal_lines": "", channel: "x"}, True)
            for channel in ("email", "phone", "fax", "social")
        ],
    ],
)
def test_an_office_is_usable_when_there_is_any_way_to_reach_it(fields, is_usable):
    assert make_office(**fields).is_usable is is_usable


def test_an_address_has_one_line_per_line_and_nothing_empty():
    office = make_office(postal_lines="  Lettergate 1 \n\n PORTOLA\nORVANIA  \n")
    assert addressed(office).lines == ("Lettergate 1", "PORTOLA", "ORVANIA")


def test_an_address_is_read_without_a_query_per_holder(django_assert_num_queries):
    office = make_office()
    for year in range(2020, 2025):
        hold(office, date(year, 1, 1), date(year, 12, 31))
    with django_assert_num_queries(2):
        addressed(office)


# Embassies


def make_mission(**fields: Any) -> DiplomaticMission:
    mission = DiplomaticMission(
        **{
            "sending_country": make_country(),
            "accredited_in": "BE",
            "title": labels("Embassy of Orvania"),
            "salutation": labels("Your Excellency,"),
            "closing": labels("Yours sincerely,"),
            "postal_lines": "Lane 2\n1000 BRUSSELS",
            "verified_on": timezone.localdate(),
            **fields,
        }
    )
    mission.full_clean()
    mission.save()
    return mission


NONE = {"is_none": True, "postal_lines": "", "title": {}}


def found(country: Country, where: str = "BE") -> Any:
    return mission_address(sending_country_id=country.pk, accredited_in=where)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_goes_to_the_embassy_in_the_readers_country(language):
    country = make_country()
    make_mission()
    make_mission(accredited_in="LU", postal_lines="Rue 3\n1000 LUXEMBOURG")
    with translation.override(language):
        address = found(country).address
    assert address.lines[-1] == "1000 BRUSSELS"
    assert address.title.text == f"Embassy of Orvania ({language})"
    assert address.salutation.text == f"Your Excellency, ({language})"


def test_where_nobody_has_looked_there_is_no_embassy():
    make_mission()
    assert found(make_country("XM")) is None
    assert found(make_country(), "LU") is None


def test_without_an_embassy_the_one_next_door_takes_the_copy():
    next_door = make_mission(accredited_in="FR", postal_lines="Rue 4\n75000 PARIS")
    make_mission(**NONE, fallback_mission=next_door)
    assert found(make_country()).address.lines[-1] == "75000 PARIS"


def test_without_any_embassy_it_is_said_what_to_do():
    make_mission(**NONE, fallback=labels("Write to the capital."))
    with translation.override("nl"):
        mission = found(make_country())
    assert mission.address is None
    assert mission.fallback.text == "Write to the capital. (nl)"


@pytest.mark.parametrize(
    "fields",
    [
        NONE,
        {**NONE, "postal_lines": "Lane 2", "fallback": labels("Write to the capital.")},
        {"postal_lines": ""},
        {"title": {}},
    ],
    ids=["no way out", "an address of nobody", "no address", "no title"],
)
def test_a_mission_that_leads_nowhere_is_refused(fields):
    with pytest.raises(ValidationError):
        make_mission(**fields)


def test_there_is_one_embassy_of_a_country_in_another():
    make_mission()
    with pytest.raises(ValidationError):
        make_mission()
