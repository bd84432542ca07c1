"""A desk to write at, and letters written there."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from campaigns.cases.models import Country, DiplomaticMission
from campaigns.letters.composing import Letter
from campaigns.letters.desk import Desk, desk
from campaigns.letters.links import action_of, code_of_action
from campaigns.letters.models import IssueTarget, PostageRate, UrgentAction
from campaigns.letters.writing_forms import Written

from .facts import make_case, make_issue, make_office, make_urgent_action

NAMES = {"fr": "Orvanie", "nl": "Orvanië", "de": "Orwanien", "en": "Orvania"}


def make_orvania() -> Country:
    country, _created = Country.objects.update_or_create(code="XA", defaults={"name": NAMES})
    return country


def make_action_with_embassy(*, office: dict[str, Any] | None = None, **case: Any) -> UrgentAction:
    """An open urgent action to one office and an embassy in Brussels, and what stamps cost."""
    country = make_orvania()
    action = make_urgent_action(case=make_case(country=country, **case), days_left=None)
    issue = make_issue(action)
    lines = "Lettergate 1\n1234 PORTOLA\nORVANIA"
    there = make_office(**{"country": country, "postal_lines": lines, **(office or {})})
    issue.targets.update(office=there)
    IssueTarget.objects.create(issue=issue, role=IssueTarget.Role.EMBASSY, position=1)
    DiplomaticMission.objects.get_or_create(
        sending_country=country,
        accredited_in="BE",
        defaults={
            "title": {code: f"Embassy of {name}" for code, name in NAMES.items()},
            "postal_lines": "Avenue des Lettres 7\n1000 Bruxelles",
            "salutation": {"fr": "Excellence,", "en": "Your Excellency,"},
        },
    )
    for zone, price in (("WORLD", "3.05"), ("INLAND", "1.73")):
        PostageRate.objects.get_or_create(
            zone=zone, valid_from=date(2026, 1, 1), defaults={"price": Decimal(price)}
        )
    return action


def desk_of(action: UrgentAction, *, language: str = "en") -> Desk:
    """The desk as its page finds it."""
    read = action_of(code_of_action(action.number, action.year))
    assert read is not None
    with translation.override(language):
        found = desk(read, now=timezone.now(), language=language)
    assert found is not None
    return found


def make_desk(*, language: str = "en", **facts: Any) -> Desk:
    """The desk of a new action."""
    return desk_of(make_action_with_embassy(**facts), language=language)


def written_at(where: Desk, **changes: Any) -> Written:
    """A letter to the first addressee, with whatever a test wants to have in it."""
    choices = {
        name: changes.pop(name, default)
        for name, default in (
            ("name", "Mila Dubreux"),
            ("place", "Rue des Postes 12\n4000 Liège"),
            ("window", "right"),
            ("wants_copy", False),
        )
    }
    letter = Letter(
        **{
            "language": "en",
            "subject": f"Concerning: {where.case.name}",
            "salutation": "Dear Minister,",
            "body": "My name is Mila.\n\nPlease release Ana Drovik.",
            "closing": "Yours faithfully,",
            **changes,
        }
    )
    return Written(addressee=where.addressees[0], letter=letter, **choices)
