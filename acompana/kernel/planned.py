"""Statements that PostgreSQL plans once for each connection.

To plan a statement over seven tables takes it several times as long as to run it, when it reads a few rows by their
key. A connection keeps such a statement prepared, with one plan for whatever values (`plan_cache_mode` and
`prepare_threshold` of the settings). SQLite keeps its statements by itself.

For what is found by a key, or in the order of an index that the key begins. Not where the best way depends on the
value: a filter by region finds three companies or a hundred thousand.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


def planned_cursor() -> CursorWrapper:
    """A cursor whose statements, one in each message, stay planned in their connection. Close it, or use `with`."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return database.cursor()
    from acompana.kernel.postgres import PlannedCursor

    database.ensure_connection()
    opened = database.connection
    usual, opened.cursor_factory = opened.cursor_factory, PlannedCursor
    try:
        return database.cursor()
    finally:
        opened.cursor_factory = usual
