"""A change of state that may be refused: with reasons in words, and nothing half done."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError


class Refused(ValidationError):
    """A transition that is not allowed now. `messages` says why, one reason each.

    A ValidationError, so that a form can show it as it stands.
    """

    def __init__(self, reasons: Iterable[object]) -> None:
        super().__init__(list(reasons))
