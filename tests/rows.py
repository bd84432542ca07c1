"""Every row of the database, to compare before and after."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

# Wagtail makes the row of the site's settings when they are first read: `tests/home` looks at that.
# How many links were tried that open nothing is counted per client, and is nobody's data.
MADE_BY_READING = {"home.OrganisationSettings", "outbox.RateCount"}


def every_row(*, but: Collection[str] = MADE_BY_READING) -> dict[str, list[dict]]:
    """All rows of all tables that hold something, ordered: what `.values()` returns."""
    return {
        model._meta.label: _rows(model)
        for model in _tables_with_rows()
        if model._meta.label not in but
    }


def changed(before: dict[str, list[dict]], after: dict[str, list[dict]]) -> set[str]:
    """The tables that differ."""
    return {
        label for label in before.keys() | after.keys() if before.get(label) != after.get(label)
    }


# A thousand tests ask this twice, of more than a hundred tables: the questions are put together
# once, and not asked of empty tables.


@cache
def _tables() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _tables_with_rows() -> list[type[Model]]:
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {quoted(model._meta.db_table)})"  # noqa: S608
                for number, model in enumerate(_tables())
            )
        )
        found = {number for (number,) in cursor.fetchall()}
    return [model for number, model in enumerate(_tables()) if number in found]


@cache
def _question(model: type[Model], vendor: str) -> tuple[tuple[str, ...], str, list[Any]]:
    """The names of the columns, the SQL, and what makes Python's values of the database's."""
    query = model._base_manager.order_by("pk").values().query
    compiler = query.get_compiler(connection=connection)
    sql, _parameters = compiler.as_sql()
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])
    return tuple(query.values_select), sql, list(converters.items())


def _rows(model: type[Model]) -> list[dict]:
    names, sql, converters = _question(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = [list(row) for row in cursor.fetchall()]
    for position, (functions, expression) in converters:
        for row in rows:
            for function in functions:
                row[position] = function(row[position], expression, connection)
    return [dict(zip(names, row, strict=True)) for row in rows]
