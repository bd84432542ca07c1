"""Plain aligned tables, to the screen and to a file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from .load import Outcome

LOAD_COLUMNS = ["", "c", "/s", "of bare", "p50 ms", "p99 ms", "CPU ms", "errors", "rounds"]


class Report:
    """Shows each line at once and keeps it in a file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        path.write_text("")

    def line(self, words: str = "") -> None:
        with self.path.open("a") as file:
            for out in (file, sys.stdout):
                out.write(f"{words}\n")
                out.flush()

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1
    ) -> None:
        """Columns as wide as they need; the first `left` aligned left, the others right."""
        table = [columns, *rows]
        widths = [max(len(row[index]) for row in table) for index in range(len(columns))]
        for row in table:
            cells = [
                cell.ljust(width) if index < left else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            self.line("  " + "  ".join(cells).rstrip())
        self.line()


def load_row(
    name: str, connections: int, total: Outcome, rounds: Sequence[Outcome], bare: Outcome | None
) -> list[str]:
    """One line under LOAD_COLUMNS."""
    rates = [outcome.per_second for outcome in rounds]
    ratio = total.per_second / bare.per_second if bare and bare.per_second else None
    return [
        name,
        str(connections),
        f"{total.per_second:.0f}",
        number(ratio, 3),
        number(total.percentile(50), 1),
        number(total.percentile(99), 1),
        number(total.cpu_ms, 2),
        ", ".join(f"{count} × {reason}" for reason, count in total.errors.items()) or "0",
        f"{min(rates):.0f}–{max(rates):.0f}",
    ]


def number(value: float | None, digits: int) -> str:
    """The number, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"
