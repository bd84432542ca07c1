"""How often the site behind its page cache was reached, by path: one line per request, in a file.

Switched on by the environment, in the settings of the benchmarks alone.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FILE = "renders.log"


class RenderCounter:
    """Stands directly behind the page cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Short lines at the end of a file do not get mixed, whoever writes them.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self.file = os.open(settings.VAR / FILE, flags, 0o640)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            os.write(self.file, f"{time.time():.4f} {request.path}\n".encode())
        return self.get_response(request)


def renders_in(var: Path) -> dict[str, list[float]]:
    """When each path was rendered, in order."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in (var / FILE).read_text().splitlines():
        moment, _space, path = line.partition(" ")
        found[path].append(float(moment))
    return {path: sorted(moments) for path, moments in found.items()}
