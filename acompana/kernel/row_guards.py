"""Conditions over other rows that the database itself holds, on PostgreSQL and on SQLite; for migrations.

A check constraint sees one row. What depends on others (a company is not merged into one that was merged) is refused
by a trigger, as an integrity error. On SQLite a later migration that rebuilds the table drops its triggers: such a
migration ends by calling `guard` again (a test of the room looks for the trigger).
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def guard(editor: BaseDatabaseSchemaEditor, *, table: str, column: str, name: str, refuse_when: str) -> None:
    """Refuse inserting a row, or updating its column, when `refuse_when` (SQL over NEW, subqueries allowed) holds.

    `name` is the sentence that the error says, with underscores.
    """
    unguard(editor, table=table, name=name)
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refuse_when} THEN "
            f"RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        editor.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column} ON {table} "
            f"FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"
        )
        return
    for verb, event in (("insert", "INSERT"), ("update", f"UPDATE OF {column}")):
        editor.execute(
            f"CREATE TRIGGER {name}_{verb} BEFORE {event} ON {table} "
            f"WHEN NEW.{column} IS NOT NULL AND ({refuse_when}) BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )


def unguard(editor: BaseDatabaseSchemaEditor, *, table: str, name: str) -> None:
    """Take the trigger away: the reverse of the migration."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for verb in ("insert", "update"):
        editor.execute(f"DROP TRIGGER IF EXISTS {name}_{verb}")
