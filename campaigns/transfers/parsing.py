"""One row of an import: what it says of somebody, and what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError

from campaigns.supporters.addresses import parse_address, refuse_disposable
from campaigns.supporters.countries import country_choices
from campaigns.supporters.models import DIGITAL_AGE, Formula
from campaigns.supporters.names import parse_name
from campaigns.supporters.phones import parse_phone
from campaigns.supporters.postal import HOME_COUNTRY, PostalAddress, parse_line, parse_postal
from campaigns.supporters.services.importing import (
    LONGEST_SOURCE,
    ImportedPerson,
    ProvenConsent,
)

from .problems import LEFT_OUT, Column, Problem
from .tables import Row

FULL_AGE = 18
OLDEST = 120
LONGEST_WORDING = 5000
# Nobody keeps proof of consent to mails from before there were any.
EARLIEST_YEAR = 1980
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?: .*)?")
SMS = Formula.Channel.SMS


@dataclass(frozen=True)
class Plan:
    """How the rows of one import are read. `mapping` gives numbers of columns, from 0.

    `formula`, `country` and `wording` stand in where a row says nothing, `language` also where
    the site does not speak what the row says.
    """

    reference: str
    mapping: Mapping[str, int]
    formulas: Mapping[str, Formula]
    language: str
    formula: Formula | None = None
    country: str = ""
    wording: str = ""


@dataclass
class ParsedRow:
    """What a row says. `person` is None where the whole row is refused."""

    line: int
    person: ImportedPerson | None = None
    problems: list[tuple[Column, Problem]] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(problem not in LEFT_OUT for _column, problem in self.problems)


def parse_row(row: Row, plan: Plan, *, today: date) -> ParsedRow:
    """What `row` says under `plan`. Asks no database: the same row always means the same."""
    parsed = ParsedRow(row.line)

    def cell(column: Column) -> str:
        number = plan.mapping.get(column.value)
        return row.cells[number] if number is not None and number < len(row.cells) else ""

    def read(column: Column, parse: Callable[[str], str | None], problem: Problem) -> str:
        typed = cell(column)
        if not typed:
            return ""
        found = parse(typed)
        if found is None:
            parsed.problems.append((column, problem))
        return found or ""

    email = _email(cell(Column.EMAIL), parsed)
    formula = _formula(cell(Column.FORMULA), plan, parsed)
    age = _age(cell(Column.AGE), parsed, today=today)
    least = max(DIGITAL_AGE, formula.minimum_age if formula else 0)
    if age is not None and age < least:
        parsed.problems.append((Column.AGE, Problem.TOO_YOUNG))
    country = read(Column.COUNTRY, country_code, Problem.BAD_COUNTRY) or plan.country
    language = read(Column.LANGUAGE, language_code, Problem.BAD_LANGUAGE) or plan.language
    given_name = read(Column.GIVEN_NAME, _name, Problem.BAD_NAME)
    family_name = read(Column.FAMILY_NAME, _name, Problem.BAD_NAME)
    needs_mobile = bool(formula and SMS in formula.channels)
    phone = read(
        Column.PHONE,
        lambda typed: _phone(typed, country=country, is_mobile=needs_mobile),
        Problem.BAD_PHONE,
    )
    postal = _postal(cell, country, parsed)
    if formula and (formula.needs_phone or needs_mobile) and not phone:
        parsed.problems.append((Column.PHONE, Problem.NO_PHONE))
    if formula and formula.needs_postal_address and not postal:
        parsed.problems.append((Column.STREET, Problem.NO_POSTAL))
    given_on = _given_on(cell(Column.GIVEN_ON), parsed, today=today)
    text = _text(
        cell(Column.WORDING) or plan.wording,
        LONGEST_WORDING,
        (Column.WORDING, Problem.NO_WORDING, Problem.LONG_WORDING),
        parsed,
    )
    proof = _text(
        cell(Column.PROOF),
        LONGEST_SOURCE,
        (Column.PROOF, Problem.NO_PROOF, Problem.LONG_PROOF),
        parsed,
    )
    if parsed.is_refused or formula is None or given_on is None:
        return parsed
    parsed.person = ImportedPerson(
        email=email,
        language=language,
        given_name=given_name,
        family_name=family_name,
        country=country,
        is_minor=age is not None and age < FULL_AGE,
        phone=phone,
        postal=postal,
        consent=ProvenConsent(
            formula=formula,
            given_on=given_on,
            text=text,
            proof=proof,
            reference=f"{plan.reference}, {row.line}",
        ),
    )
    return parsed


def _email(typed: str, parsed: ParsedRow) -> str:
    problem = Problem.NO_ADDRESS
    if typed:
        try:
            problem = Problem.BAD_ADDRESS
            address = parse_address(typed)
            if not _is_disposable(address.rpartition("@")[2]):
                return address
            problem = Problem.DISPOSABLE
        except ValidationError:
            pass
    parsed.problems.append((Column.EMAIL, problem))
    return ""


@lru_cache(4096)
def _is_disposable(domain: str) -> bool:
    """Whether the mailboxes of a domain are thrown away. Most rows share a few domains."""
    try:
        refuse_disposable(f"somebody@{domain}")
    except ValidationError:
        return True
    return False


def _formula(typed: str, plan: Plan, parsed: ParsedRow) -> Formula | None:
    formula = plan.formulas.get(typed.casefold()) if typed else plan.formula
    if formula is None:
        problem = Problem.BAD_FORMULA if typed else Problem.NO_FORMULA
        parsed.problems.append((Column.FORMULA, problem))
    elif any(
        formula.choosing(kind) == Formula.Choosing.ONE for kind in ("theme", "country", "case")
    ):
        parsed.problems.append((Column.FORMULA, Problem.NEEDS_CHOICE))
    return formula


def _age(typed: str, parsed: ParsedRow, *, today: date) -> int | None:
    """Years, from an age, a date or a year of birth; of a year, the fewest it may mean."""
    if not typed:
        return None
    born = parse_day(typed)
    if born is not None:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    elif typed.isdecimal() and len(typed) == len("1980"):
        age = today.year - int(typed) - 1
    else:
        age = int(typed) if typed.isdecimal() and len(typed) <= len("120") else -1
    if not 0 <= age <= OLDEST:
        parsed.problems.append((Column.AGE, Problem.BAD_AGE))
        return None
    return age


def _given_on(typed: str, parsed: ParsedRow, *, today: date) -> date | None:
    day = parse_day(typed)
    problem = None
    if not typed:
        problem = Problem.NO_DATE
    elif day is None or day.year < EARLIEST_YEAR:
        problem = Problem.BAD_DATE
    elif day > today:
        problem = Problem.FUTURE
    if problem:
        parsed.problems.append((Column.GIVEN_ON, problem))
    return day


def parse_day(typed: str) -> date | None:
    """A day, written year first, or day first as in Europe; None for anything else."""
    if found := YEAR_FIRST.fullmatch(typed):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(typed):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _text(
    typed: str, longest: int, what: tuple[Column, Problem, Problem], parsed: ParsedRow
) -> str:
    column, missing, too_long = what
    if not typed or len(typed) > longest:
        parsed.problems.append((column, too_long if typed else missing))
    return typed


def _name(typed: str) -> str | None:
    try:
        return parse_name(typed)
    except ValidationError:
        return None


def _phone(typed: str, *, country: str, is_mobile: bool) -> str | None:
    try:
        return parse_phone(typed, country=country or HOME_COUNTRY, is_mobile=is_mobile)
    except ValidationError:
        return None


def _postal(cell: Callable[[Column], str], country: str, parsed: ParsedRow) -> PostalAddress | None:
    parts = {
        column.value: cell(column)
        for column in (Column.STREET, Column.BOX, Column.POSTCODE, Column.LOCALITY)
    }
    if not any(parts.values()):
        return None
    try:
        lines = {
            name: parse_line(typed) if typed or name in {"street", "locality"} else ""
            for name, typed in parts.items()
        }
        return parse_postal(**lines, country=country or HOME_COUNTRY)
    except ValidationError as error:
        wrong = next(iter(getattr(error, "error_dict", {})), Column.STREET.value)
        parsed.problems.append((Column(wrong), Problem.BAD_POSTAL))
        return None


def language_code(typed: str) -> str | None:
    """A language of the site, by its code (`fr`, `fr-BE`) or its name in one of them."""
    plain = _plain(typed)
    return _languages().get(plain) or _languages().get(plain.partition("-")[0])


def country_code(typed: str) -> str | None:
    """A country (ISO 3166-1), by its code or its name in a language of the site."""
    return _countries().get(_plain(typed))


@cache
def _languages() -> dict[str, str]:
    codes = [code for code, _name in settings.LANGUAGES]
    names = {
        _plain(Locale.parse(spoken).languages[code]): code for spoken in codes for code in codes
    }
    return names | {code: code for code in codes}


@cache
def _countries() -> dict[str, str]:
    found = {}
    for spoken, _name in settings.LANGUAGES:
        for code, name in country_choices(spoken):
            found[_plain(name)] = code
            found[code.lower()] = code
    return found


def _plain(typed: str) -> str:
    decomposed = unicodedata.normalize("NFKD", typed.strip().casefold().replace("_", "-"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
