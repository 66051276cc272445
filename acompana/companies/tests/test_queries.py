from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from acompana.companies import rules
from acompana.companies.listing import CompanyList
from acompana.companies.models import Company
from acompana.companies.operations import add_contact, register_potential_account, update_characterization
from acompana.companies.permissions import search_scope
from acompana.companies.queries import (
    completeness,
    find_by_rut,
    is_complete,
    likely_duplicates,
    of_status,
    status_of,
    with_status,
)
from acompana.companies.sales_rules import EARLY_SALES
from acompana.companies.search import register_sources
from acompana.companies.tests.conftest import NOW, TODAY, make_company
from acompana.kernel.models import SearchRow
from acompana.kernel.search.engine import find
from acompana.kernel.search.keeping import reindex
from acompana.reference.models import Activity, Country

DATES = (None, date(2020, 5, 5), date(2024, 5, 5), date(2026, 5, 5))


def test_status_in_sql_and_in_python_agree(db):
    for n, (related, last, started, by_officer, kind) in enumerate(
        product((None, TODAY), DATES, (None, date(2010, 1, 1)), (None, TODAY), ("national", "foreign"))
    ):
        make_company(
            f"Empresa {n}",
            related_on=related,
            last_worked_on=last,
            user_until=last and date(last.year, 12, 31),
            former_from=last and rules.years_after(last, 3),
            started_on=started,
            registered_by_officer_on=by_officer,
            kind=kind,
        )
    by_code: dict[str, set[int]] = {}
    for company in with_status(Company.objects.all(), TODAY):
        assert company.status_code == status_of(company, TODAY).code
        by_code.setdefault(company.status_code, set()).add(company.pk)
    assert set(by_code) == set(rules.STATUS_LABELS)
    for code, expected in by_code.items():
        assert {c.pk for c in of_status(Company.objects.all(), code, TODAY)} == expected
    assert not of_status(Company.objects.all(), "nonsense", TODAY).exists()


def test_completeness_in_sql_and_in_python_agree(ana, alto_roble, full_values, carolina):
    def check():
        for company in Company.objects.all():
            listed = Company.objects.filter(is_complete(TODAY), pk=company.pk).exists()
            assert listed == (not completeness(company, TODAY)), company

    check()
    make_company("Banco de Semillas", kind="institution", rut=None)
    foreign = make_company("Foods GmbH", kind="foreign", rut=None, country=Country.objects.get(alpha2="DE"))
    check()
    saved = update_characterization(
        company=alto_roble,
        version=alto_roble.version,
        values=full_values,
        products=[{"description": "Conservas"}],
        activities=[{"activity": Activity.objects.first()}],
        actor=ana,
        now=NOW,
    )
    check()
    add_contact(company=saved, name="Eva", position="Jefa", phone="987654321", email="e@x.example", actor=ana, now=NOW)
    assert completeness(Company.objects.get(pk=saved.pk), TODAY) == []
    check()
    # A file that moved its start after the year of its sales: they are missing, with why (DEF-6).
    began = saved.started_on
    Company.objects.filter(pk=saved.pk).update(started_on=date(saved.commercial_year + 1, 1, 2))
    (missing,) = completeness(Company.objects.get(pk=saved.pk), TODAY)
    assert (missing.field, missing.why) == ("sales_bracket", EARLY_SALES)
    check()
    Company.objects.filter(pk=saved.pk).update(started_on=began)
    foreign.sector, foreign.offer = full_values["sector"], "goods"
    foreign.save()
    add_contact(company=foreign, name="Uwe", email="uwe@x.example", actor=carolina, now=NOW)
    assert completeness(Company.objects.get(pk=foreign.pk), TODAY) == []
    check()


# --- duplicates (EXP-1) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "evidence"),
    [
        ({"name": "Viña Cerro Pardo SpA"}, "Tiene el mismo nombre, salvo la forma jurídica"),
        ({"name": "Viña Cerro Pardo Ltda."}, "Tiene el mismo nombre"),
        ({"name": "VINA CERRO PARDO LTDA"}, "Tiene el mismo nombre, salvo tildes, mayúsculas o signos"),
        ({"name": "cerro pardo viña"}, "Tiene las mismas palabras en otro orden"),
        ({"name": "Cerro Par"}, "Tiene un nombre parecido"),
        ({"name": "Otra", "phone": "56 9 8765-4321"}, "Usa el mismo teléfono"),
        ({"email": "VENTAS@cerropardo.example"}, "Usa el mismo correo"),
        ({"rut": "40.000.001-9"}, "Tiene el mismo RUT"),
    ],
)
def test_the_warning_fires_while_typing(carolina, typed, evidence):
    known = make_company("Viña Cerro Pardo Ltda.", rut="400000019")
    add_contact(
        company=known,
        name="Luis",
        phone="+56 9 8765 4321",
        email="ventas@cerropardo.example",
        actor=carolina,
        now=NOW,
    )
    make_company("Viña Cerro Alto Ltda.")
    found = likely_duplicates(**typed)
    assert [duplicate.company for duplicate in found] == [known]
    assert evidence in found[0].evidence
    assert likely_duplicates(**typed, exclude=known.pk) == []


