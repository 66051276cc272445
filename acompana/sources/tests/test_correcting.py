"""A source may correct what it brought, also where the agency has a relation; never what a person did (ADR 11)."""

from __future__ import annotations

import pytest

from acompana.companies.models import Company
from acompana.companies.operations import add_contact, update_characterization
from acompana.kernel.rut import check_digit
from acompana.people.actors import SYSTEM
from acompana.sources.models import Provenance, Source
from acompana.sources.operations import ask_undo, undo_run
from acompana.sources.report import Report
from acompana.sources.tests.conftest import NOW, make_company

pytestmark = pytest.mark.django_db
ROBLE = 41_203_875


@pytest.fixture
def say(write, carry_out):
    """Another run of one of two sources of the agency."""
    columns = ("RUT", "rut"), ("Nombre", "legal_name"), ("Trabajadores", "workers"), ("Comuna", "commune")
    told = [{"column": column, "field": field} for column, field in columns]
    for slug in ("una", "otra"):
        Source.objects.create(slug=slug, name=slug, mapping={"columns": told})

    def say(source: str, name: str = "", workers: str = "", commune: str = "", *, trial: bool = False):
        row = f"{ROBLE}-{check_digit(ROBLE)};{name};{workers};{commune}"
        return carry_out(write("RUT;Nombre;Trabajadores;Comuna", row, name=f"{source}.csv"), source, trial=trial)

    return say


def company() -> Company:
    return Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}")


def facts() -> tuple:
    found = company()
    return found.legal_name, found.workers, found.commune and found.commune.name


def test_a_source_corrects_what_it_brought(say):
    say("una", "Alto Roble", "5", "Arica")
    assert company().related_on is not None
    trial = say("una", "Alto Roble SpA", "7", "Putre", trial=True)
    [row] = Report(trial).rows()
    assert (row.verb, row.kept) == ("Actualizar", ())
    run = say("una", "Alto Roble SpA", "7", "Putre")
    assert (run.updated, run.kept, facts()) == (1, 0, ("Alto Roble SpA", 7, "Putre"))
    assert (say("una", "Alto Roble SpA", "7", "Putre").left, company().version) == (1, 2)


def test_what_it_filled_it_corrects_and_the_others_word_it_leaves(say):
    say("una", "Alto Roble")
    say("otra", "Alto Roble", "5")
    run = say("otra", "Otro nombre", "7")
    assert facts() == ("Alto Roble", 7, None)
    assert (run.kept, Provenance.objects.get(source__slug="otra").said) == (1, {"legal_name": "Otro nombre"})
    assert say("una", "Roble Alto", "9").kept == 1
    assert facts() == ("Roble Alto", 7, None)


def test_where_a_person_did_something_since_it_is_theirs(say):
    say("una", "Alto Roble", "5")
    add_contact(company=company(), name="Ana", actor=SYSTEM, now=NOW)
    assert (say("una", "Alto Roble", "7").kept, facts()[1]) == (1, 5)


def test_what_a_person_wrote_is_theirs_also_where_the_source_agreed_later(say):
    say("una", "Alto Roble")
    update_characterization(company=company(), version=1, values={"workers": 5}, actor=SYSTEM, now=NOW)
    say("una", "Alto Roble", "5")
    assert (say("una", "Alto Roble", "7").kept, facts()[1]) == (1, 5)


def test_what_it_filled_after_a_person_it_may_correct(say):
    say("una", "Alto Roble")
    update_characterization(company=company(), version=1, values={"website": "https://a.cl"}, actor=SYSTEM, now=NOW)
    say("una", "", "5")
    assert (say("una", "Roble", "7").kept, facts()) == (1, ("Alto Roble", 7, None))


def test_of_a_company_whose_history_is_unknown_nothing_is_its_own(say):
    make_company(ROBLE, "Alto Roble", workers=5)
    say("una", "Alto Roble", "5")
    assert (say("una", "Alto Roble", "7").kept, facts()[1]) == (1, 5)


def test_after_an_undoing_what_it_brought_before_is_its_own_again(say):
    say("una", "Alto Roble", "5")
    bad = say("una", "Alto Roble", "70")
    ask_undo(run=bad, actor=SYSTEM, now=NOW)
    undo_run(bad, read_clock=lambda: NOW)
    assert (facts()[1], say("una", "Alto Roble", "7").updated, facts()[1]) == (5, 1, 7)
