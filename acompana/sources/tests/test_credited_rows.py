"""Who brought the people and the activities of a company, and in which row of their file (EXP-2)."""

from __future__ import annotations

import pytest

from acompana.companies.models import Company
from acompana.companies.operations import merge_companies, undo_merge
from acompana.companies.operations.contacts import add_contact
from acompana.kernel.rut import check_digit
from acompana.people.actors import SYSTEM
from acompana.reference.models import Activity
from acompana.sources.models import Source
from acompana.sources.operations import ask_undo
from acompana.sources.operations.running import forget_rows
from acompana.sources.queries import words_of_sources
from acompana.sources.tests.conftest import COMPANIES_HEAD, NOW, company_row, make_company
from acompana.sources.undoing import Undoing

pytestmark = pytest.mark.django_db
ROBLE, PARDO = 41_203_875, 41_880_114
PEOPLE = (("RUT", "rut"), ("Nombre", "legal_name"), ("Quién", "contact_name"), ("Correo", "contact_email"))


@pytest.fixture
def bring(write, carry_out):
    """A file of companies with their people: number, name, who, e-mail, telephone."""
    columns = [{"column": column, "field": field} for column, field in (*PEOPLE, ("Fono", "contact_phone"))]
    Source.objects.create(slug="gente", name="Gente", mapping={"columns": columns})

    def bring(*rows: tuple, file: str = "g.csv"):
        lines = [";".join((f"{row[0]}-{check_digit(row[0])}", *row[1:])) for row in rows]
        return carry_out(write("RUT;Nombre;Quién;Correo;Fono", *lines, name=file), "gente")

    return bring


@pytest.fixture
def act(write, carry_out):
    """A file of activities, several rows of each company: number, code."""
    columns = [{"column": "RUT", "field": "rut"}, {"column": "Código", "field": "activity_code"}]
    for slug in ("oficios", "rubros"):
        mapping = {"columns": columns, "subject": "activities"}
        Source.objects.create(slug=slug, name=slug.capitalize(), is_register=True, mapping=mapping)

    def act(*rows: tuple[int, str], source: str = "oficios"):
        lines = [f"{number}-{check_digit(number)};{code}" for number, code in rows]
        return carry_out(write("RUT;Código", *lines, name="ACT_I.csv"), source)

    return act


def company(number: int) -> Company:
    return Company.objects.get(rut=f"{number}{check_digit(number)}")


def told(number: int, *labels: str) -> list[tuple]:
    found, *_ = words_of_sources(company(number))
    return [(c.value, c.run.pk if c.run else None, c.line) for c in found if c.label in labels]


def merge(kept: Company, gone: Company):
    return merge_companies(kept=kept, gone=gone, actor=SYSTEM, now=NOW, reason="Es la misma.")


def by_code(number: int) -> dict[str, tuple]:
    found, *_ = words_of_sources(company(number))
    return {
        Activity.objects.get(pk=c.activity_id).code: (c.run.pk if c.run else None, c.line, c.also)
        for c in found
        if c.activity_id
    }


# --- people -----------------------------------------------------------------------------------------------------


def test_somebody_whom_a_person_wrote_down_is_of_no_file_after_a_merge(bring):
    run = bring((ROBLE, "ALTO ROBLE", "Iván Ibáñez", "ventas@roble.example", ""))
    card = make_company(PARDO, "Roble Alto")
    add_contact(company=card, name="Iván Ibáñez", email="ivan@roble.example", actor=SYSTEM, now=NOW)
    merge(company(ROBLE), card)
    assert company(ROBLE).contacts.filter(ended_on=None).count() == 2
    assert told(ROBLE, "Contacto") == [("Iván Ibáñez, ventas@roble.example", run.pk, 1)]


def test_who_came_with_the_one_that_went_is_told_with_its_own_row(bring):
    rows = (ROBLE, "ALTO ROBLE", "Ana", "ana@roble.example", ""), (PARDO, "PARDO", "Luz", "luz@pardo.example", "")
    run = bring(*rows)
    change_set = merge(company(ROBLE), company(PARDO))
    both = [("Ana, ana@roble.example", run.pk, 1), ("Luz, luz@pardo.example", run.pk, 2)]
    assert told(ROBLE, "Contacto") == both
    undo_merge(change_set=change_set, actor=SYSTEM, now=NOW)
    assert (told(ROBLE, "Contacto"), told(PARDO, "Contacto")) == (both[:1], both[1:])


