"""The table that every upload becomes: one JSON array per line, in a private file.

Whatever the file was, from here on there is one way to read it, from any row on, without having
read those before: that is what makes an import resumable and its memory constant.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .files import delete_private_file, new_private_file
from .reading import Failure, Unreadable, looks_like_headings, tidy

MOST_ROWS = 500_000


@dataclass(frozen=True)
class Row:
    """A row as it stood in the file. `line` is its number there, from 1, headings included."""

    line: int
    cells: list[str]


@dataclass
class Table:
    """A table that has been written. Headings are [] where the first line is data."""

    name: str
    headings: list[str] = field(default_factory=list)
    row_count: int = 0
    width: int = 0

    @property
    def has_header(self) -> bool:
        return bool(self.headings)


def write_table(rows: Iterable[Iterable[str]], *, has_header: bool | None) -> Table:
    """Write rows into a table; empty ones are left out. `has_header` None: to be found out.

    Raises Unreadable for no row, too many, or rows that cannot be read; leaves no file then.
    """
    name, file = new_private_file()
    table = Table(name)
    is_first = True
    try:
        with file:
            for line, raw in enumerate(rows, 1):
                cells = tidy(raw)
                if not cells:
                    continue
                table.width = max(table.width, len(cells))
                if is_first:
                    is_first = False
                    if looks_like_headings(cells) if has_header is None else has_header:
                        table.headings = [cell[:80] for cell in cells]
                        continue
                if table.row_count >= MOST_ROWS:
                    raise Unreadable(Failure.TOO_LARGE)
                table.row_count += 1
                file.write(json.dumps([line, *cells], ensure_ascii=False).encode() + b"\n")
        if not table.row_count:
            raise Unreadable(Failure.EMPTY)
    except BaseException:
        delete_private_file(name)
        raise
    return table


def read_table(path: Path, *, offset: int) -> Iterator[tuple[Row, int]]:
    """The rows from the byte `offset` on, each with the offset of the next."""
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            offset += len(line)
            number, *cells = json.loads(line)
            yield Row(number, cells), offset
