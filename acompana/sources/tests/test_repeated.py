"""Several rows of one RUT: one counts for the company, and nobody of the others is lost (SRC-2)."""

from __future__ import annotations

import pytest

from acompana.companies.models import Company, Contact
from acompana.kernel.models import Change, SearchRow
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.models import Provenance
from acompana.sources.operations import ask_undo, undo_run
from acompana.sources.operations.running import claim, start_run
from acompana.sources.report import Report
from acompana.sources.tests.conftest import HEAD, NOW, counts, make_company
from acompana.sources.tests.test_contacts import FIRST, people, row
from acompana.sources.working import Work

pytestmark = pytest.mark.django_db
REPEATED = "Su RUT se repite en el archivo: vale la fila 3."
LUIS, ANA, PIA = (
    row(FIRST, "Luis", "luis@a.example", "911111111"),
    row(FIRST, "Ana", "ana@a.example"),
    row(FIRST, "Pía", "pia@a.example"),
)


def told(run) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Of each row: what is done, why, and what of its person."""
    return [
        (one.verb, one.reason, [(c.label, c.becomes) for c in one.changes if c.label.startswith("Contacto")])
        for one in Report(run).rows()
    ]


def test_of_a_repeated_row_the_person_is_kept_too(bring):
    says = [
        ("Dejar igual", f"{REPEATED} De esta fila se toma solo su contacto.", [("Contacto", who)])
        for who in ("Luis, luis@a.example, +56 9 1111 1111", "Ana, ana@a.example")
    ]
    says.append(("Crear", "", [("Contacto", "Pía, pia@a.example")]))
    assert told(bring(LUIS, ANA, PIA, trial=True)) == says
    run = bring(LUIS, ANA, PIA)
    assert told(run) == says
    assert [name for name, *_ in people(FIRST)] == ["Pía", "Luis", "Ana"]
    assert list(Contact.objects.filter(is_main=True).values_list("name", flat=True)) == ["Pía"]
    assert Change.objects.filter(change_set=run.change_set, model="companies.contact", action="created").count() == 3
    assert SearchRow.objects.filter(kind="contact").count() == 3


def test_the_same_file_twice_changes_nothing(bring):
    bring(LUIS, ANA, PIA)
    before = people(FIRST), list(Provenance.objects.values())
    run = bring(LUIS, ANA, PIA)
    assert (people(FIRST), list(Provenance.objects.values())) == before
    assert counts(run) == (0, 0, 3, 0)
    there = ("Dejar igual", f"{REPEATED} Su contacto ya está en el registro.", [])
    assert told(run) == [there, there, ("Dejar igual", "Ya está igual en el registro.", [])]
    assert not Change.objects.filter(change_set=run.change_set).exists()


def test_a_row_that_changes_nothing_itself_brings_whom_its_twin_names(bring):
    company = make_company(FIRST, f"Empresa {FIRST}")
    company.contacts.create(name="Pía", email="pia@a.example", is_main=True)
    before, rows = people(FIRST), (LUIS, row(FIRST), PIA)
    says = [
        (
            "Dejar igual",
            f"{REPEATED} De esta fila se toma solo su contacto.",
            [("Contacto", "Luis, luis@a.example, +56 9 1111 1111")],
        ),
        ("Dejar igual", REPEATED, []),
        ("Actualizar", "", [("Contactos", "los de otras filas del mismo RUT")]),
    ]
    assert told(bring(*rows, trial=True)) == says
    run = bring(*rows)
    assert told(run) == says
    assert [name for name, *_ in people(FIRST)] == ["Pía", "Luis"]
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert people(FIRST) == before
    assert not SearchRow.objects.filter(kind="contact", text__contains="luis").exists()


def test_undone_a_company_goes_with_all_whom_its_rows_brought(bring):
    run = bring(LUIS, ANA, row(FIRST))
    assert [(one.name, one.is_main) for one in Contact.objects.order_by("pk")] == [("Luis", True), ("Ana", False)]
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert not Contact.objects.exists()
    assert not Company.objects.filter(rut__startswith=str(FIRST)).exists()


@pytest.mark.parametrize("has_company", [True, False])
def test_several_rows_of_one_person_make_one_contact(bring, has_company):
    if has_company:
        make_company(FIRST, f"Empresa {FIRST}")
    rows = ANA, row(FIRST, "ANA", "Ana@a.example"), row(FIRST, "Ana", "ana@a.example", "922222222"), PIA, PIA
    says = [
        (
            "De esta fila se toma solo su contacto.", [("Contacto", "Ana, ana@a.example")]),
        ("Su contacto ya viene en otra fila.", []),
        ("De esta fila se toma solo su contacto.", [("Contacto", "Ana, +56 9 2222 2222")]),
        ("Su contacto ya viene en otra fila.", []),
    ]  # fmt: skip
    for trial in (True, False):
        found = told(bring(*rows, trial=trial))
        assert [(reason.partition(": vale la fila 5. ")[2], changes) for _, reason, changes in found[:4]] == says
        assert found[4][2] == [("Contacto", "Pía, pia@a.example")]
    assert people(FIRST) == [("Pía", "pia@a.example", ""), ("Ana", "ana@a.example", "922222222")]
    assert bring(*rows).left == 5


def test_several_telephones_of_one_person_are_all_kept(bring):
    bring(*(row(FIRST, "Ana", "ana@a.example", f"92222222{n}") for n in range(4)))
    assert [(name, phone[-1]) for name, _, phone in people(FIRST)] == [
        ("Ana", "3"),
        *(("Ana (otro teléfono)", f"{n}") for n in range(3)),
    ]


def test_a_run_that_goes_on_brings_whoever_stands_in_another_stretch(ours, write):
    others = [row(FIRST + n, f"Eva {n}", f"eva{n}@a.example") for n in range(1, 4)]
    path = write(HEAD, LUIS, others[0], ANA, others[1], PIA, others[2], name="t.csv")
    run = start_run(source=ours, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    stopped = Work(run, read_clock=lambda: NOW, stretch=2)
    stopped.tell = lambda done, total: 1 / 0 if run.state == states.APPLYING and done >= 2 else None
    with pytest.raises(ZeroDivisionError):
        stopped()
    assert not Company.objects.filter(rut__startswith=str(FIRST)).exists()
    run.refresh_from_db()
    Work(run, read_clock=lambda: NOW, stretch=2)()
    assert [name for name, *_ in people(FIRST)] == ["Pía", "Luis", "Ana"]


@pytest.mark.parametrize("count", [2, 4])
def test_repeated_rows_are_told_in_as_many_queries_however_many_they_are(bring, django_assert_num_queries, count):
    run = bring(*(row(FIRST, "Ana", f"ana{n}@a.example") for n in range(count)))
    report = Report(run)
    with django_assert_num_queries(4):  # the rows; who says it before; people and their history
        assert len(report.rows()) == count