def test_the_trade_name_counts_too(db):
    known = make_company("Inversiones X Ltda.", trade_name="Mermeladas Ñielol")
    assert [d.company for d in likely_duplicates(name="mermeladas nielol spa")] == [known]


@pytest.mark.parametrize("typed", [{}, {"name": "Via"}, {"name": "SpA"}, {"phone": "123"}, {"name": "Otra cosa"}])
def test_the_warning_is_quiet_otherwise(db, typed):
    make_company("Viña Cerro Pardo Ltda.")
    assert likely_duplicates(**typed) == []


def test_the_warning_costs_the_same_with_many(carolina, django_assert_num_queries):
    for n in range(3):
        company = make_company(f"Frutos Secos {n} SpA")
        add_contact(company=company, name="X", phone="987654321", email="a@b.example", actor=carolina, now=NOW)
    with django_assert_num_queries(6):
        found = likely_duplicates(name="Frutos Secos", phone="987654321", email="a@b.example", rut="41.203.875-4")
    assert len(found) == 3


# --- search -----------------------------------------------------------------------------------------------------


def titles(text, actor, **options):
    scope = search_scope(actor, **options)
    return [result.title for result in find(text, scope=scope).results]


def test_companies_and_contacts_are_found_at_once(carolina, ana, luis, alto_roble):
    make_company("Roble y Raulí S.A.", related_on=None, origin="register")
    assert titles("roble", carolina) == ["Conservas Alto Roble SpA"]
    assert titles("roble", carolina, with_registry=True) == ["Conservas Alto Roble SpA", "Roble y Raulí S.A."]
    assert titles("41.203.875", carolina) == ["Conservas Alto Roble SpA"]
    assert titles("ana roj", carolina) == ["Ana Rojas"]
    assert titles("roble", ana) == ["Conservas Alto Roble SpA"]
    assert titles("roble", luis) == []


def test_reindexing_makes_the_same_rows(carolina, alto_roble):
    register_potential_account(name="Ñ Uno", phone="912345678", actor=carolina, now=NOW, channel="event")

    def rows():
        return sorted(SearchRow.objects.values_list("kind", "object_id", "tier", "mark", "text", "code"))

    before = rows()
    register_sources()
    assert reindex() == {"company": 2, "contact": 2} | {
        kind: count for kind, count in reindex().items() if kind not in ("company", "contact")
    }
    assert rows() == before
    assert titles("nandu", carolina) == []
    assert titles("n uno", carolina) == ["Ñ Uno"]


def test_a_rut_is_found_with_or_without_dots(alto_roble):
    for text in ("41.203.875-4", "412038754", " 41203875-4"):
        assert find_by_rut(text) == alto_roble
    assert find_by_rut("") is None
    other = make_company("Fusionada")
    other.merged_into = alto_roble
    other.save()
    assert find_by_rut(other.rut) == alto_roble


# --- the list of the complete ones -------------------------------------------------------------------------------


def complete_foreign_company(name, actor, sector):
    made = make_company(
        name, kind="foreign", rut=None, country=Country.objects.get(alpha2="DE"), sector=sector, offer="goods"
    )
    add_contact(company=made, name="Uwe", email="uwe@x.example", actor=actor, now=NOW)
    return made


def test_what_stands_with_a_company_is_asked_before_what_hangs_on_it(db):
    """By each row of the registry otherwise: its contacts would be looked up a million times."""
    told = str(Company.objects.filter(is_complete(TODAY)).query)
    assert told.rindex('"women_role" =') < told.index("EXISTS")


def test_the_complete_ones_are_looked_for_once_and_put_in_order(carolina, full_values):
    for name in ("Boldo GmbH", "Alerce GmbH", "Canelo GmbH"):
        complete_foreign_company(name, carolina, full_values["sector"])
    make_company("Aromo SpA")
    listing = CompanyList(QueryDict("completa=si&registro=1"), actor=carolina, today=TODAY)
    assert listing.filters
    with CaptureQueriesContext(connection) as asked:
        page = listing.page
    assert [company.legal_name for company in page.object_list] == ["Alerce GmbH", "Boldo GmbH", "Canelo GmbH"]
    assert page.paginator.count_text == "3 empresas"
    in_order = [sql for query in asked if 'ORDER BY "companies_company"."sort_name"' in (sql := query["sql"])]
    assert len(in_order) == 1
    assert "companies_contact" not in in_order[0]


def test_more_complete_ones_than_are_counted_are_read_in_order(carolina, full_values, monkeypatch):
    monkeypatch.setattr("acompana.companies.listing.COUNTED", 2)
    for name in ("Boldo GmbH", "Alerce GmbH", "Canelo GmbH"):
        complete_foreign_company(name, carolina, full_values["sector"])
    page = CompanyList(QueryDict("completa=si"), actor=carolina, today=TODAY).page
    assert [company.legal_name for company in page.object_list] == ["Alerce GmbH", "Boldo GmbH"]
    assert page.paginator.is_capped
