"""What the apps above know about a supporter: for the supporter service's page, and for merging.

They register it when they are ready; nothing above is known here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened between a person and us, in the reader's language."""

    at: datetime
    kind: object
    title: object
    details: Sequence[object] = ()
    # "good", "bad", "wait" or "", as in `campaigns.workspaces.Cell`.
    mark: str = ""


@dataclass(frozen=True)
class TimelineSource:
    """Where entries come from. `rows(supporter_id)` takes a constant number of queries."""

    name: str
    rows: Callable[[int], list[TimelineEntry]]


@dataclass(frozen=True)
class MergePart:
    """What an app does when two entries turn out to be one person.

    `preview(kept_id=…, merged_id=…)` says what `move(kept_id=…, merged_id=…, now=…)` will do, a
    sentence each. `move` runs inside the transaction and leaves nothing at the merged one.
    """

    name: str
    preview: Callable[..., list[str]]
    move: Callable[..., Any]


_sources: dict[str, TimelineSource] = {}
_parts: dict[str, MergePart] = {}


def register_timeline(source: TimelineSource) -> None:
    """Show these entries, too; called from an app's `ready()`."""
    _sources[source.name] = source


def register_merge(part: MergePart) -> None:
    """Have this done at each merge; called from an app's `ready()`."""
    _parts[part.name] = part


def timeline_sources() -> list[TimelineSource]:
    """All registered sources."""
    return list(_sources.values())


def merge_parts() -> list[MergePart]:
    """All registered parts."""
    return list(_parts.values())
