"""Counts of a big table by a few of its columns, kept right by triggers, whoever writes: a verb, an import, by hand.

    Tally("companies_tally", of="companies_company", keys={"region_id": "row.region_id", …}, counted="row.… IS NULL")

On PostgreSQL a statement adds what it changed as rows of its own, so that two transactions never wait for one another;
whoever reads sums, and `fold` puts together again what has grown long. On SQLite, which has one writer, a trigger
counts up and down in place. `recount` makes it anew from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from acompana.kernel import sets


@dataclass(frozen=True, slots=True)
class Tally:
    """`keys`: the columns of the tally and what they hold, as SQL over `row`; `counted`: SQL over `row`, which rows
    count; `read`: the columns of the big table that these look at. The tally has a column `many` beside."""

    table: str
    of: str
    keys: Mapping[str, str]
    counted: str
    read: tuple[str, ...]

    @property
    def columns(self) -> str:
        return ", ".join(self.keys)

    def values(self, row: str) -> str:
        return ", ".join(self.keys.values()).replace("row.", f"{row}.")


def keep(tally: Tally) -> None:
    """Makes the triggers that are missing, and counts anew if any was: a migration that rebuilds a table on SQLite
    drops them with it. After each migrate."""
    statements = _on_postgres(tally) if sets.is_postgres() else _on_sqlite(tally)
    there = set(_triggers())
    missing = [name for name in statements if name not in there]
    with transaction.atomic(), connection.cursor() as cursor:
        for name in missing:
            for statement in statements[name]:
                cursor.execute(statement)
        if missing:
            recount(tally)


def _triggers() -> list[str]:
    if sets.is_postgres():
        return sets.value_list("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    return sets.value_list("SELECT name FROM sqlite_master WHERE type = 'trigger'")


@transaction.atomic
def recount(tally: Tally) -> None:
    """Counts every row; whoever writes to the big table waits until it is done."""
    if sets.is_postgres():
        sets.run(f"LOCK TABLE {tally.of} IN SHARE MODE")
    sets.run(f"DELETE FROM {tally.table}")
    sets.run(
        f"INSERT INTO {tally.table} ({tally.columns}, many) SELECT {tally.values('r')}, count(*) FROM {tally.of} r "
        f"WHERE {tally.counted.replace('row.', 'r.')} GROUP BY {_numbers(tally)}"
    )


def count_new(tally: Tally, after: int) -> None:
    """On SQLite, counts the rows of the big table beyond an id as its trigger would one by one, in place."""
    same = " AND ".join(f"{column} IS %s" for column in tally.keys)
    marks = ", ".join("%s" for _ in tally.keys)
    for *kind, many in sets.rows(
        f"SELECT {tally.values('r')}, count(*) FROM {tally.of} r WHERE r.id > %s "
        f"AND {tally.counted.replace('row.', 'r.')} GROUP BY {_numbers(tally)}",
        [after],
    ):
        if not sets.run(f"UPDATE {tally.table} SET many = many + %s WHERE {same}", [many, *kind]):
            sets.run(f"INSERT INTO {tally.table} ({tally.columns}, many) VALUES ({marks}, %s)", [*kind, many])


def name_of_insertion(tally: Tally) -> str:
    """The trigger that counts new rows."""
    return f"{tally.table}_insert"


def fold(tally: Tally) -> None:
    """One row of each kind again; two at once fold different rows, and nothing is lost."""
    if sets.is_postgres():
        sets.run(
            f"WITH gone AS (DELETE FROM {tally.table} RETURNING {tally.columns}, many) "
            f"INSERT INTO {tally.table} ({tally.columns}, many) SELECT {tally.columns}, sum(many) FROM gone "
            f"GROUP BY {_numbers(tally)} HAVING sum(many) <> 0"
        )
    else:
        sets.run(f"DELETE FROM {tally.table} WHERE many = 0")


def _numbers(tally: Tally) -> str:
    return ", ".join(str(place) for place in range(1, len(tally.keys) + 1))


def _on_postgres(tally: Tally) -> dict[str, list[str]]:
    """Of each trigger, its function and itself: one for each statement, over the rows that it touched."""
    into = f"INSERT INTO {tally.table} ({tally.columns}, many) SELECT"
    places = _numbers(tally)

    def taken(rows: str, each: int) -> str:
        return f"SELECT {tally.values('row')}, {each} AS n FROM {rows} AS row WHERE {tally.counted}"

    acts = {
        "INSERT": ("NEW TABLE AS came", f"{into} {tally.values('row')}, count(*) FROM came AS row "
                   f"WHERE {tally.counted} GROUP BY {places}"),
        "DELETE": ("OLD TABLE AS went", f"{into} {tally.values('row')}, -count(*) FROM went AS row "
                   f"WHERE {tally.counted} GROUP BY {places}"),
        "UPDATE": ("OLD TABLE AS went NEW TABLE AS came",
                   f"{into} {tally.columns}, sum(n) FROM ({taken('went', -1)} UNION ALL {taken('came', 1)}) "
                   f"AS moved ({tally.columns}, n) GROUP BY {places} HAVING sum(n) <> 0"),
    }  # fmt: skip
    return {
        name: [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {act}; "
            "RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {verb} ON {tally.of} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
        for verb, (rows, act) in acts.items()
        for name in [f"{tally.table}_{verb.lower()}"]
    }


def _on_sqlite(tally: Tally) -> dict[str, list[str]]:
    def step(row: str, by: str) -> str:
        values = {column: sql.replace("row.", f"{row}.") for column, sql in tally.keys.items()}
        same = " AND ".join(f"{column} IS ({sql})" for column, sql in values.items())
        counted = tally.counted.replace("row.", f"{row}.")
        return (
            f"INSERT INTO {tally.table} ({tally.columns}, many) SELECT {', '.join(values.values())}, 0 "
            f"WHERE {counted} AND NOT EXISTS (SELECT 1 FROM {tally.table} WHERE {same}); "
            f"UPDATE {tally.table} SET many = many {by} 1 WHERE {counted} AND {same}; "
        )

    moved = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in tally.read)
    acts = {
        "INSERT": ("INSERT", "", step("NEW", "+")),
        "DELETE": ("DELETE", "", step("OLD", "-")),
        "UPDATE": (f"UPDATE OF {', '.join(tally.read)}", f"WHEN {moved} ", step("OLD", "-") + step("NEW", "+")),
    }
    return {
        name: [f"CREATE TRIGGER {name} AFTER {event} ON {tally.of} {when}BEGIN {steps}END"]
        for verb, (event, when, steps) in acts.items()
        for name in [f"{tally.table}_{verb.lower()}"]
    }
