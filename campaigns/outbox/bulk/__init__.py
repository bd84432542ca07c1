"""Handing one mail to many readers, each with their own words and links in it."""

from .answers import Answer, Fate, Outcome, Trouble, TroubleKind
from .batches import Batch, Recipient
from .carriers import Carrier, open_carrier
from .providers import Provider, current_provider

__all__ = [
    "Answer",
    "Batch",
    "Carrier",
    "Fate",
    "Outcome",
    "Provider",
    "Recipient",
    "Trouble",
    "TroubleKind",
    "current_provider",
    "open_carrier",
]
