"""Work in sets: what the two databases say differently about loading, comparing and indexing a million rows.

Tables of work (`make_table`) belong to one run of something and hold nothing that could not be made again: on
PostgreSQL they are not written to the log of changes, and are empty after the database itself fell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction

Parameters = Sequence[Any] | Mapping[str, Any]
BATCH = 2000


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def run(sql: str, params: Parameters = ()) -> int:
    """Runs one statement; gives how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def run_many(sql: str, lines: Sequence[Parameters]) -> None:
    """Runs one statement for each line of parameters, prepared once; nothing for none."""
    if lines:
        with connection.cursor() as cursor:
            cursor.executemany(sql, cast("Any", lines))


def rows(sql: str, params: Parameters = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def value(sql: str, params: Parameters = ()) -> Any:
    """The first column of the first row; None if there is none."""
    found = rows(sql, params)
    return found[0][0] if found else None


# --- tables of work ---------------------------------------------------------------------------------------------


def make_table(name: str, columns: Mapping[str, str]) -> None:
    """An empty table of work; one of that name is dropped first. The first column is its key."""
    drop_table(name)
    kind = "UNLOGGED TABLE" if is_postgres() else "TABLE"
    first = next(iter(columns))
    told = ", ".join(f"{c} {t}{' PRIMARY KEY' if c == first else ''}" for c, t in columns.items())
    run(f"CREATE {kind} {name} ({told})")


def drop_table(name: str) -> None:
    run(f"DROP TABLE IF EXISTS {name}")


def has_table(name: str) -> bool:
    return name in connection.introspection.table_names()


def load(table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Writes rows as fast as the database takes them: COPY, or one prepared statement many times."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            marks = ", ".join("%s" for _ in columns)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", cast("Any", lines))


def count_anew(*tables: str) -> None:
    """Tells the planner how many rows there are now, after many came or went."""
    for table in tables:
        run(f"ANALYZE {table}")


def count_all_anew() -> None:
    """On SQLite, tells the planner of every table, one after the other, so that whoever writes waits for one at most.
    PostgreSQL does so by itself, as tables change."""
    if is_postgres():
        return
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    count_anew(*(f'"{name}"' for name in tables if not name.startswith("kernel_searchtext")))


def look_up_by_index() -> None:
    """For the rest of the transaction: a stretch of lines is met with big tables by their indexes.

    PostgreSQL would read the big tables whole for each stretch, and compile each statement for longer than it runs.
    A table that grows faster than it is counted it would also copy aside, to run through the copy for each line.
    """
    if is_postgres():
        run(
            "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; "
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_material = off"
        )


def without_compiling() -> None:
    """For the rest of the transaction: statements over whole tables, run as they are."""
    if is_postgres():
        run("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")


@contextmanager
def joins_as_written() -> Iterator[None]:
    """For the statements inside: PostgreSQL joins tables in the order in which they are written.

    For rows that are found in one table and take names from many small ones: to try all orders of eight tables takes
    ten times as long as to run the statement. Not where another table says which rows they are (`IN (SELECT …)`).
    """
    if not is_postgres():
        yield
        return

    def pinned(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Three statements in one message are one transaction: nothing of it stays behind, inside another one or not.
        words = "SET LOCAL join_collapse_limit"
        result = execute(f"{words} = 1; {sql}; {words} = DEFAULT", params, many, context)
        context["cursor"].nextset()
        return result

    with connection.execute_wrapper(pinned):
        yield


# --- words that differ ------------------------------------------------------------------------------------------


def differs(left: str, right: str) -> str:
    """SQL: the two are not the same, where nothing is the same as nothing."""
    return f"{left} IS DISTINCT FROM {right}" if is_postgres() else f"{left} IS NOT {right}"


def as_json(expression: str) -> str:
    """SQL: a column's value as a piece of JSON text."""
    return f"coalesce(to_json({expression})::text, 'null')" if is_postgres() else f"json_quote({expression})"


def to_json(expression: str) -> str:
    """SQL: text that holds JSON, for a column of that kind."""
    return f"({expression})::jsonb" if is_postgres() else f"({expression})"


def has_key(column: str, name: str) -> str:
    """SQL: a column of JSON says something under a name, be it nothing."""
    return f"{column} ? '{name}'" if is_postgres() else f"json_type({column}, '$.{name}') IS NOT NULL"


def json_text(column: str, name: str) -> str:
    """SQL: what a column of JSON says under a name, as text."""
    return f"{column} ->> '{name}'" if is_postgres() else f"json_extract({column}, '$.{name}')"


def materialized() -> str:
    """SQL: the word that keeps the planner from working out a common table expression more than once."""
    return "MATERIALIZED" if is_postgres() else ""


def to_date(parameter: str) -> str:
    return f"{parameter}::date" if is_postgres() else parameter


def new_id(table: str) -> str:
    """SQL: an id for a new row of a table, one for each row of the selection that it stands in.

    On SQLite it holds within the transaction that writes, of which there is one at a time.
    """
    if is_postgres():
        # Named once: asked for in the statement, the name of the series would be looked up again for every row.
        return f"nextval('{value('SELECT pg_get_serial_sequence(%s, %s)', [table, 'id'])}'::regclass)"
    last = f"coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)"
    return f"{last} + row_number() OVER ()"


# --- indexes of a table that is about to grow by more than it has ------------------------------------------------


def put_indexes_aside(table: str, *, spare: Collection[str] = ()) -> dict[str, str]:
    """Drops the indexes that hold no rule (unique ones stay), and gives what makes them again, by name.

    Filling a table and then making its indexes is many times faster than keeping them right row by row. Keep what it
    gives in the same transaction.
    """
    if is_postgres():
        found = rows(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
            [table],
        )
    else:
        found = rows(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL "
            "AND sql NOT LIKE 'CREATE UNIQUE%%'",
            [table],
        )
    aside = {name: sql for name, sql in found if name not in spare}
    for name in aside:
        run(f'DROP INDEX IF EXISTS "{name}"')
    return aside


def bring_indexes_back(aside: Mapping[str, str]) -> None:
    """Makes the indexes that are missing of those that were put aside, each in a transaction of its own."""
    there = set(
        value_list(
            "SELECT indexname FROM pg_indexes"
            if is_postgres()
            else "SELECT name FROM sqlite_master WHERE type='index'"
        )
    )
    if not is_postgres():
        run("PRAGMA threads = 2")  # it sorts beside what it reads
    for name, sql in aside.items():
        if name not in there:
            with transaction.atomic():
                if is_postgres():
                    run("SET LOCAL maintenance_work_mem = '256MB'")
                # The statement is the database's own; a % in it would be taken for a parameter.
                run(sql.replace("%", "%%"), [])


def put_references_aside(*tables: str) -> dict[str, dict[str, str]]:
    """Drops the references of some tables, and gives what makes them again, by table and name. Nothing on SQLite.

    PostgreSQL asks for each of them row by row when a transaction ends, also for those that are empty: as long as
    writing the row. Brought back, all rows are asked in one statement. For a table in which nobody works.
    """
    if not is_postgres():
        return {}
    run("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # what waits for the end would forbid it
    aside: dict[str, dict[str, str]] = {}
    for table in tables:
        aside[table] = dict(
            rows(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' "
                "AND conrelid = %s::regclass",
                [table],
            )
        )
        for name in aside[table]:
            run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return aside


def bring_references_back(aside: Mapping[str, Mapping[str, str]]) -> None:
    """Makes the references that are missing of those that were put aside, and holds all rows to them."""
    for table, references in aside.items():
        there: dict[str, bool] = dict(
            rows(
                "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
                [table],
            )
        )
        for name, definition in references.items():
            if name not in there:
                # New rows are held to it at once; whoever reads or writes waits for no more than this.
                run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')
            if not there.get(name):
                run(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


def value_list(sql: str, params: Parameters = ()) -> list[Any]:
    """The first column of every row."""
    return [row[0] for row in rows(sql, params)]
