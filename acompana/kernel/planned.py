"""Statements that PostgreSQL plans once for each connection.

To plan a statement over seven tables takes it several times as long as to run it, when it reads a few rows by their
key. A connection of the pool keeps such a statement prepared, with one plan for whatever values (`prepare_threshold`
and `plan_cache_mode` of the settings). A connection that is opened for one request (`ACOMPANA_NO_POOL`, for a pooler
outside, which may not keep statements) plans it each time, as it is written. SQLite keeps its statements by itself.

For what is found by a key, or in the order of an index that the key begins. Not where the best way depends on the
value: a filter by region finds three companies or a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from acompana.kernel import sets


@contextmanager
def planned_cursor() -> Iterator[CursorWrapper]:
    """A cursor whose statements, one in each message, stay planned in their connection."""
    database = connections[DEFAULT_DB_ALIAS]
    if keeps_plans(database):
        with _open(database) as cursor:
            yield cursor
    else:
        with sets.joins_as_written(), database.cursor() as cursor:
            yield cursor


def keeps_plans(database: Any) -> bool:
    """Whether the connections of a database last long enough to keep statements."""
    return database.settings_dict["OPTIONS"].get("prepare_threshold") is not None


def _open(database: Any) -> CursorWrapper:
    from acompana.kernel.postgres import PlannedCursor

    database.ensure_connection()
    opened = database.connection
    usual, opened.cursor_factory = opened.cursor_factory, PlannedCursor
    try:
        cursor: CursorWrapper = database.cursor()
        return cursor
    finally:
        opened.cursor_factory = usual
