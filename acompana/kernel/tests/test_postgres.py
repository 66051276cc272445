"""An instant comes back from the database as it went in, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from acompana.kernel.models import ChangeSet

pytestmark = pytest.mark.django_db
SUMMER, HALF = timezone(timedelta(hours=-3)), timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 9, 16, 15, tzinfo=UTC),
        datetime(2026, 9, 16, 15, 0, 0, 120_000, tzinfo=UTC),
        datetime(2026, 9, 16, 15, 0, 0, 1, tzinfo=SUMMER),
        datetime(1899, 12, 31, 23, 59, 59, 999_999, tzinfo=HALF),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_in_utc(instant):
    pk = ChangeSet.objects.create(kind="edit", title="Un instante", made_at=instant).pk
    found = ChangeSet.objects.values_list("made_at", flat=True).get(pk=pk)
    assert (found, found.tzinfo) == (instant, UTC)
