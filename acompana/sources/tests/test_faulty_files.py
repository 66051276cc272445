"""Files with something wrong with them, told before anything is changed."""

from __future__ import annotations

import pytest

from acompana.companies.models import Company
from acompana.kernel.rut import check_digit
from acompana.sources.operations.running import claim, work_on
from acompana.sources.tests.conftest import (
    COMPANIES_HEAD,
    NAMES_HEAD,
    NOW,
    company_row,
    counts,
    make_company,
    name_row,
)

pytestmark = pytest.mark.django_db

ROBLE, PARDO, NUEVA = 41_203_875, 41_777_003, 42_000_000


def test_a_column_that_cannot_be_read_asks_whether_columns_are_shifted(write, carry_out):
    """Of a file in which one cell of each row is missing, and another stands at the end instead."""
    told = {"Fecha inicio de actividades vige": "x", "Comuna": "03-09-2019"}
    rows = [company_row(NUEVA + n, f"E {n}", **(told if n < 3 else {"Comuna": "ARICA"})) for n in range(10)]
    run = carry_out(write(COMPANIES_HEAD, *rows, name="e.txt"), "sii-empresas", trial=True)
    assert run.warnings == [
        "De 10 filas no se pudo leer «Fecha inicio de actividades vige» en 3, ni «Comuna» en 3. "
        "¿Están corridas las columnas del archivo? Mira los avisos fila por fila."
    ]
    run = carry_out(write(COMPANIES_HEAD, *rows[2:], name="e.txt"), "sii-empresas", trial=True)
    assert run.warnings == []


def test_a_file_that_nobody_tried_stops_where_a_column_cannot_be_read_and_goes_on_when_told(write, carry_out):
    rows = [company_row(NUEVA + n, f"E {n}", **{"Fecha inicio de actividades vige": "x"}) for n in range(6)]
    path = write(COMPANIES_HEAD, *rows, name="e.txt")
    make_company(NUEVA, "E 0", related_on=None)
    run = carry_out(path, "sii-empresas")
    assert (run.state, run.applied, Company.objects.count()) == ("failed", 0, 1)
    assert "No se cambió nada todavía" in run.trouble
    assert [warning[-40:] for warning in run.warnings] == ["¿Están corridas las columnas del archivo?"[-40:]]
    assert claim(run, now=NOW)
    assert work_on(run, read_clock=lambda: NOW).state == "done"
    assert Company.objects.count() == 6


def test_a_file_that_somebody_tried_is_not_asked_about_again(write, carry_out):
    rows = [company_row(NUEVA + n, f"E {n}", **{"Fecha inicio de actividades vige": "x"}) for n in range(6)]
    path = write(COMPANIES_HEAD, *rows, name="e.txt")
    carry_out(path, "sii-empresas", trial=True)
    assert carry_out(path, "sii-empresas").state == "done"


def test_names_that_lost_letters_before_they_came_are_told(write, carry_out):
    names = ("COMPAÃ‘ÃA DEL SUR", "PE\ufffdA", "PE?A Y CIA", "VIÑA SÃO JOSÉ", "¿QUÉ TAL?")
    run = carry_out(write(NAMES_HEAD, *(name_row(NUEVA + n, name) for n, name in enumerate(names))), trial=True)
    assert len(run.warnings) == 1
    assert run.warnings[0].startswith("En 3 filas el nombre trae letras rotas, como «COMPAÃ‘ÃA DEL SUR»")


def test_a_file_cut_in_the_middle_is_told(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"), f"{PARDO}\t{check_digit(PARDO)}\t1", end="")
    run = carry_out(path)
    assert (run.state, counts(run)) == ("done", (1, 0, 0, 1))
    assert "parece cortado" in run.warnings[0]
