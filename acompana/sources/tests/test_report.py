"""The rows of a run in words: whose they are, and what they would change."""

from __future__ import annotations

import pytest

from acompana.reference.models import Commune
from acompana.sources.report import Report
from acompana.sources.tests.conftest import COMPANIES_HEAD, NAMES_HEAD, company_row, make_company, name_row

pytestmark = pytest.mark.django_db
ROBLE, PARDO = 41_203_875, 41_880_114


def test_a_rejected_row_keeps_the_name_that_it_brings(write, carry_out):
    run = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), "41203875\t0\t12\tALTO ROBLE\t\t", "1\t2"))
    assert [(row.verb, row.rut, row.name) for row in Report(run).rows()] == [
        ("Crear", "41.880.114-K", "CERRO PARDO"),
        ("Rechazar", "", "ALTO ROBLE"),
        ("Rechazar", "", ""),
    ]


@pytest.mark.parametrize(
    ("had", "told", "changes"),
    [
        (None, {"Región": "V REGION", "Comuna": "VALPARAISO"}, [("Comuna", "", "Valparaíso")]),
        ("Quillota", {"Región": "V REGION", "Comuna": "VALPARAISO"}, [("Comuna", "Quillota", "Valparaíso")]),
        (
            "Arica",
            {"Comuna": "VALPARAISO"},
            [("Comuna", "Arica", "Valparaíso"), ("Región", "Arica y Parinacota", "Valparaíso")],
        ),
        (
            "Arica",
            {"Región": "VALPARAISO"},
            [("Comuna", "Arica", "sin dato"), ("Región", "Arica y Parinacota", "Valparaíso")],
        ),
    ],
)
def test_of_a_place_only_what_is_another_one_is_told(write, carry_out, had, told, changes):
    commune = Commune.objects.get(name=had or "Valparaíso")
    place = {"region": commune.region, "commune": commune if had else None}
    make_company(ROBLE, "ALTO ROBLE", related_on=None, **place)
    run = carry_out(write(COMPANIES_HEAD, company_row(ROBLE, **told), name="e.txt"), "sii-empresas", trial=True)
    [row] = Report(run).rows()
    found = [(c.label, c.was, c.becomes) for c in row.changes if c.label in ("Comuna", "Región", "Comuna y región")]
    assert [(label, was, becomes) for label, was, becomes in found] == changes
