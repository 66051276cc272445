"""Who brought what a company has: whoever changed it, and not whoever says the same later (EXP-2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.companies.models import Company
from acompana.companies.operations import update_characterization
from acompana.companies.tests.conftest import make_staff
from acompana.kernel.rut import check_digit
from acompana.people.actors import SYSTEM
from acompana.people.rules import CENTRAL_CODE
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.operations import ask_undo
from acompana.sources.operations.running import forget_rows
from acompana.sources.operations.taking import take_word
from acompana.sources.queries import words_of_sources
from acompana.sources.tests.conftest import COMPANIES_HEAD, NAMES_HEAD, NOW, company_row, make_company, name_row
from acompana.sources.undoing import Undoing

pytestmark = pytest.mark.django_db
ROBLE, PARDO = 41_203_875, 41_880_114


@pytest.fixture
def say(write, carry_out):
    """Another run: the names' file with a name, or one of ours with a name, a number of workers and a contact."""
    columns = (("RUT", "rut"), ("Nombre", "legal_name"), ("Trabajadores", "workers"), ("Correo", "contact_email"))
    ours = [{"column": column, "field": field} for column, field in columns]
    Source.objects.create(slug="otra", name="Otra", is_register=True, mapping={"columns": ours})

    def say(source: str, name: str, workers: str = "", email: str = ""):
        if source == "otra":
            row = f"{ROBLE}-{check_digit(ROBLE)};{name};{workers};{email}"
            return carry_out(write("RUT;Nombre;Trabajadores;Correo", row, name="o.csv"), source)
        return carry_out(write(NAMES_HEAD, name_row(ROBLE, name)), source)

    return say


def credits(label: str) -> list[tuple]:
    company = Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}")
    found, *_ = words_of_sources(company)
    return [
        (c.source.slug if c.source else c.person, c.run.pk if c.run else None, c.also)
        for c in found
        if c.label == label
    ]


def lines() -> dict[str, int | None]:
    found, *_ = words_of_sources(Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}"))
    return {credit.label: credit.line for credit in found}


def edit(**values):
    company = Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}")
    update_characterization(company=company, version=company.version, values=values, actor=SYSTEM, now=NOW)


def test_the_one_that_brought_it_is_credited_and_the_later_one_agrees(say):
    first = say("sii-nombres", "ALTO ROBLE")
    say("otra", "ALTO ROBLE", "5")
    assert credits("Razón social") == [("sii-nombres", first.pk, ("Otra",))]
    again = say("otra", "ALTO ROBLE", "7")
    assert credits("Trabajadores") == [("otra", again.pk, ())]
    assert credits("Razón social") == [("sii-nombres", first.pk, ("Otra",))]


def test_the_one_that_changed_it_is_credited_and_its_undoing_gives_it_back(say):
    first = say("sii-nombres", "ALTO ROBLE")
    second = say("otra", "ROBLE ALTO", "5")
    assert credits("Razón social") == [("otra", second.pk, ())]
    ask_undo(run=second, actor=SYSTEM, now=NOW + timedelta(hours=1))
    Undoing(second, read_clock=lambda: NOW)()
    assert credits("Razón social") == [("sii-nombres", first.pk, ())]


def test_what_a_person_wrote_is_of_no_source(say):
    say("sii-nombres", "ALTO ROBLE")
    edit(legal_name="Alto Roble S.A.")
    assert credits("Razón social") == []
    say("otra", "Alto Roble S.A.")
    assert credits("Razón social") == [("El sistema", None, ("Otra",))]


def test_a_word_that_a_person_took_is_the_sources(say):
    make_company(ROBLE, "Conservas")
    run = say("sii-nombres", "ALTO ROBLE")
    company = Company.objects.get()
    take_word(company=company, source_id=run.source_id, field="legal_name", actor=SYSTEM, now=NOW)
    assert credits("Razón social") == [("sii-nombres", run.pk, ())]


def test_activities_and_contacts_are_of_the_run_that_made_them(say, write, carry_out):
    one = say("otra", "ALTO ROBLE", "", "ana@altoroble.example")
    row = company_row(ROBLE, **{"Actividad económica": "CULTIVO DE TRIGO"})
    two = carry_out(write(COMPANIES_HEAD, row, name="e.txt"), "sii-empresas")
    assert credits("Contacto") == [("otra", one.pk, ())]
    assert credits("Actividad del SII") == [("sii-empresas", two.pk, ())]


@pytest.fixture
def say_in_line(carry_out, write):
    """A run of one of ours, which has the company in a given line."""
    columns = (("RUT", "rut"), ("Nombre", "legal_name"), ("Trabajadores", "workers"), ("Dirección", "address"))
    ours = [{"column": column, "field": field} for column, field in columns]
    Source.objects.create(slug="larga", name="Larga", is_register=True, mapping={"columns": ours})

    def say_in_line(line: int, workers: str = "", address: str = ""):
        numbers = (PARDO + n for n in range(line - 1))
        before = [f"{number}-{check_digit(number)};CERRO {number};;" for number in numbers]
        row = f"{ROBLE}-{check_digit(ROBLE)};ALTO ROBLE;{workers};{address}"
        return carry_out(write("RUT;Nombre;Trabajadores;Dirección", *before, row, name="l.csv"), "larga")

    return say_in_line


def test_each_field_is_told_with_the_line_of_the_run_that_brought_it(say_in_line):
    """Also after the same source has spoken again, while rows are kept."""
    say_in_line(2, "5")
    assert lines() == {"Razón social": 2, "Trabajadores": 2}
    say_in_line(3, "5", "Los Aromos 12")
    assert lines() == {"Razón social": 2, "Trabajadores": 2, "Dirección": 3}
    say_in_line(4, "8", "Los Aromos 12")  # says as many fields as before: its provenance goes on naming the one before
    assert lines() == {"Razón social": 2, "Trabajadores": 4, "Dirección": 3}


def test_the_page_leads_to_the_run_that_brought_each_field(say_in_line, client):
    run = say_in_line(2, "5")
    forget_rows(run)
    Provenance.objects.update(run=Run.objects.create(source=run.source, is_trial=False, mapping={}, asked_at=NOW))
    company = Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}")
    address, to_run = f"/escritorio/empresas/{company.pk}/procedencia/", f"/escritorio/fuentes/cargas/{run.pk}/"
    for role, leads in (("administrator", True), ("client-management", False)):
        person = make_staff(role, "Soto", CENTRAL_CODE, role).person
        client.force_login(person, backend="acompana.people.backends.Backend")
        told = client.get(address).content.decode()
        assert "l.csv" in told
        assert (f'href="{to_run}"' in told) is leads
        assert "la carga ya no guarda las suyas" in told


def test_it_is_told_with_a_handful_of_queries(say, django_assert_num_queries):
    say("sii-nombres", "ALTO ROBLE")
    say("otra", "ALTO ROBLE", "5", "ana@altoroble.example")
    company = Company.objects.get()
    with django_assert_num_queries(5):
        words_of_sources(company)


@pytest.mark.parametrize("runs", [2, 4])
def test_lines_of_runs_before_cost_two_queries_however_many(say_in_line, django_assert_num_queries, runs):
    for line in range(1, runs + 1):
        say_in_line(line, str(line), "Los Aromos 12" if line > 1 else "")
    company = Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}")
    with django_assert_num_queries(4):
        words_of_sources(company)
