"""Rows that the database itself refuses to change, replace or delete, on PostgreSQL and on SQLite.

`protect` is for migrations. On SQLite a later migration that rebuilds the table drops its triggers with it: such a
migration ends by calling `protect` again (a test of each room looks for the triggers).

Ways round a row trigger are closed too. SQLite's REPLACE takes the row in the way out without asking the delete
trigger, unless a connection says otherwise: inserting what is there already is refused, whoever is connected.
PostgreSQL's TRUNCATE sees no row trigger: it has one of its own, which only the owner of the table can lift, as the
tests do between two of them (`tests/restore.py`). Nothing in the application does.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PREFIX = "append_only_"


def protect(editor: BaseDatabaseSchemaEditor, table: str, allow_update_when: str = "") -> None:
    """Make the database refuse DELETE, REPLACE, TRUNCATE, and UPDATE unless `allow_update_when` (SQL over OLD and
    NEW) holds."""
    words = f"{table} is append-only"
    if editor.connection.vendor == "postgresql":
        statements = _postgresql(table, words, allow_update_when)
    else:
        statements = _sqlite(table, words, allow_update_when, _unique_keys(editor, table))
    for sql in statements:
        editor.execute(sql)


def unprotect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers of `protect` away: the reverse of the migration."""
    on_table = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    for verb in ("update", "delete", "insert", "truncate"):
        editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{verb}{on_table}")
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}{table}()")


def _sqlite(table: str, words: str, allowed: str, keys: list[list[str]]) -> list[str]:
    when = f"WHEN NOT ({allowed}) " if allowed else ""
    there = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    name = f"CREATE TRIGGER IF NOT EXISTS {PREFIX}{table}"
    return [
        f"{name}_update BEFORE UPDATE ON {table} {when}{refuse}",
        f"{name}_delete BEFORE DELETE ON {table} {refuse}",
        f"{name}_insert BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) {refuse}",
    ]


def _unique_keys(editor: BaseDatabaseSchemaEditor, table: str) -> list[list[str]]:
    """The columns by which a new row can stand in the way of an old one: each is a REPLACE."""
    with editor.connection.cursor() as cursor:
        constraints = editor.connection.introspection.get_constraints(cursor, table).values()
    keys = [list(c["columns"]) for c in constraints if c["primary_key"] or c["unique"]]
    return sorted(key for key in keys if key and all(key))


def _postgresql(table: str, words: str, allowed: str) -> list[str]:
    when = f"WHEN (NOT ({allowed})) " if allowed else ""
    return [
        f"CREATE OR REPLACE FUNCTION {PREFIX}{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {PREFIX}{table}_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION {PREFIX}{table}()",
        f"CREATE TRIGGER {PREFIX}{table}_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}{table}()",
        f"CREATE TRIGGER {PREFIX}{table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}{table}()",
    ]
