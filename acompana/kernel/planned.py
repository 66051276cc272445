"""Statements that PostgreSQL plans once for each connection.

To plan a statement over seven tables takes it several times as long as to run it, when it reads a few rows by their
key. A connection keeps such a statement prepared, with one plan for whatever values (`plan_cache_mode` and
`prepare_threshold` of the settings). SQLite keeps its statements by itself.

For what is found by a key, or in the order of an index that the key begins. Not where the best way depends on the
value: a filter by region finds three companies or a hundred thousand.
"""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper

from acompana.kernel import sets


def planned_cursor() -> CursorWrapper:
    """A cursor whose statements, one in each message, stay planned in their connection. Close it, or use `with`."""
    if not sets.is_postgres():
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    # The usual kind writes the values into the words, so that no two statements are the same.
    connection.ensure_connection()
    usual = connection.connection.cursor_factory
    connection.connection.cursor_factory = ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        connection.connection.cursor_factory = usual
