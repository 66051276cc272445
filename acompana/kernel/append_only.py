"""Rows that the database itself refuses to change, replace or delete, on PostgreSQL and on SQLite.

`protect` is for migrations. On SQLite a later migration that rebuilds the table drops its triggers with it: such a
migration ends by calling `protect` again (a test of each room looks for the triggers).

Ways round a row trigger are closed too. SQLite's REPLACE takes the row in the way out without asking the delete
trigger, unless a connection says otherwise: inserting what is there already is refused, whoever is connected.
PostgreSQL's TRUNCATE sees no row trigger: it has one of its own, which only the owner of the table can lift, as the
tests do between two of them (`tests/restore.py`). Nothing in the application does.

Three kinds of change may be let through, each said where the table is protected: `closes` (a pause ends, once),
`erases` (words of a person are emptied by law), and `allow_update_when` for what is neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PREFIX = "append_only_"


def protect(
    editor: BaseDatabaseSchemaEditor,
    table: str,
    allow_update_when: str = "",
    *,
    closes: Sequence[str] = (),
    erases: Sequence[str] = (),
    deletes: bool = False,
) -> None:
    """Make the database refuse DELETE, REPLACE, TRUNCATE, and UPDATE, but for the changes that are let through.

    `closes`: columns that change once, together, while the first of them is null, and give it a value.
    `erases`: columns of text that may be emptied. `allow_update_when`: SQL over OLD and NEW (see `unchanged`).
    `deletes`: rows may go, as when a change set that made them is undone; what they say still never changes.
    """
    ways = [allow_update_when] if allow_update_when else []
    if closes:
        first = f"OLD.{closes[0]} IS NULL AND NEW.{closes[0]} IS NOT NULL"
        ways.append(f"{first} AND {unchanged(editor, *_others(editor, table, closes))}")
    ways += [f"NEW.{column} = '' AND {unchanged(editor, *_others(editor, table, (column,)))}" for column in erases]
    allowed = " OR ".join(f"({way})" for way in ways) if len(ways) > 1 else "".join(ways)
    words = f"{table} is append-only"
    if editor.connection.vendor == "postgresql":
        statements = _postgresql(table, words, allowed)
    else:
        statements = _sqlite(table, words, allowed, _standing_in_the_way(editor, table))
    for sql in statements if not deletes else statements[:-2]:
        editor.execute(sql)


def unchanged(editor: BaseDatabaseSchemaEditor, *columns: str) -> str:
    """SQL over OLD and NEW: none of these columns changes, empty ones included."""
    same = "IS NOT DISTINCT FROM" if editor.connection.vendor == "postgresql" else "IS"
    return " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns)


def _others(editor: BaseDatabaseSchemaEditor, table: str, columns: Sequence[str]) -> list[str]:
    with editor.connection.cursor() as cursor:
        found = [column.name for column in editor.connection.introspection.get_table_description(cursor, table)]
    if unknown := set(columns) - set(found):
        raise ValueError(f"{table} has no {', '.join(sorted(unknown))}")
    return [column for column in found if column not in columns]


def unprotect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers of `protect` away: the reverse of the migration."""
    on_table = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    for verb in ("update", "delete", "insert", "truncate"):
        editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{verb}{on_table}")
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {PREFIX}{table}()")


def _sqlite(table: str, words: str, allowed: str, in_the_way: list[str]) -> list[str]:
    when = f"WHEN NOT ({allowed}) " if allowed else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    name = f"CREATE TRIGGER IF NOT EXISTS {PREFIX}{table}"
    return [
        f"{name}_update BEFORE UPDATE ON {table} {when}{refuse}",
        f"{name}_delete BEFORE DELETE ON {table} {refuse}",
        f"{name}_insert BEFORE INSERT ON {table} WHEN {' OR '.join(in_the_way)} {refuse}",
    ]


def _standing_in_the_way(editor: BaseDatabaseSchemaEditor, table: str) -> list[str]:
    """SQL over NEW: a new row has the key of an old one, in each unique key: inserting it would be a REPLACE.

    A key that holds only under a condition (one open pause) stands in the way where both rows fulfil it.
    """
    with editor.connection.cursor() as cursor:
        constraints = editor.connection.introspection.get_constraints(cursor, table)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND sql LIKE %s", [table, "% WHERE %"])
        conditions = {name: sql.partition(" WHERE ")[2] for name, sql in cursor.fetchall() if "INDEX" in sql[:30]}
    found = set()
    for name, constraint in constraints.items():
        columns = constraint["columns"]
        if columns and all(columns) and (constraint["primary_key"] or constraint["unique"]):
            condition = conditions.get(name, "")
            of_new = re.sub(r'"(\w+)"', r'NEW."\1"', condition)
            same = " AND ".join([*(f"{c} = NEW.{c}" for c in columns), *([f"({condition})"] if condition else [])])
            there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
            found.add(f"(({of_new}) AND {there})" if condition else there)
    return sorted(found)


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
