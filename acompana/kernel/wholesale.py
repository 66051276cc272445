"""Many new rows of a table by one statement, and what its triggers do done once for all of them.

PostgreSQL runs triggers once for a statement. SQLite runs each of them for every row, and copies all rows aside to do
so, which is half of the time of writing them. There the triggers of the table's insertions go, in the transaction that
brings them back, and what they would have said of each row is said of all that came: nobody ever sees the table
without them.
"""

from __future__ import annotations

from collections.abc import Sequence

from acompana.kernel import feed, sets, tally
from acompana.kernel.tally import Tally


def insert(
    table: str, sql: str, params: sets.Parameters, *, tallies: Sequence[Tally] = (), rules: Sequence[str] = ()
) -> int:
    """Runs an INSERT … SELECT in the caller's transaction; gives how many rows came.

    `tallies`: what is counted of the table. `rules`: names of triggers that refuse what the statement never brings.
    Its rows have ids above those that are there. Triggers that are named nowhere run for each row, as always.
    """
    feeding = feed.name_of_insertion(table)
    known = {feeding, *rules, *(tally.name_of_insertion(one) for one in tallies)}
    aside = {} if sets.is_postgres() else _triggers(table, known)
    if not aside:
        return sets.run(sql, params)
    last = sets.value(f"SELECT coalesce(max(id), 0) FROM {table}")
    for name in aside:
        sets.run(f"DROP TRIGGER {name}")
    came = sets.run(sql, params)
    for one in tallies:
        tally.count_new(one, last)
    if feeding in aside:
        feed.tell_new(table, last, aside[feeding])
    for statement in aside.values():
        sets.run(statement.replace("%", "%%"), [])
    return came


def _triggers(table: str, names: set[str]) -> dict[str, str]:
    """Those of them that the table has, with the statement that makes each."""
    found = sets.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
    return {name: sql for name, sql in found if name in names}
