"""Pages per second, rendered anew for every request; and what the heaviest of them take."""

from collections.abc import Mapping, Sequence
from typing import Any

from .load import Outcome, Request, added_up, in_turns
from .server import BenchSite
from .table import LOAD_COLUMNS, Report, load_row, number

CONNECTIONS = 8
ROUNDS = 3
ROUND_SECONDS = 0.8
WARM_UP_SECONDS = 0.5
BARE = "bare Django view"
PAGES = ("plain Wagtail page", "home", "case page", "urgent action page")


def measure(
    site: BenchSite,
    paths: dict[str, str | int],
    statements: dict[str, list[str]],
    report: Report,
) -> None:
    """Load each page and the bare view in turns."""
    requests = {BARE: Request("GET", "/bare/page/", 200)}
    requests |= {name: Request("GET", str(paths[name]), 200) for name in PAGES}

    def load(name: str, seconds: float = ROUND_SECONDS) -> Outcome:
        return site.load(requests[name], connections=CONNECTIONS, seconds=seconds)

    for name in requests:
        load(name, WARM_UP_SECONDS)
    rounds = in_turns({name: lambda n=name: load(n) for name in requests}, ROUNDS)
    totals = {name: added_up(outcomes) for name, outcomes in rounds.items()}
    rows = [
        [
            *load_row(name, CONNECTIONS, totals[name], rounds[name], totals[BARE]),
            _sql(name, statements),
        ]
        for name in requests
    ]
    report.table([*LOAD_COLUMNS, "SQL"], rows)


def _sql(name: str, statements: dict[str, list[str]]) -> str:
    return str(len(statements.get(name, ())))


def show_heaviest(pages: Sequence[Mapping[str, Any]], report: Report) -> None:
    """The slowest pages, each beside a plain Wagtail page of the same number of bytes."""
    rows = [
        [
            page["path"],
            number(page["bytes"] / 1024, 1),
            str(page["sql"]),
            number(page["ms"], 1),
            str(page["plain_sql"]),
            number(page["plain_ms"], 1),
            number(page["ms"] / page["plain_ms"], 1),
        ]
        for page in pages
    ]
    report.table(["", "KiB", "SQL", "ms", "plain SQL", "plain ms", "× plain"], rows)
