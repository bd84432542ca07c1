"""Urgent actions: a number that stays, and a chain of issues with a hard deadline each."""

from .issues import Demand, IssueTarget, ModelLetter, UrgentActionIssue
from .urgent_actions import DEADLINE_ZONE, UrgentAction, end_of_day

__all__ = [
    "DEADLINE_ZONE",
    "Demand",
    "IssueTarget",
    "ModelLetter",
    "UrgentAction",
    "UrgentActionIssue",
    "end_of_day",
]
