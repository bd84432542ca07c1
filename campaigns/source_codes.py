"""The codes that say through which link or paper somebody came: for the figures, of nobody."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

LONGEST_SOURCE = 80
_UTM = ("utm_source", "utm_medium", "utm_campaign")
_WELL_FORMED = re.compile(rf"[a-z0-9][a-z0-9._/-]{{0,{LONGEST_SOURCE - 1}}}")


def source_in(query: Mapping[str, str]) -> str:
    """The source code of an address that led here: `source`, else the three UTM words.

    Lower case; "" where there is none or it is no code, which loses nothing but the figure.
    """
    utm = [query.get(name, "") for name in _UTM]
    return clean_source(query.get("source", "") or "/".join(filter(None, utm)))


def source_query(query: Mapping[str, str]) -> str:
    """What of a query has to go on to the next address: `?source=…`, or "" where it has none."""
    if not source_in(query):
        return ""
    kept = {name: query[name] for name in ("source", *_UTM) if query.get(name)}
    return f"?{urlencode(kept)}"


def clean_source(typed: str) -> str:
    """The code in what was typed or sent, or "" where it is none."""
    code = typed.strip().lower()
    return code if _WELL_FORMED.fullmatch(code) else ""
