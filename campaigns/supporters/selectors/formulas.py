"""Reads about formulas."""

from ..models import Formula


def offered_formula(code: str) -> Formula | None:
    """The formula of that code, if the public may choose it. `code` may be anything at all."""
    offered = {formula.code: formula for formula in Formula.objects.offered()}
    return offered.get(code) if code else None
