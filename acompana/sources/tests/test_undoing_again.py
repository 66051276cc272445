"""Of three runs, undone in any order: what stays says because of which run, and goes with a second undoing (EXP-5)."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.test import Client

from acompana.companies.models import Company, CompanyActivity, Contact
from acompana.companies.operations import update_characterization
from acompana.companies.tests.conftest import make_staff
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.people.rules import CENTRAL_CODE
from acompana.sources.models import Run, Source
from acompana.sources.operations import ask_undo, check_can_undo, undo_run
from acompana.sources.operations.taking import take_word
from acompana.sources.queries import words_of_sources
from acompana.sources.tests.conftest import COMPANIES_HEAD, NOW, company_row, counts, make_company
from acompana.sources.what_stays import WhatStays

pytestmark = pytest.mark.django_db
ROBLE = 41_203_875
WORKERS = "Número de trabajadores dependie"
CHILLAN, ARICA = "Chillán", "Arica"


def take_back(run: Run) -> Run:
    run.refresh_from_db()
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    return undo_run(run, read_clock=lambda: NOW)


def preview(run: Run) -> dict | None:
    run.refresh_from_db()
    return WhatStays(run).preview()


def credited(label: str = "Comuna y región") -> tuple[str, int | None]:
    """What the company has and whose run brought it."""
    [found] = [c for c in words_of_sources(Company.objects.get())[0] if c.label == label]
    return found.value.split(",")[0], found.run.pk if found.run else None


@pytest.fixture
def three(write, carry_out) -> list[Run]:
    """Chillán; Arica with an activity; Arica with other workers."""
    told = (
        {"Comuna": "CHILLAN", WORKERS: "5"},
        {"Comuna": "ARICA", WORKERS: "8", "Actividad económica": "CULTIVO DE TRIGO"},
        {"Comuna": "ARICA", WORKERS: "5"},
    )
    return [
        carry_out(write(COMPANIES_HEAD, company_row(ROBLE, "ROBLE", **row), name=f"e{n}.txt"), "sii-empresas")
        for n, row in enumerate(told, 1)
    ]


@pytest.fixture
def control(db) -> Client:
    client = Client()
    person = make_staff("administrator", "Soto", CENTRAL_CODE, "administrator").person
    client.force_login(person, backend="acompana.people.backends.Backend")
    return client


def page(client: Client, run: Run, rest: str = "") -> str:
    return " ".join(client.get(f"/escritorio/fuentes/cargas/{run.pk}/{rest}").content.decode().split())


def test_a_run_undone_before_a_later_one_goes_when_it_is_undone_again(three):
    first, second, third = three
    assert credited() == (ARICA, second.pk)
    assert take_back(second).undone_kept == 1
    assert credited() == (ARICA, second.pk)
    assert take_back(third).undone_put_back == 1
    assert (credited(), credited("Trabajadores")) == ((ARICA, second.pk), ("8", second.pk))
    assert preview(second) == {"removed": 0, "back": 1, "kept": 0}
    again = take_back(second)
    assert (again.undone_put_back, again.undone_kept, again.state) == (1, 0, "undone")
    assert (credited(), credited("Trabajadores")) == ((CHILLAN, first.pk), ("5", first.pk))
    with pytest.raises(Refused, match="ya se deshizo"):
        check_can_undo(again, NOW)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_three_are_undone_nothing_is_left(three, order):
    for n in order:
        take_back(three[n])
    for run in sorted(three, key=lambda run: -run.pk):
        run.refresh_from_db()
        if run.undone_kept:
            take_back(run)
    assert not Company.objects.exists()
    assert [Run.objects.get(pk=run.pk).undone_kept for run in three] == [0, 0, 0]


@pytest.mark.parametrize("order", list(permutations(range(3), 2)))
def test_who_is_credited_is_never_a_file_that_says_something_else(three, order):
    says = dict(zip((run.pk for run in three), ((CHILLAN, "5"), (ARICA, "8"), (ARICA, "5")), strict=True))
    for n in order:
        take_back(three[n])
        if Company.objects.exists():
            for at, label in enumerate(("Comuna y región", "Trabajadores")):
                value, run = credited(label)
                assert says[run][at] == value


def test_an_older_run_stays_because_of_one_that_was_undone_and_stayed(three):
    """The second holds Arica, though it counts as undone: the first would take that away behind its back."""
    first, second, third = three
    take_back(second)
    take_back(third)
    assert preview(first) == {"removed": 0, "back": 0, "kept": 1}
    assert WhatStays(first).later_runs() == (1, [(second.pk, 1, True)])


def test_what_a_person_changed_stays_however_often_it_is_undone(three):
    _, second, third = three
    company = Company.objects.get()
    update_characterization(
        company=company, version=company.version, values={"trade_name": "Mía"}, actor=SYSTEM, now=NOW
    )
    for _ in range(2):
        for run in (third, second):
            assert (take_back(run).undone_kept, run.undone_put_back) == (1, 0)
    assert credited() == (ARICA, second.pk)


def test_preview_and_result_name_the_run_because_of_which_companies_stay(three, control):
    _, second, third = three
    Run.objects.update(finished_at=read_clock())  # pages ask the clock
    to_third = f'La <a href="/escritorio/fuentes/cargas/{third.pk}/">carga nº {third.pk}</a> la cambió después'
    assert f"{to_third}: deshaz primero esa." in page(control, second, "deshacer/")
    take_back(second)
    told = page(control, second)
    assert f"{to_third}: deshaz primero esa." in told
    assert "Deshacer lo que quedó" not in told
    take_back(third)
    told = page(control, third)
    assert (
        f"""<a href="/escritorio/fuentes/cargas/{second.pk}/">carga nº {second.pk}</a>, que se deshizo antes""" in told
    )
    told = page(control, second)
    assert "ahora puedes deshacer lo que quedó" in told
    assert "Deshacer lo que quedó</a>" in told
    assert "1 empresa vuelve a los datos que tenía" in page(control, second, "deshacer/")
    company = Company.objects.get()
    told = control.get(f"/escritorio/empresas/{company.pk}/procedencia/").content.decode()
    assert "esa carga se deshizo, y esto quedó" in told
    take_back(second)
    assert "que se deshizo antes" not in page(control, third)
    told = control.get(f"/escritorio/empresas/{company.pk}/procedencia/").content.decode()
    assert "esa carga se deshizo" not in told


def test_what_goes_of_companies_that_stay_is_counted_before_and_after(write, carry_out, control):
    """An activity, a contact, and the telephone that somebody lacked."""
    columns = (
        ("RUT", "rut"),
        ("Nombre", "legal_name"),
        ("Actividad", "activity_name"),
        ("Persona", "contact_name"),
        ("Correo", "contact_email"),
        ("Teléfono", "contact_phone"),
    )
    ours = [{"column": column, "field": field} for column, field in columns]
    Source.objects.create(slug="otra", name="Otra", is_register=True, mapping={"columns": ours})
    known, other = (make_company(ROBLE + n, "CERO", related_on=None) for n in (0, 1))
    Contact.objects.create(company=known, name="Luz", email="luz@cero.example")
    rows = [
        f"{known.rut[:-1]}-{known.rut[-1]};UNO;CULTIVO DE TRIGO;Luz;luz@cero.example;+56 9 8765 4321",
        f"{other.rut[:-1]}-{other.rut[-1]};DOS;CULTIVO DE TRIGO;Ana;ana@cero.example;",
    ]
    run = carry_out(write(";".join(column for column, _ in columns), *rows, name="o.csv"), "otra")
    assert (run.updated, Contact.objects.count(), CompanyActivity.objects.count()) == (2, 2, 2)
    for company in (known, other):
        company.refresh_from_db()
        update_characterization(
            company=company, version=company.version, values={"trade_name": "Mía"}, actor=SYSTEM, now=NOW
        )
    Run.objects.update(finished_at=read_clock())
    goes = {"activities": 2, "contacts": 1, "given": 1}
    assert WhatStays(run).going() == goes
    assert "se quita: 1 contacto, 2 actividades, un dato de 1 contacto." in page(control, run, "deshacer/")
    take_back(run)
    assert (Contact.objects.count(), CompanyActivity.objects.count(), Contact.objects.get().phone) == (1, 0, "")
    assert (run.undone_kept, WhatStays(run).gone()) == (2, goes)
    told = page(control, run)
    assert "se quitó: 1 contacto, 2 actividades, un dato de 1 contacto." in told
    assert f'href="/escritorio/empresas/{known.pk}/"' in told


def test_what_a_person_took_of_a_run_stays_and_the_rest_of_it_is_offered_no_more(write, carry_out, control):
    company = make_company(ROBLE, "Cero", workers=3)
    columns = (("RUT", "rut"), ("N", "legal_name"), ("T", "workers"))
    ours = [{"column": column, "field": field} for column, field in columns]
    source = Source.objects.create(slug="otra", name="Otra", is_register=True, mapping={"columns": ours})
    run = carry_out(write("RUT;N;T", f"{company.rut[:-1]}-{company.rut[-1]};UNO;8", name="o.csv"), "otra")
    assert (run.left, run.kept) == (1, 1)
    take_word(company=company, source_id=source.pk, field="workers", actor=SYSTEM, now=NOW)
    assert [word.field for word in words_of_sources(company)[1]] == ["legal_name"]
    Run.objects.update(finished_at=read_clock())
    assert preview(run) == {"removed": 0, "back": 0, "kept": 1}
    told = page(control, run, "deshacer/")
    assert "Una persona tomó el dato que decía la fuente." in told
    assert "Alguien la cambió" not in told
    assert take_back(run).undone_kept == 1
    assert "Una persona tomó el dato que decía la fuente." in page(control, run)
    company.refresh_from_db()
    assert (company.workers, words_of_sources(company)[1]) == (8, [])
    with pytest.raises(Refused, match="ya no dice otra cosa"):
        take_word(company=company, source_id=source.pk, field="legal_name", actor=SYSTEM, now=NOW)


def test_what_another_source_says_too_since_stays_until_that_load_is_taken_back(write, carry_out, control):
    """A company, a value and an activity that a load brought, and that a later one of another source says as well."""
    wheat = {"Actividad económica": "CULTIVO DE TRIGO", "Comuna": "ARICA"}
    make_company(ROBLE + 7, "PINO", related_on=None)
    rows = (company_row(ROBLE, "ROBLE", **wheat), company_row(ROBLE + 7, "PINO", **wheat))
    first = carry_out(write(COMPANIES_HEAD, *rows, name="e.txt"), "sii-empresas")
    other = Source.objects.get(slug="sii-empresas")
    other.pk, other.slug, other.name = None, "lista", "Lista propia"
    other.save()
    second = carry_out(write(COMPANIES_HEAD, *rows, name="lista.txt"), "lista")
    assert counts(second) == (0, 0, 2, 0)
    assert preview(first) == {"removed": 0, "back": 0, "kept": 2}
    assert WhatStays(first).later_runs() == (2, [(second.pk, 2, False)])
    named = f'La <a href="/escritorio/fuentes/cargas/{second.pk}/">carga nº {second.pk}</a>'
    Run.objects.update(finished_at=read_clock())
    assert f"{named} dice después lo mismo de ellas: deshaz primero esa." in page(control, first, "deshacer/")
    assert WhatStays(first).going() == {"activities": 0, "contacts": 0, "given": 0}
    Run.objects.update(finished_at=NOW)
    assert take_back(first).undone_kept == 2
    assert Company.objects.get(legal_name="PINO").commune.name == "Arica"
    assert CompanyActivity.objects.count() == 2
    take_back(second)
    first.refresh_from_db()
    assert (take_back(first).undone_removed, first.undone_kept) == (1, 0)
    assert list(Company.objects.values_list("legal_name", "commune", "activities")) == [("PINO", None, None)]
