"""The people whom a file brings: found, told where they cannot be kept, and gone with what brought them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from acompana.companies.models import Company, Contact
from acompana.companies.search import contact_rows
from acompana.kernel import sets
from acompana.kernel.models import Change, SearchRow
from acompana.kernel.rut import check_digit
from acompana.kernel.search.keeping import reindex
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.models import Run
from acompana.sources.operations import ask_undo, undo_run
from acompana.sources.operations.running import claim, start_run
from acompana.sources.report import Report
from acompana.sources.tests.conftest import HEAD, NOW, make_company
from acompana.sources.working import Work

pytestmark = pytest.mark.django_db
FIRST = 42_500_000


def row(number: int, name: str = "", email: str = "", phone: str = "") -> str:
    return f"{number}-{check_digit(number)};Empresa {number};{name};{email};{phone}"


def indexed() -> list[dict]:
    names = ("object_id", "tier", "mark", "audience", "company_id", "text", "code")
    return list(SearchRow.objects.filter(kind="contact").order_by("object_id").values(*names))


def people(number: int) -> list[tuple[str, str, str]]:
    company = Company.objects.get(rut=f"{number}{check_digit(number)}")
    return list(company.contacts.order_by("pk").values_list("name", "email", "phone_digits"))


# --- found ------------------------------------------------------------------------------------------------------


def test_who_came_with_a_company_or_to_one_is_found_as_a_whole_index_would(bring):
    make_company(FIRST, "Empresa de antes")
    bring(row(FIRST, "Ñora Ibáñez", "nora@a.example", "+56 9 8765 4321"), row(FIRST + 1, "Luis", "Luis@b.example"))
    found = indexed()
    assert [one["text"] for one in found] == [" nora ibanez nora a example", " luis luis b example"]
    assert found[0]["code"] == "987654321"
    reindex(["contact"])
    assert indexed() == found
    assert len(found) == contact_rows().count()


def test_a_run_that_goes_on_indexes_each_of_its_people_once(ours, write):
    path = write(HEAD, *(row(FIRST + n, f"Ana {n}", f"ana{n}@a.example") for n in range(5)), name="t.csv")
    run = start_run(source=ours, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    stopped = Work(run, read_clock=lambda: NOW, stretch=2)
    stopped.tell = lambda done, total: 1 / 0 if run.state == states.INDEXING and done >= 4 else None
    with pytest.raises(ZeroDivisionError):
        stopped()
    assert 0 < len(indexed()) < 5
    run.refresh_from_db()
    Work(run, read_clock=lambda: NOW, stretch=2)()
    assert len(indexed()) == 5


def test_people_are_indexed_in_as_many_statements_however_many_they_are(ours, write, django_assert_num_queries):
    path = write(HEAD, *(row(FIRST + n, f"Ana {n}", f"ana{n}@a.example") for n in range(30)), name="t.csv")
    run = start_run(source=ours, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    claim(run, now=NOW)
    work = Work(run, read_clock=lambda: NOW)
    work.read()
    work._begin_applying()
    work._apply()
    SearchRow.objects.all().delete()
    with django_assert_num_queries(6):  # companies, people twice, who is called otherwise; how many wait, who waits
        work._index_stretch(0, 30)
    assert SearchRow.objects.filter(kind="contact").count() == 30


def test_undone_they_are_found_no_more(bring):
    make_company(FIRST, "Empresa 42500000")
    run = bring(row(FIRST, "Nora", "nora@a.example"), row(FIRST + 1, "Luis", "luis@b.example"))
    assert len(indexed()) == 2
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert not Contact.objects.exists()
    assert indexed() == []


# --- told -------------------------------------------------------------------------------------------------------


def test_somebody_who_cannot_be_reached_is_told(bring):
    run = bring(row(FIRST, "Pía"), row(FIRST + 1, "X", "no-es-correo", "fono malo"), row(FIRST + 2, "", "", "123"))
    notes = [one.notes for one in Report(run).rows(with_notes=True)]
    assert notes == [
        "«Pía» no trae correo ni teléfono que se entienda: no queda como contacto",
        "«no-es-correo» no es un correo; «fono malo» no es un teléfono; "
        "«X» no trae correo ni teléfono que se entienda: no queda como contacto",
        "«123» no es un teléfono",
    ]
    assert not Contact.objects.exists()


def test_of_two_facts_the_one_that_cannot_be_read_is_told_and_the_other_is_kept(bring):
    run = bring(row(FIRST, "Ana", "ana@a.example", "s/n"))
    assert (Report(run).rows()[0].notes, people(FIRST)) == ("«s/n» no es un teléfono", [("Ana", "ana@a.example", "")])


def test_what_somebody_is_at_the_company_comes_with_them(ours, write, carry_out):
    ours.mapping["columns"].append({"column": "Cargo", "field": "contact_position"})
    ours.save()
    path = write(f"{HEAD};Cargo", f"{row(FIRST, 'Ana', 'ana@a.example')};Gerenta  general", name="t.csv")
    [change] = Report(carry_out(path, "talleres", trial=True)).rows()[0].changes[1:2]
    assert change.becomes == "Ana, Gerenta general, ana@a.example"
    carry_out(path, "talleres")
    assert Contact.objects.get().position == "Gerenta general"


def test_who_is_known_gets_a_position_with_what_else_is_new(ours, write, carry_out):
    carry_out(write(HEAD, row(FIRST, "Ana", "ana@a.example"), name="t.csv"), "talleres")
    ours.mapping["columns"].append({"column": "Cargo", "field": "contact_position"})
    ours.save()
    run = carry_out(
        write(f"{HEAD};Cargo", f"{row(FIRST, 'Ana', 'ana@a.example', '987654321')};Gerenta", name="u.csv"), "talleres"
    )
    assert Contact.objects.values_list("position", "phone_digits").get() == ("Gerenta", "987654321")
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert Contact.objects.values_list("position", "phone_digits").get() == ("", "")


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"position": "Socia", "email": "luz@a.example"}, [("Contacto Luz Araya", "teléfono +56 9 8765 4321")]),
        (
            {"position": "", "phone": "+56987654321", "phone_digits": "987654321"},
            [("Contacto Luz Araya", "cargo Gerenta, correo luz@a.example")],
        ),
        (
            {"email": "luz@a.example", "phone": "+56911111111", "phone_digits": "911111111"},
            [
                ("Contacto Luz Araya", "cargo Gerenta"),
                ("Contacto", "L. Araya (otro teléfono), Gerenta, +56 9 8765 4321"),
            ],
        ),
        (
            {"email": "luz@a.example", "ended_on": NOW.date()},
            [("Contacto", "L. Araya (otro teléfono), Gerenta, +56 9 8765 4321")],
        ),
    ],
)
def test_of_a_person_only_what_is_written_is_told(ours, write, carry_out, known, told):
    """By a trial as by the import, which did what the trial said."""
    make_company(FIRST, f"Empresa {FIRST}").contacts.create(name="Luz Araya", **known)
    ours.mapping["columns"].append({"column": "Cargo", "field": "contact_position"})
    ours.save()
    path = write(f"{HEAD};Cargo", f"{row(FIRST, 'L. Araya', 'luz@a.example', '987654321')};Gerenta", name="t.csv")
    for trial in (True, False):
        [one] = Report(carry_out(path, "talleres", trial=trial)).rows()
        assert [(change.label, change.becomes) for change in one.changes] == told


@pytest.mark.parametrize("trial", [True, False])
def test_who_is_known_by_that_address_under_another_name_is_told(bring, trial):
    bring(row(FIRST, "Luz Araya", "luz@a.example"), row(FIRST + 1, "Ana", "ana@a.example"))
    rows = row(FIRST, "Pía Soto", "LUZ@a.example"), row(FIRST + 1, "ANA", "ana@a.example"), row(FIRST + 2, "X")
    report = Report(bring(*rows, trial=trial))
    found = [(one.reason, one.contact_known_as) for one in report.rows()]
    assert found == [("Ya está igual en el registro.", name) for name in ("Luz Araya", "")] + [("", "")]
    assert next(report.lines())[5] == "ese correo ya está a nombre de Luz Araya"


@pytest.mark.parametrize("count", [1, 3])
def test_people_are_told_in_two_queries_however_many_they_are(bring, django_assert_num_queries, count):
    bring(*(row(FIRST + n, "Ana", f"ana{n}@a.example") for n in range(count)))
    run = bring(*(row(FIRST + n, "Ana", f"ana{n}@a.example", "987654321") for n in range(count)))
    report = Report(run)
    with django_assert_num_queries(3):  # the rows; people and their history
        assert len(report.rows()) == count


# --- more of somebody who is there ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "kept", "says"),
    [
        (
            ("Ana", "ana@a.example", "987654321"),
            ("Ana (otro teléfono)", "", "987654321"),
            "Ana (otro teléfono), +56 9 8765 4321",
        ),
        (
            ("Ana", "ana@b.example", "912345678"),
            ("Ana (otro correo)", "ana@b.example", ""),
            "Ana (otro correo), ana@b.example",
        ),
        (("Ana", "ana@b.example", ""), ("Ana", "ana@b.example", ""), "Ana, ana@b.example"),
        (("Luis", "", "987654321"), ("Luis", "", "987654321"), "Luis, +56 9 8765 4321"),
    ],
)
def test_a_new_phone_or_email_is_kept_beside_and_told(bring, told, kept, says):
    bring(row(FIRST, "Ana", "ana@a.example", "912345678"))
    [tried] = Report(bring(row(FIRST, *told), trial=True)).rows()
    assert [(change.label, change.becomes) for change in tried.changes] == [("Contacto", says)]
    run = bring(row(FIRST, *told))
    assert Report(run).rows()[0].changes == tried.changes
    assert (run.updated, people(FIRST)) == (1, [("Ana", "ana@a.example", "912345678"), kept])
    assert (bring(row(FIRST, *told)).left, len(people(FIRST))) == (1, 2)


@pytest.mark.parametrize(
    ("known", "told"),
    [(("ana@a.example", ""), ("", "987654321")), (("", "987654321"), ("ana@a.example", ""))],
)
def test_who_lacks_a_phone_or_an_email_gets_it_and_gives_it_back(bring, known, told):
    """Known by the one, they are given the other: one person stays one, is found by both, and undone as before."""
    make_company(FIRST, "Empresa de antes")
    bring(row(FIRST, "Ana", *known))
    before, found = people(FIRST), indexed()
    run = bring(row(FIRST, "Ana María", "ana@a.example", "987654321"))
    assert people(FIRST) == [("Ana", "ana@a.example", "987654321")]
    reindex(["contact"])
    whole = indexed()
    assert (whole[0]["code"], len(whole)) == ("987654321", 1)
    assert "ana a example" in whole[0]["text"]
    column = "phone" if told[1] else "email"
    [change] = Change.objects.filter(change_set=run.change_set, model="companies.contact")
    assert (change.action, change.before, list(change.after)) == ("updated", {column: ""}, [column])
    assert bring(row(FIRST, "Ana", "ana@a.example", "987654321")).left == 1
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert people(FIRST) == before
    assert indexed() == found


def test_what_somebody_got_is_found_at_once(bring):
    bring(row(FIRST, "Ana", "ana@a.example"))
    bring(row(FIRST, "Ana", "ana@a.example", "987654321"))
    assert [one["code"] for one in indexed()] == ["987654321"]


def test_what_somebody_wrote_over_since_is_not_taken_away(bring):
    bring(row(FIRST, "Ana", "ana@a.example"))
    run = bring(row(FIRST, "Ana", "ana@a.example", "987654321"))
    Contact.objects.update(phone="+56911111111", phone_digits="911111111")
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert people(FIRST) == [("Ana", "ana@a.example", "911111111")]


@pytest.mark.parametrize("told", [("Ana", "ANA@a.example", ""), ("A. Rojas", "", "+56 9 1234 5678"), ("Ana", "", "")])
def test_what_is_known_already_changes_nothing(bring, told):
    bring(row(FIRST, "Ana", "ana@a.example", "912345678"))
    Contact.objects.update(email="Ana@A.example")
    assert (bring(row(FIRST, *told)).left, len(people(FIRST))) == (1, 1)


def test_who_has_neither_is_not_taken_for_somebody_who_has_no_telephone(bring):
    company = make_company(FIRST, "Empresa de antes")
    company.contacts.create(name="Portería")
    bring(row(FIRST, "Ana Ruiz", "ana@a.example"))
    assert people(FIRST) == [("Portería", "", ""), ("Ana Ruiz", "ana@a.example", "")]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL counts how many have the same telephone")
def test_people_are_asked_for_in_their_company(bring):
    """Those without a telephone are most of the country's: SQLite went through all of them for each row."""
    asked: list[tuple[str, Any]] = []
    many = make_company(FIRST + 2, "Con mucha gente, cada una con su teléfono").contacts
    for n in range(40):
        many.create(name=f"Persona {n}", phone_digits=f"9{n:08}")
    sets.count_anew("companies_contact")

    def keep(execute, sql, params, many, context):
        if "companies_contact" in sql and not sql.startswith("DELETE"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        bring(row(FIRST, "Ana Ruiz", "ana@a.example"), row(FIRST + 1, "Luis", "", "+56 9 8765 4321"))
    run = Run.objects.get()
    ways = " ".join(
        way
        for sql, params in asked
        if f"_{run.pk} " in sql and "FROM" in sql
        for *_, way in sets.rows(f"EXPLAIN QUERY PLAN {sql}", params)
    )
    assert "companies_contact_company_id" in ways
    assert "contact_phone" not in ways
    assert "contact_email" not in ways
