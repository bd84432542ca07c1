"""Statements that PostgreSQL is told once per connection, and then only their values."""

from typing import Any

from django.db import connection


def prepared_cursor() -> Any:
    """A cursor for statements that are sent over and over; on SQLite any cursor is one.

    Django's own cursors write values into the SQL, so that the server parses and plans each
    statement anew: a quarter of what an INSERT takes. To be used for statements whose values are
    of the columns' types, and as a context manager.
    """
    # Whoever captures queries wants to read them with their values.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    # Here, since its module needs psycopg's server side, which SQLite does without.
    from django.db.backends.postgresql.base import (  # type: ignore[attr-defined]
        ServerBindingCursor,
    )

    connection.ensure_connection()
    wire = connection.connection
    # psycopg prepares nothing while this is None, as Django leaves it; its other cursors do not
    # prepare at all.
    wire.prepare_threshold = 0
    # What `connection.cursor()` does with the cursor that it makes: errors are Django's.
    return connection._prepare_cursor(ServerBindingCursor(wire))  # type: ignore[attr-defined]
