"""Files of a few rows, and runs of them in this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acompana.companies.models import Company
from acompana.kernel.rut import check_digit
from acompana.people.actors import SYSTEM
from acompana.reference.models import Country
from acompana.sources.models import Run, Source
from acompana.sources.operations import running
from acompana.sources.operations.running import claim, start_run, work_on

HEAD = "Rut;Empresa;Contacto;Correo;Fono"
NOW = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
NAMES_HEAD = "RUT\tDV\tCOD_SUBTIPO\tRAZON_SOCIAL\tFECHA_INICIO_VIG\tFECHA_TG_VIG"
COMPANIES_HEAD = (
    "Año comercial\tRUT\tDV\tRazón social\tTramo según ventas\tNúmero de trabajadores dependie\t"
    "Fecha inicio de actividades vige\tFecha término de giro\tFecha primera inscripción de ac\tTipo término de giro\t"
    "Tipo de contribuyente\tSubtipo de contribuyente\tTramo capital propio positivo\tTramo capital propio negativo\t"
    "Rubro económico\tSubrubro económico\tActividad económica\tRegión\tProvincia\tComuna\tR_PRESUNTA\tOTROS_REGIMENES"
)


def name_row(number: int, name: str, started: str = "03-09-2019", closed: str = "") -> str:
    return f"{number}\t{check_digit(number)}\t12\t{name}\t{started}\t{closed}"


def company_row(number: int, name: str = "", *, year: int = 2025, **told: str) -> str:
    cells = dict.fromkeys(COMPANIES_HEAD.split("\t"), "")
    cells |= {"Año comercial": str(year), "RUT": str(number), "DV": check_digit(number), "Razón social": name}
    return "\t".join((cells | told).values())


def make_company(number: int, legal_name: str, **values) -> Company:
    values = {"country": Country.objects.get(alpha2="CL"), "created_at": NOW, "related_on": NOW.date(), **values}
    return Company.objects.create(rut=f"{number}{check_digit(number)}", legal_name=legal_name, **values)


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """A file of these lines."""

    def write(head: str, *lines: str, name: str = "PUB_NOMBRES_PJ.txt", encoding: str = "utf-8", end: str = "\n"):
        path = tmp_path / name
        path.write_bytes((("\n".join([head, *lines])) + end).encode(encoding))
        return path

    return write


@pytest.fixture
def carry_out() -> Callable[..., Run]:
    """A file of a source, tried or imported, to its end."""

    def carry_out(path: Path, source: str = "sii-nombres", *, trial: bool = False) -> Run:
        found = Source.objects.get(slug=source)
        run = start_run(source=found, is_trial=trial, path=path, actor=SYSTEM, now=NOW)
        assert claim(run, now=NOW)
        return work_on(run, read_clock=lambda: NOW)

    return carry_out


def counts(run: Run) -> tuple[int, int, int, int]:
    """Created, updated, left, rejected."""
    return run.created, run.updated, run.left, run.rejected


@pytest.fixture
def no_room(monkeypatch) -> None:
    """Rows are kept of the last run of a source alone, as where runs are long."""
    monkeypatch.setattr(running, "KEPT_ROWS", 0)


@pytest.fixture
def ours(write) -> Source:
    """A source of the agency, with people."""
    columns = ("Rut", "rut"), ("Empresa", "legal_name"), ("Contacto", "contact_name"), ("Correo", "contact_email")
    told = [{"column": column, "field": field} for column, field in (*columns, ("Fono", "contact_phone"))]
    return Source.objects.create(slug="talleres", name="Talleres", mapping={"columns": told})


@pytest.fixture
def bring(ours, write, carry_out) -> Callable[..., Run]:
    """A file of these rows, tried or imported."""

    def bring(*rows: str, trial: bool = False) -> Run:
        return carry_out(write(HEAD, *rows, name="talleres.csv"), "talleres", trial=trial)

    return bring
