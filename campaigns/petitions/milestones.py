"""Round numbers: 100, 250, 500, 1 000, 2 500, 5 000, 10 000 and so on."""

from collections.abc import Iterator
from itertools import count, takewhile

STEPS = (100, 250, 500)


def milestones() -> Iterator[int]:
    """All of them, without end."""
    for power in count():
        yield from (step * 10**power for step in STEPS)


def reached_between(above: int, up_to: int) -> list[int]:
    """The round numbers from above one figure up to another."""
    return [
        number for number in takewhile(lambda each: each <= up_to, milestones()) if number > above
    ]


def next_goal(figure: int) -> int:
    """The first round number above a figure."""
    return next(number for number in milestones() if number > figure)
