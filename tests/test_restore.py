"""The ground is the same after tests that commit, whatever they did to it."""

from __future__ import annotations

import pytest
from django.db import connection

from acompana.people.models import Office
from acompana.reference.models import Region

KEPT: dict[str, list[tuple]] = {}


def rows() -> list[tuple]:
    return sorted(Region.objects.values_list()) + sorted(Office.objects.values_list("pk", "code", "name", "seat_id"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_the_ground_is_put_back(turn):
    # Whichever turn comes first in this process sees the ground that the others must find again.
    assert rows() == KEPT.setdefault("rows", rows())
    assert len(KEPT["rows"]) > 30
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_office SET name = 'Otra'")
    Region.objects.filter(pk=Region.objects.order_by("pk").first().pk).update(name="Otra")


@pytest.mark.django_db
def test_triggers_stay():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'")
        else:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'append_only_%' AND tgenabled = 'O'")
        assert cursor.fetchone()[0] >= 4
