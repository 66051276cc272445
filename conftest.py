"""What every test needs, whatever its room."""

from __future__ import annotations

import pytest
from django.db import connection

from acompana.kernel.append_only import flush_around


@pytest.fixture(scope="session", autouse=True)
def _flushes_lift_append_only():
    """A test with real transactions ends by emptying every table, which append-only rows refuse on SQLite."""
    if connection.vendor != "sqlite":
        yield
        return
    from django.db.backends.sqlite3.operations import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        return original(self, flush_around(self.connection, sql_list))

    DatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    DatabaseOperations.execute_sql_flush = original
