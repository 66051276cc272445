"""The series of segment and colour is kept by the database itself (INT-20)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from acompana.companies.models import Company
from acompana.intake.models import Standing
from acompana.matters.models import Matter
from acompana.people.models import Office

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)


@pytest.fixture
def standing(db):
    office = Office.objects.get(code="CL-VS")
    company = Company.objects.create(legal_name="Alto Roble", country_id=office.country_id, created_at=NOW)
    matter = Matter.objects.create(
        kind="x", number="X-1", lifecycle_version=1, state="a", state_since=NOW, turn="agency", office=office,
        opened_at=NOW,
    )  # fmt: skip
    return Standing.objects.create(company=company, matter=matter, segment="potential", colour="green", since_at=NOW)


CHANGES = {
    "its colour": lambda: Standing.objects.update(colour="red"),
    "since when": lambda: Standing.objects.update(since_at=NOW.replace(year=2025)),
    "a row": lambda: Standing.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_standing_is_not_changed(what, standing):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CHANGES[what]()
    assert Standing.objects.get() == standing
