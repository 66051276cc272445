"""A matter is found by its number from the moment it is opened."""

from __future__ import annotations

import pytest

from acompana.companies.permissions import search_scope
from acompana.kernel.search.engine import find
from acompana.progress.operations import open_matter
from acompana.progress.tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("walk")]


@pytest.mark.parametrize("typed", ["PAS-2026-000001", "pas2026000001", "pas-2026", "2026 000001"])
def test_a_number_is_found_with_or_without_dashes(cast, typed):
    open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, company=cast.company)
    found = find(typed, scope=search_scope(cast.carolina)).results
    assert [(result.title, result.href) for result in found] == [
        ("PAS-2026-000001", "/escritorio/asuntos/PAS-2026-000001/")
    ]
    assert found[0].detail.startswith("Paseo · ")
    assert find(typed, scope=search_scope(cast.ana)).results == ()
