"""Inserting what may be there already, in one statement."""

from django.db.models import Model


def insert_once(row: Model, *unique_fields: str) -> None:
    """Insert `row` unless one with the same `unique_fields` exists; then nothing changes.

    Not `ignore_conflicts`: SQLite would also ignore what a check or NOT NULL refuses, and so lose
    it in silence. The row's key is that of the row which stands afterwards.
    """
    type(row)._default_manager.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=unique_fields,
        update_fields=unique_fields[:1],
    )
