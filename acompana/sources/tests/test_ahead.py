"""A stretch that was planned before the one in front of it was applied counts as it is when its turn comes."""

from __future__ import annotations

import pytest
from django.db import connection

from acompana.companies.models import Company
from acompana.companies.operations.facts import relate_company
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.mapping import SourceMapping
from acompana.sources.models import Run, Source
from acompana.sources.operations.running import claim, start_run
from acompana.sources.planning import Plan
from acompana.sources.tests.conftest import NAMES_HEAD, NOW, make_company, name_row
from acompana.sources.working import Work

pytestmark = pytest.mark.django_db
FIRST = 41_880_400


def begin(path, source: str = "sii-nombres") -> Work:
    """A run that is about to apply its first stretch, with that one planned ahead."""
    run = start_run(source=Source.objects.get(slug=source), is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    work = Work(Run.objects.get(pk=run.pk), read_clock=lambda: NOW, stretch=3)
    work.read()
    work._begin_applying()
    return work


def plan_ahead(work: Work) -> None:
    work.ahead.ask(0, 3)
    assert work.ahead.do()


@pytest.fixture
def judged(monkeypatch) -> list[tuple[int, int]]:
    """The stretches that are planned from now on."""
    found: list[tuple[int, int]] = []
    judge = Plan.judge

    def note(self, after: int, upto: int, *, only_looking: bool) -> None:
        found.append((after, upto))
        judge(self, after, upto, only_looking=only_looking)

    monkeypatch.setattr(Plan, "judge", note)
    return found


def names(*numbers: int) -> list[str]:
    return [name_row(FIRST + n, f"EMPRESA {n} SPA") for n in numbers]


def test_what_was_planned_is_not_planned_again(write, judged):
    work = begin(write(NAMES_HEAD, *names(1, 2, 3, 4)))
    plan_ahead(work)
    del judged[:]
    work()
    assert (3, 4) in judged
    assert (0, 3) not in judged
    assert (work.run.state, Company.objects.count()) == (states.DONE, 4)


def test_a_company_that_somebody_registered_since_is_not_made_twice(write):
    work = begin(write(NAMES_HEAD, *names(1, 2, 3, 4)))
    plan_ahead(work)
    by_hand = make_company(FIRST + 2, "De la mano de alguien")
    work()
    work.run.refresh_from_db()
    assert (work.run.created, work.run.kept, Company.objects.count()) == (3, 1, 4)
    by_hand.refresh_from_db()
    assert by_hand.legal_name == "De la mano de alguien"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="where there is one writer nobody plans ahead")
def test_a_company_that_somebody_changed_since_is_planned_anew(write):
    companies = [make_company(FIRST + n, f"Empresa {n}", related_on=None) for n in (1, 2, 3)]
    work = begin(write(NAMES_HEAD, *names(1, 2, 3, 4)))
    plan_ahead(work)
    relate_company(company=companies[1], actor=SYSTEM, now=NOW, channel="desk")
    work()
    work.run.refresh_from_db()
    companies[1].refresh_from_db()
    assert companies[1].legal_name == "Empresa 2"  # of a company with a relation the agency keeps its own
    assert work.run.kept == 1


def test_a_stretch_that_nobody_came_to_plan_is_planned_where_it_is_needed(write, judged):
    work = begin(write(NAMES_HEAD, *names(1, 2, 3)))
    work.ahead.ask(0, 3)
    work()
    assert (0, 3) in judged
    assert not work.ahead.do()
    assert Company.objects.count() == 3


def test_of_a_file_with_several_rows_of_one_company_nothing_is_planned_ahead(write):
    work = begin(write(NAMES_HEAD, *names(1)))
    work.ahead.plan.mapping = SourceMapping.of(Source.objects.get(slug="sii-actividades").mapping)
    work.ahead.ask(0, 1)
    assert not work.ahead.do()
