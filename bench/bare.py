"""The same questions as bare statements of the same database, without a server: what each figure stands beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from acompana.kernel import sets
from acompana.kernel.search.backends import FULL_TEXT, TABLE, TIERS, terms_of
from acompana.logbook.models import Entry, EntryText
from bench.loading import Shape, stored

PAGE = 50
LIMIT = " LIMIT 20"


def search(term: str) -> Any:
    """Twenty of what has every word or the number, tier after tier, by the indexes."""
    terms = terms_of(term)
    parts, values = (_inside_postgres if sets.is_postgres() else _inside_sqlite)(terms.patterns)
    if terms.code:
        begins, asked = "code LIKE %s", [f"{terms.code}%"]
        if not sets.is_postgres():
            begins, asked = "code >= %s AND code < %s", [terms.code, f"{terms.code}~"]
        parts.insert(0, f"SELECT id, object_id, text FROM {TABLE} WHERE code <> '' AND {begins}")
        values = [*asked, *values]
    return sets.rows(
        " UNION ALL ".join(f"SELECT * FROM ({one}) AS s{i}" for i, one in enumerate(parts)) + LIMIT, values
    )


def _inside_postgres(patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    every = " AND ".join("text LIKE %s" for _ in patterns)
    # The tier twice: else the planner reads the whole table for a few rows of a frequent word.
    parts = [
        f"SELECT id, object_id, text FROM {TABLE} WHERE tier = {tier} AND +tier = {tier} AND {every}" for tier in TIERS
    ]
    return parts, [f"%{pattern}%" for _ in TIERS for pattern in patterns]


def _inside_sqlite(patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    part = (
        f"SELECT r.id, r.object_id, r.text FROM {FULL_TEXT} f CROSS JOIN {TABLE} r ON r.id = f.rowid "
        f"WHERE {FULL_TEXT} MATCH %s"
    )
    return [part], [" AND ".join(f'"{pattern}"' for pattern in patterns if len(pattern) >= 3)]


def page(place: tuple[str, str, int, int]) -> None:
    where = "FROM companies_company WHERE region_id = %s AND sector_id = %s"
    sets.rows(f"SELECT id, legal_name, rut {where} ORDER BY sort_name, id LIMIT {PAGE}", place[2:])
    sets.rows(f"SELECT count(*) FROM (SELECT 1 AS one {where} LIMIT 1001) AS counted", place[2:])


def company(pk: int) -> None:
    sets.rows("SELECT * FROM companies_company WHERE id = %s", [pk])
    sets.rows("SELECT * FROM companies_contact WHERE company_id = %s", [pk])
    sets.rows(
        "SELECT e.*, t.body FROM logbook_entry e LEFT JOIN logbook_entrytext t ON t.entry_id = e.id "
        f"WHERE e.company_id = %s ORDER BY e.happened_at DESC, e.id DESC LIMIT {PAGE}",
        [pk],
    )


def queue(person: int) -> None:
    sets.rows(
        "SELECT c.*, k.legal_name FROM commitments_commitment c JOIN companies_company k ON k.id = c.company_id "
        "WHERE c.owner_id = %s AND c.fulfilled_at IS NULL AND c.cancelled_at IS NULL "
        f"ORDER BY c.due_at, c.id LIMIT {PAGE}",
        [person],
    )


def region_status(today: date) -> None:
    """As anybody would write it: one statement over the registry."""
    ago = today - timedelta(days=365)
    sets.rows(
        "SELECT region_id, CASE WHEN related_on IS NULL THEN 'registry' WHEN user_until >= %s THEN 'user' "
        "WHEN former_from <= %s THEN 'former' WHEN last_worked_on < %s THEN 'lapsed' ELSE 'registered' END AS status, "
        "count(*) FROM companies_company WHERE merged_into_id IS NULL GROUP BY 1, 2",
        [stored(today), stored(today), stored(ago)],
    )


def writer(companies: list[int], author: int, office: int, at: Any) -> Callable[[], Callable[[int], None]]:
    """An entry and its words in a transaction of their own."""
    names = ("kind", "company_id", "office_id", "author_id", "channel", "fact", "happened_at", "recorded_at")
    shape, text = Shape(Entry, names), Shape(EntryText, ("entry_id", "body"))
    kept = [i for i, column in enumerate(shape.columns) if column != "id"]

    def make() -> Callable[[int], None]:
        def write(number: int) -> None:
            row = shape.row(("call", companies[number % len(companies)], office, author, "phone", "Llamada.", at, at))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {shape.table} ({', '.join(shape.columns[i] for i in kept)}) "
                    f"VALUES ({', '.join('%s' for _ in kept)}) RETURNING id",
                    [row[i] for i in kept],
                )
                pk = cursor.fetchone()[0]
                cursor.execute(
                    f"INSERT INTO {text.table} ({', '.join(text.columns)}) VALUES "
                    f"({', '.join('%s' for _ in text.columns)})",
                    text.row((pk, "Acordamos vernos el jueves.")),
                )

        return write

    return make
