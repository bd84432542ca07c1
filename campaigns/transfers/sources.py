"""What lists can be asked for: supporters from here, others from the apps above.

They register it when they are ready; nothing above is known here. A list is asked for with a
reason, written by a worker, fetched by who asked, logged and deleted, whatever stands in it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from .models import ExportJob

Row = Sequence[str]


def _nothing(job: ExportJob, count: int) -> Iterable[Row]:
    return ()


@dataclass(frozen=True)
class Source:
    """One kind of list.

    `chunks` gives the rows by some hundreds, so that a long list takes no more memory than a
    short one; `closing` the lines below them, after so many rows. Both are asked in the language
    of whoever asked. `facts` are names and values for the page about a list. `permission` is what
    one needs to ask for one, and to see it.
    """

    kind: str
    title: str | Promise
    permission: str
    headings: Callable[[ExportJob], Row]
    chunks: Callable[[ExportJob], Iterable[Sequence[Row]]]
    facts: Callable[[ExportJob], Sequence[tuple[object, object]]]
    file_name: Callable[[ExportJob], str]
    closing: Callable[[ExportJob, int], Iterable[Row]] = _nothing


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer this kind of list; called from an app's `ready()`."""
    _sources[source.kind] = source


def source_of(job: ExportJob) -> Source:
    """What stands in a list. Raises KeyError where its app is no longer there."""
    return _sources[job.kind]
