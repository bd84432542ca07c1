"""Who is in danger, where, and what has happened to them: facts, without a language."""

from .cases import Case, CaseSubject, WriterRules, leads_nowhere_else
from .consents import CaseConsent
from .countries import Country, Theme
from .offices import DiplomaticMission, Office, OfficeHolder
from .situations import FINAL, FREED, Situation, SituationEvent

__all__ = [
    "FINAL",
    "FREED",
    "Case",
    "CaseConsent",
    "CaseSubject",
    "Country",
    "DiplomaticMission",
    "Office",
    "OfficeHolder",
    "Situation",
    "SituationEvent",
    "Theme",
    "WriterRules",
    "leads_nowhere_else",
]
