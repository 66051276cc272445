"""What every test needs, whatever its room."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings

from acompana.kernel.append_only import flush_around


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """The hasher of production is slow on purpose; tests make dozens of people."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


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


@pytest.fixture
def ground(transactional_db):
    """What the migrations leave in place, for a test with real transactions: the one before it emptied every table."""
    from acompana.people.operations import load_offices_and_roles
    from acompana.reference.operations import load_reference_data

    load_reference_data()
    load_offices_and_roles()
