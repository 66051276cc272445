"""The two thresholds of the issue, held on a small set: automatic precision and the recall of the review list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from acompana.demonstration.matching_quality import measure_matcher

NOW = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)


@pytest.mark.one_database  # the same candidates by the same traits; that both databases find them, test_pairs tries
@pytest.mark.django_db
def test_what_is_joined_by_itself_is_one_and_what_is_one_is_on_the_list():
    report = measure_matcher(companies=2000, seed=20260916, now=NOW)
    print("\n".join(report.lines()))  # noqa: T201 shown when it fails
    assert report.joined > 20
    assert report.automatic_precision >= 0.99
    assert report.recall >= 0.9
    assert {kind.pairs > 0 for kind in report.kinds.values()} == {True}
    assert len(report.kinds) == 12
