"""One alphabet in Python and in both databases."""

from __future__ import annotations

import pytest

from acompana.kernel.alphabet import Alphabetical, alphabetical
from acompana.kernel.models import SearchRow

IN_ORDER = ["", "ábaco", "Bélgica", "Brasil", "Cárcamo", "Contreras", "ÑANDÚ", "ñu", "O'Higgins", "zeta"]


def test_accents_and_case_do_not_count_and_enye_follows_n():
    assert sorted(reversed(IN_ORDER), key=alphabetical) == IN_ORDER
    assert sorted(["Ñuñoa", "Nueva Imperial", "Olmué", "Nogales"], key=alphabetical) == [
        "Nogales",
        "Nueva Imperial",
        "Ñuñoa",
        "Olmué",
    ]


@pytest.mark.django_db
def test_the_database_orders_as_python_does():
    SearchRow.objects.bulk_create(
        SearchRow(kind="thing", object_id=at, tier=2, mark="r2r", audience="all", text=text)
        for at, text in enumerate(reversed(IN_ORDER))
    )
    rows = SearchRow.objects.filter(kind="thing")
    assert list(rows.order_by(Alphabetical("text")).values_list("text", flat=True)) == IN_ORDER
    assert list(rows.order_by(Alphabetical("text").desc()).values_list("text", flat=True)) == IN_ORDER[::-1]
