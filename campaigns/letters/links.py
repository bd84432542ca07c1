"""Addresses of the pages on which people write, and the codes in them."""

import re

from campaigns.supporters.links import LinkPurpose

from .models import UrgentAction
from .models.urgent_actions import FIRST_YEAR

CODE = re.compile(r"(?P<number>[1-9]\d{0,4})-(?P<year>\d{2})")
CENTURY = 100

# Payload: supporter, issue, source (of the mailing), at. After the deadline it still takes what is
# said, and keeps it apart.
TELL_US = LinkPurpose("tell-us", "letters:tell_us", None)


def code_of_action(number: int, year: int) -> str:
    """The code of an urgent action in its addresses: 12-26."""
    return f"{number}-{year % CENTURY:02d}"


def number_and_year(code: str) -> tuple[int, int] | None:
    """What a code says; None where it is none. Two digits mean a year since the first action."""
    found = CODE.fullmatch(code)
    if found is None:
        return None
    year = FIRST_YEAR // CENTURY * CENTURY + int(found["year"])
    return int(found["number"]), year if year >= FIRST_YEAR else year + CENTURY


def action_of(code: str) -> UrgentAction | None:
    """The action behind a code, with its case and deadline; None where there is none."""
    parts = number_and_year(code)
    if parts is None:
        return None
    number, year = parts
    actions = UrgentAction.objects.with_latest_issue().select_related("case")
    return (
        actions.prefetch_related("case__subjects", "case__consents", "case__writer_rules")
        .filter(number=number, year=year)
        .first()
    )
