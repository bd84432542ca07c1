"""Urgent actions, their issues with a hard deadline each, and what people did about them."""

from .acts import Channel, ChannelOpening, LetterAct
from .issues import (
    LETTER_LANGUAGES,
    Demand,
    IssueTarget,
    ModelLetter,
    UrgentActionIssue,
)
from .post import PostageRate, PostalSuspension
from .replies import Reply
from .urgent_actions import DEADLINE_ZONE, UrgentAction, end_of_day

__all__ = [
    "DEADLINE_ZONE",
    "LETTER_LANGUAGES",
    "Channel",
    "ChannelOpening",
    "Demand",
    "IssueTarget",
    "LetterAct",
    "ModelLetter",
    "PostageRate",
    "PostalSuspension",
    "Reply",
    "UrgentAction",
    "UrgentActionIssue",
    "end_of_day",
]
