"""A file of activities has several rows of one company: together they say its tax category, and begin one relation."""

from __future__ import annotations

from datetime import date

import pytest

from acompana.kernel.models import Change
from acompana.people.actors import SYSTEM
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.operations import ask_undo, undo_run
from acompana.sources.operations.running import claim, start_run
from acompana.sources.queries import words_of_sources
from acompana.sources.tests.conftest import NOW, check_digit, counts, make_company
from acompana.sources.working import Work

pytestmark = pytest.mark.django_db
ROBLE = 41_203_875
HEAD = "RUT\tDV\tCODIGO ACTIVIDAD\tDESC. ACTIVIDAD ECONOMICA\tFECHA\tAFECTA A IVA\tCATEGORIA TRIBUTARIA"
CODES = ("11101", "11102", "110200")


def rows(*categories: str) -> list[str]:
    return [
        f"{ROBLE}\t{check_digit(ROBLE)}\t{code}\tX\t01-01-2019\tSI\t{category}"
        for code, category in zip(CODES, categories, strict=True)
    ]


def told() -> list[tuple[str, str]]:
    return list(Change.objects.order_by("id").values_list("action", "model"))


def take_back(run: Run) -> Run:
    run.refresh_from_db()
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    return undo_run(run, read_clock=lambda: NOW)


@pytest.fixture
def own() -> str:
    """A source of the agency's own that is read as the tax service's activities are."""
    source = Source.objects.get(slug="sii-actividades")
    source.pk, source.slug, source.name, source.is_register = None, "propias", "Actividades propias", False
    source.save()
    return source.slug


@pytest.mark.parametrize(
    ("categories", "found"),
    [(("2", "1", ""), "first"), (("", "2", "2"), "second"), (("Primera", "", "segunda"), "first"), (("", "", ""), "")],
)
def test_one_activity_in_the_first_category_puts_the_company_there(write, carry_out, categories, found):
    company = make_company(ROBLE, "ROBLE", related_on=None)
    path = write(HEAD, *rows(*categories), name="a.txt")
    run = carry_out(path, "sii-actividades")
    company.refresh_from_db()
    assert (company.tax_category, company.activities.count(), counts(run)) == (found, 3, (0, 3, 0, 0))
    assert told().count(("updated", "companies.company")) == (1 if found else 0)
    if found:
        [value] = [c for c in words_of_sources(company)[0] if c.label == "Categoría tributaria"]
        assert value.run == run
    before, known = told(), list(Provenance.objects.values())
    assert counts(carry_out(path, "sii-actividades")) == (0, 0, 3, 0)
    assert (told(), list(Provenance.objects.values())) == (before, known)
    assert take_back(run).undone_kept == 0
    company.refresh_from_db()
    assert (company.tax_category, company.activities.count()) == ("", 0)


@pytest.mark.parametrize("stretch", [1, 2, 20])
def test_a_file_of_our_own_begins_the_relation_once(write, own, stretch):
    company = make_company(ROBLE, "ROBLE", related_on=None)
    path = write(HEAD, *rows("1", "1", "2"), name="a.txt")
    run = start_run(source=Source.objects.get(slug=own), is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    Work(run, read_clock=lambda: NOW, stretch=stretch)()
    run.refresh_from_db()
    company.refresh_from_db()
    assert (company.related_on, company.tax_category, counts(run)) == (NOW.date(), "first", (0, 3, 0, 0))
    assert told().count(("updated", "companies.company")) == 1
    undone = take_back(run)
    company.refresh_from_db()
    assert (company.related_on, company.tax_category, company.activities.count()) == (None, "", 0)
    assert (undone.undone_removed, undone.undone_put_back, undone.undone_kept) == (0, 3, 0)


def test_what_the_agency_has_otherwise_stays_and_is_told_once(write, carry_out):
    company = make_company(ROBLE, "ROBLE", tax_category="second", related_on=date(2026, 1, 1))
    path = write(HEAD, *rows("1", "1", "1"), name="a.txt")
    run = carry_out(path, "sii-actividades")
    company.refresh_from_db()
    assert (company.tax_category, run.kept) == ("second", 1)
    assert Provenance.objects.get().said == {"tax_category": "first"}
    assert counts(carry_out(path, "sii-actividades")) == (0, 0, 3, 0)
    assert Provenance.objects.get().said == {"tax_category": "first"}