def test_what_a_later_run_gave_to_somebody_is_its_own(bring):
    first = bring((ROBLE, "ALTO ROBLE", "Ana", "ana@roble.example", ""))
    second = bring(
        (PARDO, "PARDO", "", "", ""),
        (ROBLE, "ALTO ROBLE", "Ana", "ana@roble.example", "+56 9 8765 4321"),
        file="h.csv",
    )
    assert told(ROBLE, "Contacto") == [("Ana, ana@roble.example", first.pk, 1)]
    assert told(ROBLE, "Teléfono de contacto") == [("Ana: +56 9 8765 4321", second.pk, 2)]
    ask_undo(run=second, actor=SYSTEM, now=NOW)
    Undoing(second, read_clock=lambda: NOW)()
    assert told(ROBLE, "Teléfono de contacto") == []


def test_what_a_file_gave_to_whom_a_person_wrote_down_is_the_files_and_they_are_not(bring):
    own = make_company(ROBLE, "ALTO ROBLE")
    add_contact(company=own, name="Ana", email="ana@roble.example", actor=SYSTEM, now=NOW)
    run = bring((ROBLE, "ALTO ROBLE", "Ana", "ana@roble.example", "+56 9 8765 4321"))
    assert told(ROBLE, "Contacto") == []
    assert told(ROBLE, "Teléfono de contacto") == [("Ana: +56 9 8765 4321", run.pk, 1)]


# --- activities -------------------------------------------------------------------------------------------------

WHEAT, MAIZE, OATS = "011101", "011102", "011103"


def test_each_activity_is_told_with_the_row_that_brought_it(act):
    make_company(ROBLE, "ALTO ROBLE")
    run = act((ROBLE, WHEAT), (PARDO, OATS), (ROBLE, MAIZE))
    assert by_code(ROBLE) == {WHEAT: (run.pk, 1, ()), MAIZE: (run.pk, 3, ())}
    forget_rows(run)
    assert by_code(ROBLE) == {WHEAT: (run.pk, None, ()), MAIZE: (run.pk, None, ())}


def test_another_source_that_says_an_activity_is_named_and_the_one_that_does_not_is_not(act):
    make_company(ROBLE, "ALTO ROBLE")
    first = act((ROBLE, WHEAT), (ROBLE, OATS))
    second = act((ROBLE, MAIZE), (ROBLE, OATS), source="rubros")
    assert by_code(ROBLE) == {
        WHEAT: (first.pk, 1, ()),
        OATS: (first.pk, 2, ("Rubros",)),
        MAIZE: (second.pk, 1, ()),
    }
    forget_rows(second)
    assert by_code(ROBLE)[OATS] == (first.pk, 2, ())


def test_an_activity_that_came_with_its_company_is_told_with_it(act, write, carry_out):
    row = company_row(ROBLE, "ALTO ROBLE", **{"Actividad económica": "CULTIVO DE TRIGO"})
    run = carry_out(write(COMPANIES_HEAD, row, name="e.txt"), "sii-empresas")
    [(pk, line, also)] = by_code(ROBLE).values()
    assert (pk, line, also) == (run.pk, 1, ())
    [code] = by_code(ROBLE)
    act((ROBLE, code))
    assert by_code(ROBLE) == {code: (run.pk, 1, ("Oficios",))}


def test_an_activity_of_a_company_that_went_is_told_with_its_own_row(act, write, carry_out):
    rows = (company_row(PARDO, "PARDO"), company_row(ROBLE, "ROBLE", **{"Actividad económica": "CULTIVO DE TRIGO"}))
    run = carry_out(write(COMPANIES_HEAD, *rows, name="e.txt"), "sii-empresas")
    own = act((PARDO, OATS))
    merge(company(PARDO), company(ROBLE))
    [wheat] = set(by_code(PARDO)) - {OATS}
    assert by_code(PARDO) == {OATS: (own.pk, 1, ()), wheat: (run.pk, 2, ())}


@pytest.mark.parametrize("runs", [1, 3])
def test_rows_of_activities_cost_as_many_queries_however_many_they_are(act, django_assert_num_queries, runs):
    make_company(ROBLE, "ALTO ROBLE")
    for code in (WHEAT, MAIZE, OATS)[:runs]:
        act((ROBLE, code))
    found = company(ROBLE)
    with django_assert_num_queries(7):
        words_of_sources(found)
