"""Days between instants, and how they spread (median and ninetieth by nearest rank), in the SQL of each database.

Both databases give the same numbers; each is asked in the way that costs it least. PostgreSQL sorts one narrow column
per measure; SQLite, which has no ordered-set aggregates, ranks rows in a window.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection


def days_between(end: str, start: str) -> str:
    """Days, with fraction, between two columns with instants."""
    if connection.vendor == "postgresql":
        return f"EXTRACT(EPOCH FROM ({end} - {start})) / 86400.0"
    return f"julianday({end}) - julianday({start})"


def spread_of(source: str, place: str, measures: Mapping[int, str]) -> str:
    """A SELECT of `whole, place, number, measured, median, ninetieth` over the rows of `source`.

    `measures` are expressions by number; what is NULL is not measured. With `whole` 1 and `place` NULL: all rows
    together; with `whole` 0: those of each place. Measures without any row are left out.
    """
    return (
        _postgresql(source, place, measures) if connection.vendor == "postgresql" else _sqlite(source, place, measures)
    )


def _postgresql(source: str, place: str, measures: Mapping[int, str]) -> str:
    columns = ", ".join(f"{sql} AS days_{number}" for number, sql in measures.items())
    ranks = ", ".join(
        f"COUNT(days_{number}) AS many_{number}, "
        f"percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days_{number}) AS ranks_{number}"
        for number in measures
    )
    rows = ", ".join(f"({n}, many_{n}, ranks_{n}[1], ranks_{n}[2])" for n in measures)
    return f"""SELECT whole, place, number, measured, median, ninetieth
        FROM (
            SELECT GROUPING(place) AS whole, place, {ranks}
            FROM (SELECT {place} AS place, {columns} FROM {source}) AS spans GROUP BY GROUPING SETS ((), (place))
        ) AS wide
        CROSS JOIN LATERAL (VALUES {rows}) AS tall (number, measured, median, ninetieth) WHERE measured > 0"""


def _sqlite(source: str, place: str, measures: Mapping[int, str]) -> str:
    cases = " ".join(f"WHEN {number} THEN {sql}" for number, sql in measures.items())
    numbers = " UNION ALL ".join(f"SELECT {number} AS number" for number in measures)
    within = "PARTITION BY whole, place, number"
    return f"""SELECT whole, place, number, MAX(many) AS measured,
            MIN(CASE WHEN nth >= (many + 1) / 2 THEN days END) AS median,
            MIN(CASE WHEN nth >= (9 * many + 9) / 10 THEN days END) AS ninetieth
        FROM (
            SELECT whole, place, number, days,
                ROW_NUMBER() OVER ({within} ORDER BY days) AS nth, COUNT(*) OVER ({within}) AS many
            FROM (
                SELECT wholes.whole, CASE wholes.whole WHEN 0 THEN {place} END AS place, numbers.number,
                    CASE numbers.number {cases} END AS days
                FROM {source} CROSS JOIN ({numbers}) AS numbers
                CROSS JOIN (SELECT 0 AS whole UNION ALL SELECT 1) AS wholes
            ) WHERE days IS NOT NULL
        ) GROUP BY whole, place, number"""
