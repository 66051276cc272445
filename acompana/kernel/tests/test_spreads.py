from __future__ import annotations

from math import ceil

import pytest
from django.db import connection

from acompana.kernel.spreads import days_between, spread_of

pytestmark = pytest.mark.django_db

SPANS = {"north": [5.0, 1.0, 3.0, None], "south": [*map(float, range(1, 71)), 70.0], None: [2.5]}


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[ceil(share * len(values)) - 1]


def spreads(measures: dict[int, str]) -> dict[tuple[int, str | None, int], tuple[int, float, float]]:
    """`spread_of` over SPANS, whose two measures are the number and its double."""
    rows = " UNION ALL ".join(
        f"SELECT {f'{chr(39)}{place}{chr(39)}' if place else 'CAST(NULL AS varchar(9))'} AS name, "
        f"CAST({'NULL' if value is None else value} AS double precision) AS span"
        for place, values in SPANS.items()
        for value in values
    )
    with connection.cursor() as cursor:
        cursor.execute(spread_of(f"({rows}) AS given", "name", measures))
        return {tuple(row[:3]): (row[3], float(row[4]), float(row[5])) for row in cursor.fetchall()}


def test_median_and_ninetieth_are_by_nearest_rank_for_each_place_and_for_all():
    told = spreads({0: "span", 4: "2 * span"})
    groups = {(0, place): [value for value in values if value is not None] for place, values in SPANS.items()}
    groups[1, None] = [value for values in groups.values() for value in values]
    for (whole, place), values in groups.items():
        expected = (len(values), percentile(values, 0.5), percentile(values, 0.9))
        assert told.pop((whole, place, 0)) == expected
        assert told.pop((whole, place, 4)) == (expected[0], 2 * expected[1], 2 * expected[2])
    assert told == {}


def test_a_measure_that_nothing_has_is_left_out():
    assert {number for _, _, number in spreads({1: "span", 2: "CASE WHEN span > 100 THEN span END"})} == {1}


def test_days_between_two_instants_are_days_with_fraction():
    kind = "timestamp with time zone" if connection.vendor == "postgresql" else "text"
    end, start = (f"CAST('{text}' AS {kind})" for text in ("2026-03-02 18:00:00+00:00", "2026-03-01 12:00:00+00:00"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {days_between(end, start)}")
        assert float(cursor.fetchone()[0]) == pytest.approx(1.25, abs=1e-6)
