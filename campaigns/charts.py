"""Quiet line charts, drawn by the server: one colour per series, labels on the lines.

Positions are in units of the drawing, written as text so that no language puts a comma into them.
Colours and sizes of letters are the style sheet's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from django.utils.formats import localize

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 76, 196, 18, 48
# Labels closer than that would lie on each other.
LINE_HEIGHT = 26
# Four lines: at 1, 2, 3, 4; at 2, 4, 6, 8; at 3, 6, 9, 12; at 5, 10, 15, 20; and times ten.
LINES = 4
ENDS_OF_SCALES = (4, 8, 12, 20)


@dataclass(frozen=True)
class Series:
    """Numbers to draw. `name` is the class of its line, `label` stands at its end."""

    name: str
    label: str
    values: Sequence[int]


@dataclass(frozen=True)
class Tick:
    """A word of an axis, and where it stands along that axis."""

    at: str
    words: str
    # "start", "middle" or "end": which part of the word stands there.
    anchor: str = "middle"


@dataclass(frozen=True)
class Line:
    """A series as it is drawn."""

    name: str
    label: str
    points: str
    end_x: str
    end_y: str
    label_x: str
    label_y: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws, and the same numbers as a table."""

    title: str
    summary: str
    headings: list[str]
    rows: list[tuple[str, list[int]]]
    lines: list[Line]
    across: list[Tick]
    upwards: list[Tick]
    view_box: str = f"0 0 {WIDTH} {HEIGHT}"
    left: str = str(LEFT)
    right: str = str(WIDTH - RIGHT)
    bottom: str = str(HEIGHT - BOTTOM)
    words_left: str = str(LEFT - 10)
    words_below: str = str(HEIGHT - BOTTOM + 32)


def line_chart(
    *, title: str, summary: str, unit: str, points: Sequence[str], series: Sequence[Series]
) -> Chart:
    """A chart of at least two points. `unit` heads the column of points in the table."""
    top = _round_up(max((max(each.values) for each in series), default=0))
    lines = [_line(each, top) for each in series]
    return Chart(
        title=title,
        summary=summary,
        headings=[unit, *(each.label for each in series)],
        rows=[
            (point, [each.values[number] for each in series]) for number, point in enumerate(points)
        ],
        lines=_apart(lines),
        across=_across(points),
        upwards=[
            Tick(_number(_y(value, top)), str(localize(value)))
            for value in range(0, top + 1, top // LINES)
        ],
    )


def _round_up(value: int) -> int:
    """The end of the scale, so that its four lines stand at round numbers."""
    return next(
        end * 10**power for power in count() for end in ENDS_OF_SCALES if end * 10**power >= value
    )


def _x(number: int, points: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * number / max(1, points - 1)


def _y(value: int, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _number(position: float) -> str:
    return f"{position:.1f}"


def _line(series: Series, top: int) -> Line:
    places = [
        (_number(_x(number, len(series.values))), _number(_y(value, top)))
        for number, value in enumerate(series.values)
    ]
    end_x, end_y = places[-1]
    return Line(
        name=series.name,
        label=f"{series.label} {localize(series.values[-1])}",
        points=" ".join(f"{x},{y}" for x, y in places),
        end_x=end_x,
        end_y=end_y,
        label_x=_number(float(end_x) + 10),
        label_y=end_y,
    )


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines from the bottom up, their labels moved until none covers another.

    Of those that end at one height, the first stays on top.
    """
    placed: list[Line] = []
    free_above = float(HEIGHT - BOTTOM)
    order = sorted(enumerate(lines), key=lambda pair: (-float(pair[1].end_y), -pair[0]))
    for _position, line in order:
        at = min(float(line.end_y), free_above)
        free_above = at - LINE_HEIGHT
        placed.append(Line(**{**vars(line), "label_y": _number(at)}))
    return placed


def _across(points: Sequence[str]) -> list[Tick]:
    """The first, the middle and the last point in words."""
    last = len(points) - 1
    ticks = [Tick(_number(_x(0, len(points))), points[0], "start")]
    if last >= 4:
        ticks.append(Tick(_number(_x(last // 2, len(points))), points[last // 2]))
    if last:
        ticks.append(Tick(_number(_x(last, len(points))), points[last], "end"))
    return ticks
