"""What a run that fills the registry does without is there again when it ends, however it ends."""

from __future__ import annotations

import pytest
from django.db import connection

from acompana.companies.models import Company
from acompana.kernel import sets
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.aside import WRITTEN, bring_references_back, put_aside
from acompana.sources.models import Run, Source
from acompana.sources.operations.running import claim, start_run
from acompana.sources.planning import Plan
from acompana.sources.tests.conftest import NAMES_HEAD, NOW, make_company, name_row
from acompana.sources.working import Work

pytestmark = pytest.mark.django_db
FIRST = 41_880_200


def rules() -> set[tuple[str, str]]:
    """Every index and reference of what an import writes."""
    found = set()
    with connection.cursor() as cursor:
        for table in (*WRITTEN, "kernel_searchrow"):
            constraints = connection.introspection.get_constraints(cursor, table)
            found |= {(table, name if connection.vendor == "postgresql" else str(of["columns"])) for name, of in
                      constraints.items() if of["index"] or of["foreign_key"]}  # fmt: skip
    return found


@pytest.fixture
def begun(write) -> Run:
    """A run of five names that is about to be read."""
    path = write(NAMES_HEAD, *(name_row(FIRST + n, f"EMPRESA {n} SPA") for n in range(5)))
    source = Source.objects.get(slug="sii-nombres")
    run = start_run(source=source, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    return run


def test_a_run_that_fills_the_registry_leaves_every_index_and_reference(begun):
    before = rules()
    work = Work(begun, read_clock=lambda: NOW, many=3)
    missing: list[set[tuple[str, str]]] = []
    work.tell = lambda done, total: missing.append(before - rules()) if begun.state == states.APPLYING else None
    work()
    assert {table for table, _ in missing[0]} >= {"companies_company", "kernel_searchrow"}
    assert ("sources_provenance" in {table for table, _ in missing[0]}) == (connection.vendor == "postgresql")
    assert rules() == before
    begun.refresh_from_db()
    assert (begun.state, begun.put_aside, Company.objects.count()) == ("done", {}, 5)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
            assert cursor.fetchone() == (0,)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's planner begins with the lines of the run anyway")
def test_the_first_stretch_is_counted_before_it_is_indexed(write):
    """The database counts tables by itself, one after the other: where it knows the plan and nothing of the companies,
    it would begin with these and go through the whole stretch for each."""
    path = write(NAMES_HEAD, *(name_row(FIRST + n, f"EMPRESA {n} SPA") for n in range(300)))
    run = start_run(source=Source.objects.get(slug="sii-nombres"), is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    ways: list[str] = []

    def explain(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO kernel_searchrow"):
            sets.count_anew(f"sources_plan_{run.pk}", f"sources_staged_{run.pk}")
            ways.extend(way for (way,) in sets.rows(f"EXPLAIN {sql}", params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        Work(run, read_clock=lambda: NOW, many=3)()
    assert any("Index Cond: (id = p.company_id)" in way for way in ways), ways


def test_where_somebody_works_already_references_stay(begun):
    make_company(FIRST, "Empresa con relación")
    Work(begun, read_clock=lambda: NOW).read()
    before = rules()
    aside = put_aside(Plan(begun), many=3)
    assert aside["references"] == {}
    assert {name for name in aside["company"] if name.startswith("company_related")} == set()
    assert len(rules()) < len(before)


def test_what_the_run_itself_asks_by_stays(begun):
    """For each company that it renames, the index asks who was merged into it."""
    Work(begun, read_clock=lambda: NOW).read()
    assert not {"company_merged_into", "companies_company_rut_key"} & put_aside(Plan(begun), many=3)["company"].keys()


def test_a_small_file_puts_nothing_aside(begun):
    Work(begun, read_clock=lambda: NOW).read()
    assert put_aside(Plan(begun), many=6) == {}


def test_references_are_brought_back_once_however_often_it_is_asked(begun):
    before = rules()
    Work(begun, read_clock=lambda: NOW).read()
    aside = put_aside(Plan(begun), many=3)
    assert bool(aside["references"]) == (connection.vendor == "postgresql")  # SQLite keeps its own where they are
    for _ in range(2):
        bring_references_back(aside)
        assert {table for table, _ in before - rules()} == {"companies_company", "kernel_searchrow", "kernel_change"}
