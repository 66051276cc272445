"""Recurring jobs of this room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from acompana.companies.models import Company
from acompana.kernel import sets
from acompana.messages.jobs import count_rows
from acompana.reference.models import Country

NOW = datetime(2026, 9, 16, tzinfo=UTC)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
@pytest.mark.django_db
def test_every_table_is_counted_anew():
    Company.objects.create(legal_name="Nueva", country=Country.objects.get(alpha2="CL"), created_at=NOW)
    count_rows(now=NOW)
    found = dict(sets.rows("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'companies_company'"))
    assert found["company_legal_name"].split()[0] == "1"
