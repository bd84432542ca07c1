"""Run inside the site: the SQL of one signature and of each page, in order.

Not seen here: on PostgreSQL Django asks each kept connection `SELECT 1` at the start of every
request that uses the database (CONN_HEALTH_CHECKS), below the level at which it counts.
"""

import json
import re
import sys

import django

from .signing import signing_form

SHAPE = re.compile(
    r'^(SELECT|INSERT|DELETE)\b.*?\b(?:FROM|INTO)\s+"?(\w+)|^(UPDATE)\s+"?(\w+)', re.S
)


def short(sql: str) -> str:
    """The statement's verb and first table: `INSERT petitions_signature`."""
    match = SHAPE.match(sql)
    if match is None:
        return sql.split(maxsplit=1)[0]
    return " ".join(part for part in match.groups() if part)


def record(paths: dict[str, str | int]) -> dict[str, list[str]]:
    """The statements of a first and a repeated press, and of a GET of each page, shortened."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(raise_request_exception=False, headers={"host": "localhost"})

    def press(address: str) -> list[str]:
        form = signing_form(address, int(paths["page"]))
        with CaptureQueriesContext(connection) as captured:
            client.post(paths["sign"], form, "application/x-www-form-urlencoded")
        return [short(query["sql"]) for query in captured]

    press("the-wording-is-stored@example.org")
    found = {
        "first press": press("unknown-address@example.org"),
        "repeated press": press("unknown-address@example.org"),
    }
    for name, path in paths.items():
        if name not in {"sign", "page"}:
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            found[name] = [short(query["sql"]) for query in captured]
    return found


if __name__ == "__main__":
    django.setup()
    json.dump(record(json.loads(sys.argv[1])), sys.stdout)
