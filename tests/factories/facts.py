"""Cases, petitions, urgent actions and formulas."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.cases.models import Case, Country, Situation, SituationEvent
from campaigns.letters.models import UrgentAction, UrgentActionIssue
from campaigns.petitions.models import Petition
from campaigns.supporters.models import Formula

_numbers = count(1)


def labels(words: str) -> dict[str, str]:
    """A label that differs in each language: `words (fr)`…"""
    return {code: f"{words} ({code})" for code, _name in settings.LANGUAGES}


def make_country(code: str = "XA") -> Country:
    country, _created = Country.objects.get_or_create(
        code=code, defaults={"name": labels("Orvania")}
    )
    return country


def make_case(*events: tuple[date, Situation], **fields: Any) -> Case:
    number = next(_numbers)
    case = Case.objects.create(
        **{
            "reference": f"ana-drovik-{number}",
            "name": "Ana Drovik",
            "short_name": "Ana",
            "country": fields.pop("country", None) or make_country(),
            **fields,
        }
    )
    for day, situation in events:
        SituationEvent.objects.create(case=case, occurred_on=day, situation=situation)
    return case


def make_petition(**fields: Any) -> Petition:
    case = fields.pop("case", None) or make_case()
    return Petition.objects.create(
        **{"reference": f"free-ana-{next(_numbers)}", "case": case, **fields}
    )


def make_urgent_action(*, days_left: int | None = 10, **fields: Any) -> UrgentAction:
    """An urgent action with its first issue; `days_left` may be negative."""
    case = fields.pop("case", None) or make_case()
    action = UrgentAction.objects.create(
        **{"case": case, "number": next(_numbers), "year": 2026, **fields}
    )
    if days_left is not None:
        today = timezone.localdate()
        UrgentActionIssue.objects.create(
            urgent_action=action,
            issued_on=today - timedelta(days=20),
            act_before=today + timedelta(days=days_left),
        )
    return action


def make_formula(**fields: Any) -> Formula:
    number = next(_numbers)
    return Formula.objects.create(
        **{
            "code": f"formula-{number}",
            "title": labels(f"Urgent actions {number}"),
            "description": labels("Two a month"),
            "rhythm": Formula.Rhythm.TWICE_A_MONTH,
            "position": number,
            **fields,
        }
    )
