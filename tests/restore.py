"""After a test with real transactions, the database is exactly what the migrations left.

Django's own flush would empty the reference data too, and append-only rows refuse it on SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from acompana.kernel.append_only import PREFIX


class SqliteGround:
    """A copy of the whole file in memory, written back page by page: some milliseconds, triggers and all."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.copy)

    def restore(self) -> None:
        connection.ensure_connection()
        self.copy.backup(connection.connection)


KEPT = "kept_by_tests"


class PostgresGround:
    """The rows of tables that have any, copied beside. Only tables that changed are emptied, and refilled if they
    had rows.

    A superuser deletes with triggers and foreign keys silenced: some milliseconds. Anybody else truncates, together
    with every table that refers to those, which waits for the disk; the triggers that refuse it on append-only tables
    are lifted for that one statement.
    """

    def __init__(self) -> None:
        self.tables = self._column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self.tables = [t for t in self.tables if t != "django_migrations"]
        self.filled = self._not_empty(self.tables)
        self.referrers = self._referrers()
        self.append_only = set(
            self._column(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", [f"{PREFIX}%_truncate"]
            )
        )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE")
            cursor.execute(f"CREATE SCHEMA {KEPT}")
            for table in self.filled:
                cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')
        self.marks = self._marks()
        self.silences = self._column("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [True]

    def restore(self) -> None:
        marks = self._marks()
        changed = {t for t in self.filled if marks[t] != self.marks[t]}
        changed |= set(self._not_empty([t for t in self.tables if t not in self.filled]))
        if not changed:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            if self.silences:
                cursor.execute("SET LOCAL session_replication_role = replica")
                for table in changed:
                    cursor.execute(f'DELETE FROM "{table}"')
            else:
                changed = self._with_referrers(changed)
                kept = changed & self.append_only
                for table in kept:
                    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{PREFIX}{table}_truncate"')
                cursor.execute("TRUNCATE " + ", ".join(f'"{t}"' for t in sorted(changed)))
                for table in kept:
                    cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{PREFIX}{table}_truncate"')
            for table in changed & set(self.filled):
                columns = ", ".join(f'"{c}"' for c in self._columns(table))
                cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {KEPT}."{table}"')
        self.marks = self._marks()

    def _column(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return [row[0] for row in cursor.fetchall()]

    def _not_empty(self, tables: list[str]) -> list[str]:
        return self._column(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables))

    def _marks(self) -> dict[str, tuple[int, int]]:
        """How many rows a table has and which transaction wrote last: different if anything was touched."""
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{t}', count(*), coalesce(max(xmin::text::bigint), 0) FROM \"{t}\"" for t in self.filled
                )
            )
            return {name: (count, last) for name, count, last in cursor.fetchall()}

    def _referrers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.relname, b.relname FROM pg_constraint c JOIN pg_class a ON a.oid = c.confrelid "
                "JOIN pg_class b ON b.oid = c.conrelid WHERE c.contype = 'f'"
            )
            for target, referrer in cursor.fetchall():
                found.setdefault(target, set()).add(referrer)
        return found

    def _with_referrers(self, tables: set[str]) -> set[str]:
        """PostgreSQL empties a table only together with every table that refers to it."""
        reached, open_ = set(tables), list(tables)
        while open_:
            for referrer in self.referrers.get(open_.pop(), set()) - reached:
                reached.add(referrer)
                open_.append(referrer)
        return reached

    def _columns(self, table: str) -> list[str]:
        return self._column(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )


def keep_ground() -> SqliteGround | PostgresGround:
    """Remember the database as it is now."""
    return SqliteGround() if connection.vendor == "sqlite" else PostgresGround()
