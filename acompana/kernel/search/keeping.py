"""Keeping what is found: the rows of the index, brought up to date with what they are of.

index_rows("company", [company.pk])          # in the transaction that changed it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from acompana.kernel.models.search import SearchRow
from acompana.kernel.search.backends import (
    FULL_TEXT,
    SQLITE_TRIGGERS,
    TABLE,
    make_trigram_indexes_if_missing,
)
from acompana.kernel.search.engine import SearchSource, source_of, sources
from acompana.kernel.statements import Statement, given_id


def index_rows(kind: str, ids: Iterable[int]) -> None:
    """Brings the rows of some objects up to date: two statements, in the caller's transaction."""
    ids, source = list(ids), source_of(kind)
    if not ids or source is None:
        return
    if len(ids) == 1:  # what most verbs ask for
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE kind = %s AND object_id = %s", [kind, *ids])
        _insert(kind, *_rows_of_one(source).within(object=ids[0]))
    else:
        SearchRow.objects.filter(kind=kind, object_id__in=ids).delete()
        _insert(kind, *_prepared(source.rows().filter(pk__in=ids)).query.sql_with_params())


@cache
def _rows_of_one(source: SearchSource) -> Statement:
    return Statement(lambda: _prepared(source.rows().filter(pk=given_id("object"))))


def _prepared(rows: QuerySet) -> QuerySet:
    return rows.order_by().values("pk", "row_tier", "row_audience", "row_company", "row_text", "row_code")


def _insert(kind: str, sql: str, params: Sequence[Any]) -> None:
    """Adds the rows that a query gives, which `_prepared` put in order."""
    names = ["object_id", "tier", "audience", "company_id", "text", "code"]
    with connection.cursor() as cursor:
        # Column names of the inner query are positional on purpose: the compiler decides its aliases.
        cursor.execute(
            f"WITH s({', '.join(names)}) AS ({sql}) "
            f"INSERT INTO {TABLE} (kind, object_id, tier, mark, audience, company_id, text, code) "
            "SELECT %s, s.object_id, s.tier, 'r' || s.tier || 'r', s.audience, s.company_id, "
            "substr(' ' || acompana_normalise(s.text), 1, 500), substr(s.code, 1, 40) FROM s",
            [*params, kind],
        )


def index_prepared(kind: str, selection: str, params: Sequence[Any]) -> None:
    """Adds rows that somebody worked out already, for an import that brings a million at once.

    `selection`: SQL that gives object_id, tier, audience, company_id, text (in normal form, with a space before) and
    code, as the source of that kind would. What is indexed already stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (kind, object_id, tier, mark, audience, company_id, text, code) "
            "SELECT %s, s.object_id, s.tier, 'r' || s.tier || 'r', s.audience, s.company_id, s.text, s.code "
            f"FROM ({selection}) AS s WHERE 1 = 1 ON CONFLICT (kind, object_id) DO NOTHING",
            [kind, *params],
        )


@transaction.atomic
def reindex(kinds: Iterable[str] | None = None) -> dict[str, int]:
    """Makes the rows of all (or some) kinds anew, in sets; gives how many of each."""
    chosen = [source for source in sources() if kinds is None or source.kind in set(kinds)]
    make_trigram_indexes_if_missing()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in SQLITE_TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        for source in chosen:
            cursor.execute(f"DELETE FROM {TABLE} WHERE kind = %s", [source.kind])
            _insert(source.kind, *_prepared(source.rows()).query.sql_with_params())
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('rebuild')")
            for trigger in SQLITE_TRIGGERS.values():
                cursor.execute(trigger)
    return {source.kind: SearchRow.objects.filter(kind=source.kind).count() for source in chosen}
