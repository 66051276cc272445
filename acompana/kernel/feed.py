"""The feed of changes: what was created, changed or deleted, in one order, nothing lost, whoever wrote it.

Triggers write it, so that a bulk import is in it as much as a form: on PostgreSQL one per statement, from the rows
that the statement touched; on SQLite one per row. Rooms above say which tables are watched:

    watch([Watched("company", "companies_company", company="id"), …])       # after each migrate

**Order.** A reader who remembers the last id that it saw would lose, on PostgreSQL, what was numbered before and
committed after. So the id is not the order there: `settle` gives positions to rows that it can see, which are those
committed, one settling at a time. What commits later gets a later position, however long its transaction took.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from acompana.kernel.models import FeedRow, FeedState

TABLE = "kernel_feedrow"
COLUMNS = "(kind, object_id, company_id, action, at)"
ROW_TOLD = f"INSERT INTO {TABLE} {COLUMNS} VALUES ("
SETTLED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Watched:
    """A table of the feed. `company` is the column, or an SQL expression over `row`, of the company it is about.

    `only`: the verbs that count. `object_id`: the column of the object, when it is not the row itself.
    `where_set`: (action, column), as («ended», «ended_on»): by which an update is told while the column has a value.
    `emptied`: (action, column): what is told of an update, beside what else is, where the column lost its value.
    Actions have seven letters at most.
    """

    kind: str
    table: str
    company: str
    object_id: str = "id"
    only: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    where_set: tuple[str, str] | None = None
    emptied: tuple[str, str] | None = None


VERBS = {"INSERT": "created", "UPDATE": "updated", "DELETE": "deleted"}


DROPPED = {"sqlite": "DROP TRIGGER {}", "postgresql": "DROP FUNCTION {}() CASCADE"}  # the trigger with its function


def watch(tables: Sequence[Watched]) -> None:
    """Make the triggers that are missing: a migration that rebuilds a table on SQLite drops them with it. Those of an
    earlier version, which told of a table otherwise, go: their names say what they tell."""
    there = set(triggers())
    wanted = {name_of(watched, verb) for watched in tables for verb in watched.only}
    with connection.cursor() as cursor:
        for name in there - wanted:
            cursor.execute(
                f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP FUNCTION {name} CASCADE"
            )
        for watched in tables:
            for verb in watched.only:
                if name_of(watched, verb) not in there:
                    for statement in _statements(watched, verb):
                        cursor.execute(statement)


def triggers() -> list[str]:
    """The names of the feed's triggers that the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'feed\\_%%'")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'feed\\_%%' ESCAPE '\\'"
            )
        return [row[0] for row in cursor.fetchall()]


def name_of(watched: Watched, verb: str) -> str:
    told = watched.emptied or (watched.where_set if verb == "UPDATE" else None)
    return "_".join(["feed", watched.table, verb.lower(), *([told[0]] if told else [])])


def name_of_insertion(table: str) -> str:
    """The trigger that tells of a table's new rows."""
    return f"feed_{table}_insert"


def tell_new(table: str, after: int, trigger: str) -> None:
    """What a trigger of SQLite tells of one new row, told of all those of the table beyond an id, in their order."""
    told = trigger.partition(ROW_TOLD)[2].removesuffix("); END").replace("NEW.", "row.").replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} {COLUMNS} SELECT {told} FROM {table} AS row WHERE row.id > %s ORDER BY row.id",
            [after],
        )


def _statements(watched: Watched, verb: str) -> list[str]:
    name, touched = name_of(watched, verb), "OLD" if verb == "DELETE" else "NEW"
    values = f"'{watched.kind}', row.{watched.object_id}, {_company(watched)}, {_action(watched, verb)}"
    event, of_rows = f"{verb} ON {watched.table}", ""
    if watched.emptied:
        # Only row by row a trigger knows at once what was there before, on PostgreSQL too: to join the rows of a
        # statement with themselves would make an import wait. One that does not name the column asks nothing here.
        column = watched.emptied[1]
        event = f"UPDATE OF {column} ON {watched.table}"
        of_rows = f"FOR EACH ROW WHEN (OLD.{column} IS NOT NULL AND NEW.{column} IS NULL)"
    of_row = values.replace("row.", f"{touched}.")
    if connection.vendor == "sqlite":
        told = f"{ROW_TOLD}{of_row}, strftime('%Y-%m-%d %H:%M:%f', 'now'))"
        return [f"CREATE TRIGGER {name} AFTER {event} {of_rows} BEGIN {told}; END"]
    told = f"{of_row}, clock_timestamp()" if of_rows else f"{values}, clock_timestamp() FROM touched AS row"
    of_rows = of_rows or f"REFERENCING {touched} TABLE AS touched FOR EACH STATEMENT"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {TABLE} {COLUMNS} SELECT {told}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} {of_rows} EXECUTE FUNCTION {name}()",
    ]


def _action(watched: Watched, verb: str) -> str:
    if watched.emptied:
        return f"'{watched.emptied[0]}'"
    if verb == "UPDATE" and watched.where_set:
        action, column = watched.where_set
        return f"CASE WHEN row.{column} IS NULL THEN '{VERBS[verb]}' ELSE '{action}' END"
    return f"'{VERBS[verb]}'"


def _company(watched: Watched) -> str:
    return watched.company if "row." in watched.company or watched.company == "NULL" else f"row.{watched.company}"


# --- reading ------------------------------------------------------------------------------------------------------


def settle(at_most: int = SETTLED_AT_ONCE) -> None:
    """Give positions to rows that have none yet, the oldest first. Nothing on SQLite, where the id is the order."""
    if connection.vendor == "sqlite" or not FeedRow.objects.filter(position=None).exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT last FROM kernel_feedstate WHERE id = 1 FOR UPDATE")
        last: int = cursor.fetchone()[0]
        cursor.execute(
            f"WITH seen AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM (SELECT id FROM {TABLE} "
            "WHERE position IS NULL ORDER BY id LIMIT %s) AS unsettled) "
            f"UPDATE {TABLE} AS f SET position = %s + seen.n FROM seen WHERE f.id = seen.id",
            [at_most, last],
        )
        cursor.execute("UPDATE kernel_feedstate SET last = %s WHERE id = 1", [last + cursor.rowcount])


def place() -> str:
    """The column by which the feed is read."""
    return "id" if connection.vendor == "sqlite" else "position"


def rows_after(position: int) -> QuerySet[FeedRow]:
    """What follows a position, in order."""
    column = place()
    return FeedRow.objects.filter(**{f"{column}__gt": position}).order_by(column)


def newest() -> int:
    """The position after which nothing is settled yet: where a reader who wants only what comes starts."""
    column = place()
    found: dict[str, Any] = FeedRow.objects.aggregate(newest=Max(column))
    return found["newest"] or FeedState.objects.values_list("forgotten", flat=True).get(pk=1)


def forgotten() -> int:
    """Up to which position rows are no longer kept."""
    return FeedState.objects.values_list("forgotten", flat=True).get(pk=1)


@transaction.atomic
def forget_before(instant: datetime) -> int:
    """Delete what happened before an instant and has its place; how many."""
    state = FeedState.objects.select_for_update().get(pk=1)
    column = place()
    old = FeedRow.objects.filter(at__lt=instant, **{f"{column}__isnull": False})
    last: int | None = old.aggregate(last=Max(column))["last"]
    if last is None:
        return 0
    state.forgotten = max(state.forgotten, last)
    state.save(update_fields=["forgotten"])
    return FeedRow.objects.filter(**{f"{column}__lte": last}).delete()[0]
