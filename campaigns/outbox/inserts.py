"""Inserting what may be there already, in one statement.

The statement is written once per kind of row and kept: signing is where a site of this kind falls
over, and composing SQL anew would cost several times what the database takes to carry it out.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from .prepared import prepared_cursor

# Text, numbers and truths need no preparing, where the field is Django's own.
PLAIN = {"CharField", "EmailField", "SlugField", "BooleanField", "PositiveSmallIntegerField"}
PLAIN_FROM = "django.db.models.fields"


def insert_once(row: Model, *unique_fields: str) -> None:
    """Insert `row` unless one with the same `unique_fields` exists; then nothing changes.

    Not `ignore_conflicts`: SQLite would also ignore what a check or NOT NULL refuses, and so lose
    it in silence. The row's key is that of the row which stands afterwards.
    """
    _insert(row, unique_fields, (), "")


def insert_or_follow(row: Model, *unique_fields: str, follow: Sequence[str], until: str) -> None:
    """Insert `row`; where one with the same `unique_fields` exists, that one follows the new one.

    Its `follow` fields, and `until`, take the new values as long as its `until` is empty; from
    then on nothing changes. The row's key is that of the row which stands afterwards.
    """
    _insert(row, unique_fields, (*follow, until), until)


def _insert(row: Model, unique: tuple[str, ...], follow: tuple[str, ...], until: str) -> None:
    model = type(row)
    values = [
        getattr(row, field.attname)
        if is_plain
        else field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field, is_plain in _fields(model)
    ]
    with prepared_cursor() as cursor:
        cursor.execute(_statement(model, unique, follow, until), values)
        [key] = cursor.fetchone()
    row.pk = model._meta.pk.to_python(key)
    row._state.adding = False


@cache
def _fields(model: type[Model]) -> list[tuple["Field[Any, Any]", bool]]:
    """What we write, and whether it goes to the database as it is.

    Not what the database makes, such as running numbers and generated columns.
    """
    return [
        (field, field.get_internal_type() in PLAIN and type(field).__module__ == PLAIN_FROM)
        for field in model._meta.local_concrete_fields
        if not field.generated and not _is_number(field)
    ]


def _is_number(field: "Field[Any, Any]") -> bool:
    """Whether it is a running number."""
    return field.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}


@cache
def _statement(
    model: type[Model], unique: tuple[str, ...], follow: tuple[str, ...], until: str
) -> str:
    """The INSERT of one kind of row. Its names come from models, and its values are parameters."""
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    columns = [_column(field) for field, _is_plain in _fields(model)]
    conflict = ", ".join(_column(model._meta.get_field(name)) for name in unique)
    if until:
        is_open = f"{table}.{_column(model._meta.get_field(until))} IS NULL"
        changes = [
            f"{column} = CASE WHEN {is_open} THEN EXCLUDED.{column} ELSE {table}.{column} END"
            for column in (_column(model._meta.get_field(name)) for name in follow)
        ]
    else:
        # Something has to be written for the key to come back.
        first = _column(model._meta.get_field(unique[0]))
        changes = [f"{first} = EXCLUDED.{first}"]
    return (
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(columns))})"
        f" ON CONFLICT ({conflict}) DO UPDATE SET {', '.join(changes)}"
        f" RETURNING {key}"
    )


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
