"""Filling a table with millions of rows: without what a row costs alone, and with memory that stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import NOT_PROVIDED, Model

from acompana.kernel import sets


class Shape:
    """A table as the migrations make it, with what a row has where nothing is said of a column."""

    def __init__(self, model: type[Model], names: Sequence[str]) -> None:
        self.table = model._meta.db_table
        fields = [f for f in model._meta.concrete_fields if f.attname in names or not (f.null or f.generated)]
        self.columns: list[str] = [str(f.column) for f in fields]
        known = {f.attname: i for i, f in enumerate(fields)}
        self.places = [known[name] for name in names]
        self.usual: list[Any] = []
        for field in fields:
            value = field.get_default() if field.default is not NOT_PROVIDED else ""
            self.usual.append("[]" if isinstance(value, list) else stored(value))

    def row(self, values: Sequence[Any]) -> list[Any]:
        row = self.usual.copy()
        for place, value in zip(self.places, values, strict=True):
            row[place] = value
        return row

    def fill(self, rows: Iterator[Sequence[Any]]) -> None:
        sets.load(self.table, self.columns, (self.row(values) for values in rows))


def stored(value: Any) -> Any:
    """A value as both databases take it, also by COPY."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        return f"{text}+00" if sets.is_postgres() else text
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def filling(*tables: str) -> Iterator[None]:
    """Indexes that hold no rule are put aside and made afterwards; no trigger and no reference is asked row by row.

    What comes is right by its making; the bench counts what it left.
    """
    aside: dict[str, str] = {}
    for table in tables:
        aside |= sets.put_indexes_aside(table)
    triggers = _put_triggers_aside(tables)
    yield
    _bring_triggers_back(triggers)
    for table in tables:
        if sets.is_postgres() and _has_series(table):
            sets.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    sets.bring_indexes_back(aside)
    sets.count_anew(*tables)


def _has_series(table: str) -> bool:
    columns = sets.value_list("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    return "id" in columns


def _put_triggers_aside(tables: Sequence[str]) -> Mapping[str, str]:
    if sets.is_postgres():
        sets.run("SET session_replication_role = replica")
        return {}
    connection.disable_constraint_checking()
    marks = ", ".join("%s" for _ in tables)
    found = sets.rows(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})", tables)
    for name, _ in found:
        sets.run(f'DROP TRIGGER "{name}"')
    return dict(found)


def _bring_triggers_back(triggers: Mapping[str, str]) -> None:
    if sets.is_postgres():
        sets.run("SET session_replication_role = DEFAULT")
        return
    for sql in triggers.values():
        sets.run(sql.replace("%", "%%"), [])
    connection.enable_constraint_checking()


def in_one(fill: Any, *args: Any) -> None:
    """One transaction around what fills a table."""
    with transaction.atomic():
        fill(*args)
