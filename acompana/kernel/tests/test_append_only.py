"""An amendment of a rule is never changed, only superseded: the database says so too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from acompana.kernel.models import RuleAmendment

NOW = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)


@pytest.fixture
def amendment(db):
    author = get_user_model().objects.create(given_names="Raúl", family_names="Mena", joined_at=NOW)
    return RuleAmendment.objects.create(
        rule_id="DL-1",
        version=1,
        value={"amount": 5},
        valid_from=NOW.date(),
        author=author,
        reason="Acuerdo de jefaturas",
        amended_at=NOW,
    )


CHANGES = {
    "its value": lambda: RuleAmendment.objects.update(value={"amount": 50}),
    "from when it holds": lambda: RuleAmendment.objects.update(valid_from="2020-01-01"),
    "its reason": lambda: RuleAmendment.objects.update(reason="Otra razón"),
    "the row": lambda: RuleAmendment.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_refuses_to_change(what, amendment):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CHANGES[what]()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
def test_refuses_to_replace_the_same_version(amendment):
    columns = "rule_id, version, value, valid_from, author_id, reason, amended_at"
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(
            f"REPLACE INTO kernel_ruleamendment ({columns}) "
            f"SELECT {columns.replace('value', 'json(42)')} FROM kernel_ruleamendment"
        )
