"""A new row, written by words that Django writes once.

Django writes an INSERT as SQL anew for each object: of noting a call, a fourth of the processor time. For a verb that
is called again and again; elsewhere `objects.create` says the same and is better known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model
from django.db.transaction import mark_for_rollback_on_error


@dataclass(frozen=True, slots=True)
class _Written:
    sql: str
    fields: tuple[Field[Any, Any], ...]


def insert(row: Model) -> None:
    """Write a new object as its row, as `save(force_insert=True)` does, and give it its id. Sends no signal."""
    database = connections[DEFAULT_DB_ALIAS]
    key = row._meta.pk
    written = _write(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in written.fields]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), database.cursor() as cursor:
        cursor.execute(written.sql, values)
        setattr(row, key.attname, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _write(model: type[Model]) -> _Written:
    quote, key = connections[DEFAULT_DB_ALIAS].ops.quote_name, model._meta.pk
    fields = tuple(f for f in model._meta.local_concrete_fields if not f.generated and f is not model._meta.auto_field)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join("%s" for _ in fields)
    table = quote(model._meta.db_table)
    return _Written(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {quote(str(key.column))}", fields)
