"""Taking a run back, in sets, and what stays because somebody touched it (EXP-5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.companies.models import Company, CompanyActivity, CompanyPair, Contact, WaitingMatch
from acompana.companies.operations import update_characterization
from acompana.kernel.changes import history_of
from acompana.kernel.models import Change, SearchRow
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import check_digit
from acompana.people.actors import SYSTEM
from acompana.sources.models import Provenance, Run
from acompana.sources.operations import ask_undo, check_can_undo, undo_run
from acompana.sources.operations.taking import take_word
from acompana.sources.tests.conftest import (
    COMPANIES_HEAD,
    NAMES_HEAD,
    NOW,
    company_row,
    make_company,
    name_row,
)
from acompana.sources.what_stays import WhatStays

pytestmark = pytest.mark.django_db
ROBLE, PARDO, NUEVA = 41_203_875, 41_880_114, 42_500_000
EMPRESAS = "sii-empresas"


def take_back(run: Run) -> Run:
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    return undo_run(run, read_clock=lambda: NOW)


def provenance() -> list:
    return list(Provenance.objects.order_by("pk").values("company", "source", "run", "line", "fields", "kept", "said"))


def facts() -> list:
    return [
        list(
            Company.objects.order_by("pk").values("rut", "legal_name", "started_on", "commune", "office", "match_name")
        ),
        list(CompanyActivity.objects.order_by("pk").values()),
        provenance(),
        list(SearchRow.objects.order_by("object_id").values("object_id", "tier", "text", "code")),
    ]


def test_a_whole_run_is_taken_back(write, carry_out):
    make_company(ROBLE, "ALTO ROBLE", related_on=None)
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE LIMITADA", started="")))
    before = facts()
    told = {"Comuna": "ARICA", "Actividad económica": "CULTIVO DE TRIGO"}
    rows = [company_row(ROBLE, "X", **told), *(company_row(NUEVA + n, f"E {n}", **told) for n in range(5))]
    run = carry_out(write(COMPANIES_HEAD, *rows), "sii-empresas")
    assert Company.objects.count() == 6
    assert WhatStays(run).preview() == {"removed": 5, "back": 1, "kept": 0}
    run = take_back(run)
    assert facts() == before
    assert (run.state, run.undone_removed, run.undone_put_back, run.undone_kept) == ("undone", 5, 1, 0)
    undoing = run.change_set.undone_by
    assert dict(undoing.changes.values_list("object_id", "action"))[Company.objects.get().pk] == "updated"
    assert undoing.changes.filter(action="deleted", model="companies.company").count() == 5
    assert undoing.changes.filter(action="deleted", model="companies.companyactivity").count() == 1


def test_what_sources_said_is_as_it_was(write, carry_out):
    """Also of a company whose own data prevailed, and what other sources lost to the run."""
    make_company(PARDO, "Cerro Pardo")
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "ROBLE"), name_row(PARDO, "CERRO PARDO", started="")))
    carry_out(
        write(COMPANIES_HEAD, company_row(ROBLE, **{"Fecha inicio de actividades vige": "03-09-2019"})), EMPRESAS
    )
    before = provenance()
    rows = [name_row(NUEVA, "NUEVA"), name_row(ROBLE, "ROBLE", "04-09-2019"), name_row(PARDO, "PARDO", started="")]
    told = {"Fecha inicio de actividades vige": "04-10-2019", "Número de trabajadores dependie": "5"}
    run = carry_out(write(COMPANIES_HEAD, company_row(ROBLE, **told)), EMPRESAS)
    assert provenance() != before
    take_back(run)
    assert provenance() == before
    run = carry_out(write(NAMES_HEAD, *rows))
    assert (run.created, run.updated, run.kept) == (1, 0, 1)
    assert provenance() != before
    take_back(run)
    assert provenance() == before


def test_a_word_that_somebody_took_since_stays_the_sources(write, carry_out):
    found = make_company(PARDO, "Cerro Pardo")
    run = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO SA", started="")))
    take_word(company=found, source_id=run.source_id, field="legal_name", actor=SYSTEM, now=NOW)
    take_back(run)
    assert (Company.objects.get().legal_name, Provenance.objects.get().kept) == ("CERRO PARDO SA", 0)


def test_what_somebody_touched_since_stays(write, carry_out):
    run = carry_out(write(NAMES_HEAD, *(name_row(NUEVA + n, f"EMPRESA {n}") for n in range(4))))
    edited, related, reached, _ = Company.objects.order_by("pk")
    update_characterization(
        company=edited, version=1, values={"trade_name": "Mía"}, actor=SYSTEM, now=NOW, channel="portal"
    )
    make_company(PARDO, "Otra", merged_into=related)
    contact = Contact.objects.create(company=reached, name="Ana")
    contact.consents.create(purpose="news", given=True, recorded_at=NOW)
    undoing = WhatStays(run)
    assert undoing.preview() == {"removed": 1, "back": 0, "kept": 3}
    assert {pk for pk, _ in undoing.staying(20)} == {edited.pk, related.pk, reached.pk}
    assert len(undoing.staying(2)) == 2
    run = take_back(run)
    assert (run.undone_removed, run.undone_kept) == (1, 3)
    undone = WhatStays(run)
    assert {pk for pk, _ in undone.stayed(20)} == {edited.pk, related.pk, reached.pk}
    assert len(undone.stayed(2)) == 2
    assert set(Company.objects.filter(merged_into=None)) == {edited, related, reached}


def test_of_those_that_it_changed_the_ones_that_stayed_are_told(write, carry_out):
    back, touched = (make_company(n, f"EMPRESA {n}", related_on=None) for n in (ROBLE, PARDO))
    run = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE"), name_row(PARDO, "CERRO PARDO")))
    touched.refresh_from_db()
    update_characterization(
        company=touched, version=touched.version, values={"trade_name": "Mía"}, actor=SYSTEM, now=NOW, channel="portal"
    )
    run = take_back(run)
    assert (run.undone_put_back, run.undone_kept) == (1, 1)
    assert WhatStays(run).stayed(20) == [(touched.pk, "Mía")]
    assert [[turn.undone for turn in history_of(company)] for company in (back, touched)] == [
        [False, True],
        [False] * 2,
    ]
    back.refresh_from_db()
    assert back.legal_name == f"EMPRESA {ROBLE}"


def test_what_the_system_itself_keeps_of_a_company_is_nobodys_work(write, carry_out):
    """A likely pair that nobody decided, a company that waits to be compared, a look at the record."""
    run = carry_out(write(NAMES_HEAD, *(name_row(NUEVA + n, f"EMPRESA {n}") for n in range(2))))
    first, second = Company.objects.order_by("pk")
    CompanyPair.objects.create(first=first, second=second, found_at=NOW, seen_at=NOW)
    assert WaitingMatch.objects.filter(company=first).exists()
    assert take_back(run).undone_removed == 2
    assert not Company.objects.exists()


def test_a_pair_that_somebody_decided_keeps_both(write, carry_out):
    run = carry_out(write(NAMES_HEAD, *(name_row(NUEVA + n, f"EMPRESA {n}") for n in range(2))))
    first, second = Company.objects.order_by("pk")
    CompanyPair.objects.create(
        first=first, second=second, found_at=NOW, seen_at=NOW, state="rejected", reason="Otra", decided_at=NOW
    )
    assert take_back(run).undone_kept == 2


def test_the_same_file_can_come_again_after_an_undoing(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    take_back(carry_out(path))
    assert not Company.objects.exists()
    assert carry_out(path).created == 1


def test_runs_of_few_rows_are_taken_back_one_after_the_other(write, carry_out):
    first = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ROBLE"), name_row(PARDO, "PARDO")))
    second = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE"), name="otra.txt"))
    first.refresh_from_db()
    take_back(second)
    assert Company.objects.get(rut=f"{ROBLE}{check_digit(ROBLE)}").legal_name == "ROBLE"
    take_back(first)
    assert (first.undone_removed, first.undone_kept) == (2, 0)
    assert not Company.objects.exists()


def test_values_that_several_runs_wrote_come_back_one_after_the_other(write, carry_out):
    company = make_company(ROBLE, "CERO", related_on=None)
    runs = [carry_out(write(NAMES_HEAD, name_row(ROBLE, name), name=f"{name}.txt")) for name in ("UNO", "DOS", "TRES")]
    names = []
    for run in reversed(runs):
        run.refresh_from_db()
        undoing = WhatStays(run)
        assert (undoing.preview(), undoing.staying(20)) == ({"removed": 0, "back": 1, "kept": 0}, [])
        assert take_back(run).undone_put_back == 1
        company.refresh_from_db()
        names.append(company.legal_name)
    assert names == ["DOS", "UNO", "CERO"]


def test_what_another_run_changed_since_stays_until_that_one_is_taken_back(write, carry_out):
    company = make_company(ROBLE, "CERO", related_on=None)
    first = carry_out(write(NAMES_HEAD, name_row(ROBLE, "UNO")))
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "DOS"), name="otra.txt"))
    first.refresh_from_db()
    assert WhatStays(first).staying(20) == [(company.pk, "DOS")]
    assert take_back(first).undone_kept == 1
    company.refresh_from_db()
    assert company.legal_name == "DOS"


def test_it_can_be_undone_up_to_the_point_that_the_page_names(write, carry_out, no_room):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    first = carry_out(path)
    check_can_undo(first, NOW + timedelta(days=29))
    with pytest.raises(Refused, match="30 días"):
        check_can_undo(first, NOW + timedelta(days=31))
    carry_out(path, trial=True)
    first.refresh_from_db()
    check_can_undo(first, NOW)
    carry_out(path)  # changes nothing, and takes nothing away
    first.refresh_from_db()
    check_can_undo(first, NOW)
    newer = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE")))
    first.refresh_from_db()
    with pytest.raises(Refused, match=f"la nº {newer.pk}, del 16-09-2026, cambió datos después"):
        check_can_undo(first, NOW)


def test_a_trial_and_a_run_that_works_have_nothing_to_undo(write, carry_out):
    trial = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ROBLE")), trial=True)
    with pytest.raises(Refused, match="no cambia nada"):
        check_can_undo(trial, NOW)


def test_it_is_undone_once(write, carry_out):
    run = take_back(carry_out(write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))))
    with pytest.raises(Refused, match="ya se deshizo"):
        ask_undo(run=run, actor=SYSTEM, now=NOW)
    assert Change.objects.filter(action="deleted").count() == 1
