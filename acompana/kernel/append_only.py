"""Rows that the database itself refuses to change or delete, on PostgreSQL and on SQLite.

`protect` is for migrations. On SQLite a later migration that rebuilds the table drops its triggers with it: such a
migration ends by calling `protect` again (a test of each room looks for the triggers).

Emptying whole tables between tests: PostgreSQL truncates, which no row trigger sees; SQLite deletes row by row, so
`flush_around` gives the statements that lift the triggers for one flush and put them back in the same transaction.
Nothing in the application calls it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PREFIX = "append_only_"


def protect(editor: BaseDatabaseSchemaEditor, table: str, allow_update_when: str = "") -> None:
    """Make the database refuse DELETE, and UPDATE unless `allow_update_when` (SQL over OLD and NEW) holds."""
    words = f"{table} is append-only"
    statements = _postgresql if editor.connection.vendor == "postgresql" else _sqlite
    for sql in statements(table, words, allow_update_when):
        editor.execute(sql)


def unprotect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers of `protect` away: the reverse of the migration."""
    on_table = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    for verb in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{verb}{on_table}")
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}{table}()")


def _sqlite(table: str, words: str, allowed: str) -> list[str]:
    when = f"WHEN NOT ({allowed}) " if allowed else ""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {PREFIX}{table}_update BEFORE UPDATE ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END",
        f"CREATE TRIGGER IF NOT EXISTS {PREFIX}{table}_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END",
    ]


def _postgresql(table: str, words: str, allowed: str) -> list[str]:
    when = f"WHEN (NOT ({allowed})) " if allowed else ""
    return [
        f"CREATE OR REPLACE FUNCTION {PREFIX}{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {PREFIX}{table}_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION {PREFIX}{table}()",
        f"CREATE TRIGGER {PREFIX}{table}_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}{table}()",
    ]


def flush_around(connection: BaseDatabaseWrapper, statements: list[Any]) -> list[Any]:
    """The statements of a flush on SQLite with the triggers lifted before and put back after; tests only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        triggers = cursor.fetchall()
    drops = [f"DROP TRIGGER {name}" for name, _ in triggers]
    return [*drops, *statements, *(sql for _, sql in triggers)]
