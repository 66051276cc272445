"""Words of the database that are for a statement alone do not stay behind."""

from __future__ import annotations

import pytest

from acompana.kernel import sets


def _limit() -> str | None:
    return sets.value("SHOW join_collapse_limit") if sets.is_postgres() else None


def _rows() -> list[tuple[int, str]]:
    return sets.rows("SELECT a.n, %s FROM (SELECT 1 AS n) a JOIN (SELECT 1 AS n) b ON a.n = b.n", ["uno"])


@pytest.mark.django_db
def test_rows_joined_as_written_are_the_same_and_the_planner_is_free_afterwards():
    before = _limit()
    with sets.joins_as_written():
        assert _rows() == [(1, "uno")]
    assert _limit() == before


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_too(ground):
    before = _limit()
    with sets.joins_as_written():
        assert _rows() == [(1, "uno")]
    assert _limit() == before


@pytest.mark.django_db
def test_it_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1), sets.joins_as_written():
        _rows()
