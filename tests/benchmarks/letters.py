"""Letters on paper: a thousand in one process, their time and what stays in memory.

`PYTHONPATH=site:. python -m tests.benchmarks.letters`, a part of `make bench`. Each letter is
another one, with its copy and the page for whoever posts it; by turns with an empty page.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

from tests.running_site import ROOT

from .table import Report, number

RESULTS = ROOT / "var" / "bench-letters-results.txt"
MANY = int(os.environ.get("BENCH_LETTERS", "1000"))
TURN = 50
THREADS = 2
TODAY = date(2026, 11, 21)
EMPTY = b'#set document(title: "x")\n'
PARAGRAPH = "I am worried about Ana Drovik, who has been held since March without a lawyer. " * 4


def main() -> None:
    """All of it, on a database of its own in memory."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    old = runner.setup_databases()
    try:
        _measure(Report(RESULTS))
    finally:
        runner.teardown_databases(old)
        runner.teardown_test_environment()


def _measure(report: Report) -> None:
    import typst

    from campaigns.letters.printing import letter_document, letter_pdf
    from campaigns.letters.printing.pdf import compiled, prepared_fonts
    from campaigns.letters.printing.sheets import letter_sheet
    from tests.factories.writing import make_desk, written_at

    desk = make_desk()

    def written(index: int) -> Any:
        body = "\n\n".join(f"{index}. {PARAGRAPH}" for _paragraph in range(4))
        return written_at(desk, body=body, wants_copy=True)

    def empty(_index: int) -> bytes:
        return typst.compile(EMPTY, font_paths=prepared_fonts(), pdf_standards=["ua-1"])

    def pdf(index: int) -> bytes:
        return letter_pdf(written(index), desk, on=TODAY)

    def document(index: int) -> bytes:
        return letter_document(written(index), desk, on=TODAY)

    report.line(f"Letters, load {os.getloadavg()[0]:.1f} before the run")
    sheets = [letter_sheet(written(index), desk, on=TODAY) for index in range(MANY)]
    started = time.perf_counter()
    pdf(0)
    report.line(f"  the first letter of a process: {(time.perf_counter() - started) * 1000:.0f} ms")
    rows: dict[str, list[float]] = {"an empty page": [], "letter, copy and slip": []}
    memory = {}
    for first in range(0, MANY, TURN):
        turn = range(first, min(first + TURN, MANY))
        rows["an empty page"] += _times(empty, turn)
        rows["letter, copy and slip"] += _times(pdf, turn)
        memory[turn.stop] = _megabytes()
    rows["document (.docx)"] = _times(document, range(MANY // 5))
    bare = median(rows["an empty page"])
    report.table(
        ["", "p50 ms", "p99 ms", "of empty"],
        [
            [
                name,
                number(median(times) * 1000, 1),
                number(quantiles(times, n=100)[98] * 1000, 1),
                number(median(times) / bare, 1),
            ]
            for name, times in rows.items()
        ],
    )
    marks = sorted(memory)
    early, late = marks[min(1, len(marks) - 1)], marks[-1]
    growth = (memory[late] - memory[early]) * 1024 / max(late - early, 1)
    report.line(
        f"  memory after {early} letters {memory[early]:.0f} MiB, after {late}"
        f" {memory[late]:.0f} MiB: {growth:.1f} KiB a letter"
    )

    def page(index: int) -> bytes:
        return compiled(sheets[index], title="Concerning", on=TODAY)

    for threads in (1, THREADS):
        started = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            made = sum(1 for _page in pool.map(page, range(MANY)))
        rate = made / (time.perf_counter() - started)
        report.line(f"  {threads} thread(s), letters alone: {rate:.0f} a second")
    report.line(f"In {RESULTS.relative_to(ROOT)} too.")


def _times(make: Callable[[int], bytes], turn: range) -> list[float]:
    times = []
    for index in turn:
        started = time.perf_counter()
        make(index)
        times.append(time.perf_counter() - started)
    return times


def _megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
