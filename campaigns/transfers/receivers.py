"""Lists that were written before somebody was erased may hold that person."""

from datetime import datetime

from .services.exports import delete_all_exports


def delete_exports(sender: object, *, now: datetime, **_more: object) -> None:
    delete_all_exports(now=now)
