"""Cases, petitions, urgent actions and formulas."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.cases.models import (
    Case,
    CaseConsent,
    CaseSubject,
    Country,
    Office,
    Situation,
    SituationEvent,
)
from campaigns.letters.models import (
    Demand,
    IssueTarget,
    ModelLetter,
    UrgentAction,
    UrgentActionIssue,
)
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
    """A case that is worked on, of one person, with every consent unless `scopes` says which."""
    number = next(_numbers)
    scopes = fields.pop("scopes", CaseConsent.Scope.values)
    given_name = fields.pop("given_name", "Ana")
    family_name = fields.pop("family_name", "Drovik")
    if fields.get("state") == Case.State.CLOSED:
        fields.setdefault("closing_reason", Case.ClosingReason.NOTHING_LEFT_TO_DO)
    case = Case.objects.create(
        **{
            "reference": f"ana-{number}",
            "full_name": f"{given_name} {family_name}".strip(),
            "brief_name": given_name,
            "alias": labels("a printer"),
            "country": fields.pop("country", None) or make_country(),
            "state": Case.State.ACTIVE,
            **fields,
        }
    )
    CaseSubject.objects.create(case=case, given_name=given_name, family_name=family_name)
    # One statement instead of dozens: nothing listens for a consent that is saved but Wagtail's
    # index of where things are used.
    CaseConsent.objects.bulk_create(_consent(case, scope) for scope in scopes)
    for day, situation in events:
        SituationEvent.objects.create(case=case, occurred_on=day, situation=situation)
    return case


def make_consent(case: Case, scope: str, **fields: Any) -> CaseConsent:
    """A consent as the family gave it last year."""
    consent = _consent(case, scope, **fields)
    consent.save()
    return consent


def _consent(case: Case, scope: str, **fields: Any) -> CaseConsent:
    return CaseConsent(
        **{
            "case": case,
            "scope": scope,
            "given_by": CaseConsent.Giver.FAMILY,
            "given_on": timezone.localdate() - timedelta(days=365),
            **fields,
        }
    )


def make_office(**fields: Any) -> Office:
    """A minister with a postal address, whom nobody holds."""
    return Office.objects.create(
        **{
            "reference": f"office-{next(_numbers)}",
            "country": fields.pop("country", None) or make_country(),
            "kind": Office.Kind.MINISTER,
            "title": labels("Minister of Justice"),
            "salutation": labels("Dear Sir or Madam,"),
            "closing": labels("Yours faithfully,"),
            "postal_lines": "Lettergate 1\nPORTOLA\nORVANIA",
            "verified_on": timezone.localdate(),
            **fields,
        }
    )


def make_petition(**fields: Any) -> Petition:
    case = fields.pop("case", None) or make_case()
    return Petition.objects.create(
        **{"reference": f"free-ana-{next(_numbers)}", "case": case, **fields}
    )


def make_urgent_action(*, days_left: int | None = 10, **fields: Any) -> UrgentAction:
    """An urgent action with its first issue open; `days_left` may be negative."""
    case = fields.pop("case", None) or make_case()
    action = UrgentAction.objects.create(
        **{"case": case, "number": next(_numbers), "year": 2026, **fields}
    )
    if days_left is not None:
        make_issue(action, days_left=days_left)
    return action


def make_issue(action: UrgentAction, *, days_left: int = 10, **fields: Any) -> UrgentActionIssue:
    """An issue with all that it needs to be open: addressee, demand, approved letter."""
    today = timezone.localdate()
    issue = UrgentActionIssue.objects.create(
        **{
            "urgent_action": action,
            "ordinal": action.issues.count() + 1,
            "state": UrgentActionIssue.State.OPEN,
            "issued_on": today - timedelta(days=20),
            "act_before": today + timedelta(days=days_left),
            **fields,
        }
    )
    IssueTarget.objects.create(issue=issue, office=make_office())
    Demand.objects.create(issue=issue, text=labels("to release her at once"))
    ModelLetter.objects.create(
        issue=issue, language="fr", text="Je vous écris.", approved_at=timezone.now()
    )
    return issue


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
