"""Run inside the site: every page in one language, and the ten slowest beside plain ones.

In this process, one request at a time: what rendering costs, without server and waiting.
"""

import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import django

LANGUAGE = "fr"
# The first request makes the pictures, the second finds templates and types of content.
WARM_UPS = 2
ROUNDS_TO_CHOOSE = 3
ROUNDS = 9
MOST = 10
PLAIN_PATH = "/bare/plain/{}/"


def heaviest() -> list[dict[str, Any]]:
    """The slowest pages, with the same number of bytes from a plain page in the same turns."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from wagtail.models import Page

    client = Client(headers={"host": "localhost", "accept-language": LANGUAGE})

    def length(path: str) -> int:
        response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}.")
        return len(response.content)

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    # What stands around the text of a plain page.
    around = length(PLAIN_PATH.format(1000)) - 1000
    pages = Page.objects.live().filter(locale__language_code=LANGUAGE, depth__gt=1)
    paths = [page.get_url_parts()[2] for page in pages]
    lengths = {path: length(path) for _round in range(WARM_UPS) for path in paths}
    # Whatever else the machine does makes a request slower, never faster.
    fastest = {path: min(_milliseconds(client.get, [path], ROUNDS_TO_CHOOSE)[0]) for path in paths}
    found = []
    for path in sorted(paths, key=lambda path: -fastest[path])[:MOST]:
        plain = PLAIN_PATH.format(lengths[path] - around)
        if (plain_length := length(plain)) != lengths[path]:
            raise RuntimeError(f"{plain} has {plain_length} bytes.")
        ms, plain_ms = map(median, _milliseconds(client.get, [path, plain], ROUNDS))
        found.append(
            {
                "path": path,
                "bytes": lengths[path],
                "sql": statements(path),
                "ms": ms,
                "plain_sql": statements(plain),
                "plain_ms": plain_ms,
            }
        )
    return sorted(found, key=lambda row: -row["ms"])


def _milliseconds(get: Callable[[str], Any], paths: list[str], rounds: int) -> list[list[float]]:
    """How long each request of each path took; asked in turns."""
    taken: dict[str, list[float]] = {path: [] for path in paths}
    for _round in range(rounds):
        for path in paths:
            started = perf_counter()
            get(path)
            taken[path].append(1000 * (perf_counter() - started))
    return [taken[path] for path in paths]


if __name__ == "__main__":
    django.setup()
    json.dump(heaviest(), sys.stdout)
