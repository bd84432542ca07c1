"""Reads that several parts share. Nothing here writes."""

from .finding import find_supporters, likely_duplicates
from .pages import known_page, page_behind
from .silence import (
    CAP_WINDOW,
    Silence,
    SilenceCode,
    mails_this_month,
    most_mails,
    open_suppressions,
    why_silent,
)
from .timeline import VIEWED, moment, timeline

__all__ = [
    "CAP_WINDOW",
    "VIEWED",
    "Silence",
    "SilenceCode",
    "find_supporters",
    "known_page",
    "likely_duplicates",
    "mails_this_month",
    "moment",
    "most_mails",
    "open_suppressions",
    "page_behind",
    "timeline",
    "why_silent",
]
