"""What an import does to the registry (FMT-1, EXP-2, DEF-7)."""

from __future__ import annotations

from datetime import date

import pytest

from acompana.companies.models import Company, CompanyActivity, WaitingMatch
from acompana.companies.operations import update_characterization
from acompana.companies.permissions import search_scope
from acompana.companies.queries import status_of
from acompana.companies.rules import match_key
from acompana.kernel.changes import history_of
from acompana.kernel.models import Change, ChangeSet, SearchRow
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import check_digit
from acompana.kernel.search.engine import find
from acompana.kernel.search.keeping import reindex
from acompana.people.actors import SYSTEM
from acompana.reference.models import Activity, Region
from acompana.sources.fields import BY_NAME
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.report import Report
from acompana.sources.tests.conftest import (
    COMPANIES_HEAD,
    NAMES_HEAD,
    NOW,
    company_row,
    counts,
    make_company,
    name_row,
)

pytestmark = pytest.mark.django_db
ROBLE, PARDO, NUEVA = 41_203_875, 41_880_114, 42_500_000
ACTIVITIES_HEAD = "RUT\tDV\tCODIGO ACTIVIDAD\tDESC. ACTIVIDAD ECONOMICA\tFECHA\tAFECTA A IVA\tCATEGORIA TRIBUTARIA"


def company(number: int) -> Company:
    return Company.objects.get(rut=f"{number}{check_digit(number)}")


# --- what it makes ----------------------------------------------------------------------------------------------


def test_what_a_register_brings_is_registry_only_and_found(write, carry_out):
    run = carry_out(
        write(NAMES_HEAD, name_row(ROBLE, "CONSERVAS ALTO ROBLE SPA"), name_row(PARDO, "Viña Ñandú Ltda."))
    )
    assert counts(run) == (2, 0, 0, 0)
    made = company(PARDO)
    assert (made.legal_name, made.match_name) == ("Viña Ñandú Ltda.", match_key("Viña Ñandú Ltda."))
    assert (made.related_on, made.origin, made.version, made.kind) == (None, "register", 1, "national")
    assert made.started_on == date(2019, 9, 3)
    assert status_of(made, NOW.date()).code == "registry"
    change = Change.objects.get(object_id=made.pk)
    assert (change.action, change.source, change.before, change.after) == ("created", "sii-nombres", None, None)
    told = Provenance.objects.get(company=made)
    assert (told.source.slug, told.line, told.run_id, told.kept) == ("sii-nombres", 2, run.pk, 0)


def test_what_came_is_to_be_compared_and_what_stayed_is_not(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE"), name_row(PARDO, "CERRO PARDO"))
    carry_out(path)
    assert WaitingMatch.objects.count() == 2
    WaitingMatch.objects.all().delete()
    carry_out(path)
    assert not WaitingMatch.objects.exists()
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA"), name_row(PARDO, "CERRO PARDO")))
    assert [waiting.company_id for waiting in WaitingMatch.objects.all()] == [company(ROBLE).pk]


def test_the_search_index_is_what_a_whole_one_would_be(write, carry_out):
    carry_out(write(NAMES_HEAD, *(name_row(NUEVA + n, f"Viña Ñandú & Hnos. Nº {n}") for n in range(30))))
    rows = list(SearchRow.objects.order_by("object_id").values("kind", "object_id", "tier", "mark", "text", "code"))
    reindex(["company"])
    again = SearchRow.objects.order_by("object_id").values("kind", "object_id", "tier", "mark", "text", "code")
    assert rows == list(again)
    scope = search_scope(SYSTEM)
    assert find("nandu", scope=scope).count == 0  # SYSTEM is no member of staff: nothing may be found by it


def test_the_three_files_fill_one_company(write, carry_out):
    wheat = Activity.objects.get(code="011101")
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA", started="")))
    run = carry_out(
        write(
            COMPANIES_HEAD,
            company_row(
                ROBLE,
                "ALTO ROBLE",
                **{
                    "Tramo según ventas": "5",
                    "Número de trabajadores dependie": "12",
                    "Fecha inicio de actividades vige": "2019-09-03",
                    "Actividad económica": "CULTIVO DE TRIGO",
                    "Región": "V REGION VALPARAISO",
                    "Comuna": "LLAY-LLAY",
                },
            ),
            name="e.txt",
        ),
        "sii-empresas",
    )
    assert counts(run) == (0, 1, 0, 0)
    found = company(ROBLE)
    assert (found.legal_name, found.commune.name, found.region.code) == ("ALTO ROBLE SPA", "Llaillay", "05")
    assert (found.sales_bracket.number, found.workers, found.commercial_year) == (5, 12, 2025)
    assert found.office.region_id == found.region_id
    assert found.version == 2
    main = CompanyActivity.objects.get(company=found)
    assert (main.activity_id, main.is_main) == (wheat.pk, True)
    lines = [f"{ROBLE}\t{check_digit(ROBLE)}\t{code}\tX\t03-09-2019\tS\t1" for code in ("11101", "11102", "999999")]
    run = carry_out(write(ACTIVITIES_HEAD, *lines, name="a.txt"), "sii-actividades")
    assert counts(run) == (0, 2, 0, 1)
    assert set(found.activities.values_list("activity__code", "is_main")) == {("011101", True), ("011102", False)}
    history = Change.objects.filter(record_id=found.pk).order_by("id").values_list("action", "model")
    assert list(history) == [
        ("created", "companies.company"),
        ("updated", "companies.company"),
        ("created", "companies.companyactivity"),
        ("updated", "companies.company"),
        ("created", "companies.companyactivity"),
    ]
    told = [line.became for turn in history_of(found) for line in turn.lines if not line.was]
    assert not [words for words in told if "(sii-" in words]  # each turn's title says the source by its name


def test_regions_that_were_split_are_told_by_the_commune(write, carry_out):
    rows = [
        company_row(NUEVA, "A", **{"Región": "I REGION DE TARAPACA", "Comuna": "ARICA"}),
        company_row(NUEVA + 1, "B", **{"Región": "X REGION LOS LAGOS", "Comuna": "VALDIVIA"}),
        company_row(NUEVA + 2, "C", **{"Región": "VIII REGION DEL BIO BIO", "Comuna": "CHILLAN"}),
        company_row(NUEVA + 3, "D", **{"Región": "XIII REGION METROPOLITANA", "Comuna": "NUNOA"}),
        company_row(NUEVA + 4, "E", **{"Región": "XIII REGION METROPOLITANA", "Comuna": "NO EXISTE"}),
    ]
    run = carry_out(write(COMPANIES_HEAD, *rows), "sii-empresas")
    assert [row.notes for row in Report(run).rows()] == [""] * 4 + ["comuna desconocida: «NO EXISTE»"]
    codes = Company.objects.order_by("rut").values_list("region__code", flat=True)
    assert list(codes) == ["15", "14", "16", "13", "13"]


# --- again ------------------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(write, carry_out):
    path = write(
        COMPANIES_HEAD,
        *(
            company_row(NUEVA + n, f"EMPRESA {n}", **{"Comuna": "ARICA", "Actividad económica": "CULTIVO DE MAÍZ"})
            for n in range(20)
        ),
    )
    carry_out(path, "sii-empresas")

    def state() -> list:
        return [
            list(Company.objects.order_by("pk").values()),
            list(CompanyActivity.objects.order_by("pk").values()),
            list(Provenance.objects.order_by("pk").values()),
            list(SearchRow.objects.order_by("pk").values()),
            list(Change.objects.order_by("pk").values()),
        ]

    before = state()
    run = carry_out(path, "sii-empresas")
    assert counts(run) == (0, 0, 20, 0)
    assert state() == before


def test_a_newer_file_changes_what_differs_and_keeps_its_history(write, carry_out):
    carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE LIMITADA"), name_row(PARDO, "CERRO PARDO SA")))
    run = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA"), name_row(PARDO, "CERRO PARDO SA")))
    assert counts(run) == (0, 1, 1, 0)
    change = Change.objects.get(action="updated")
    assert (change.before, change.after) == ({"legal_name": "ALTO ROBLE LIMITADA"}, {"legal_name": "ALTO ROBLE SPA"})
    assert change.change_set.kind == "import"
    assert company(ROBLE).match_name == match_key("ALTO ROBLE SPA")
    assert SearchRow.objects.get(object_id=company(ROBLE).pk).text == " alto roble spa"
    assert company(PARDO).version == 1


def test_an_older_year_never_overwrites_a_newer_one(write, carry_out):
    told = {"Tramo según ventas": "5", "Número de trabajadores dependie": "12"}
    path = write(COMPANIES_HEAD, company_row(ROBLE, "X", year=2025, **told))
    carry_out(path, "sii-empresas")
    older = company_row(ROBLE, "X", year=2023, **{"Tramo según ventas": "2", "Número de trabajadores dependie": "1"})
    run = carry_out(write(COMPANIES_HEAD, older), "sii-empresas")
    assert counts(run) == (0, 0, 1, 0)
    assert Report(run).rows()[0].reason == "El registro ya tiene un año comercial más nuevo."
    assert (company(ROBLE).workers, company(ROBLE).commercial_year) == (12, 2025)


@pytest.mark.parametrize("is_related", [False, True])
def test_an_older_year_fills_what_is_empty_and_overwrites_no_other_fact(write, carry_out, is_related):
    newer = company_row(ROBLE, "X", year=2023, **{"Comuna": "LLAILLAY", "Número de trabajadores dependie": "9"})
    carry_out(write(COMPANIES_HEAD, newer), "sii-empresas")
    Company.objects.update(related_on=NOW.date() if is_related else None)
    before = Provenance.objects.values("run_id", "fields", "kept").get()
    told = {"Comuna": "ARICA", "Tramo según ventas": "2", "Número de trabajadores dependie": "1"}
    run = carry_out(write(COMPANIES_HEAD, company_row(ROBLE, "X", year=2021, **told)), "sii-empresas")
    assert (counts(run), run.kept) == ((0, 0, 1, 0), 0)
    found = company(ROBLE)
    assert (found.commune.name, found.office.region_id, found.workers) == ("Llaillay", found.region_id, 9)
    assert found.sales_bracket is None  # of another year than the company's
    assert Provenance.objects.values("run_id", "fields", "kept").get() == before
    told["Fecha inicio de actividades vige"] = "03-09-2019"
    run = carry_out(write(COMPANIES_HEAD, company_row(ROBLE, "X", year=2021, **told)), "sii-empresas")
    [row] = Report(run).rows()
    assert row.reason == "El registro ya tiene un año comercial más nuevo."
    assert [change.label for change in row.changes] == ["Inicio de actividades"]
    found = company(ROBLE)
    assert (found.commune.name, str(found.started_on)) == ("Llaillay", "2019-09-03")
    assert Provenance.objects.get().fields == before["fields"] | BY_NAME["started_on"].bit


def test_of_several_rows_of_one_rut_the_newest_year_counts(write, carry_out):
    rows = [
        company_row(ROBLE, "X", year=year, **{"Número de trabajadores dependie": str(workers)})
        for year, workers in ((2023, 3), (2025, 5), (2024, 4))
    ]
    run = carry_out(write(COMPANIES_HEAD, *rows), "sii-empresas")
    assert counts(run) == (1, 0, 2, 0)
    assert company(ROBLE).workers == 5


# --- precedence -------------------------------------------------------------------------------------------------


def test_what_the_agency_has_is_kept_and_what_is_empty_is_filled(write, carry_out):
    make_company(ROBLE, "Conservas Alto Roble", version=4)
    run = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA")))
    found = company(ROBLE)
    assert counts(run) == (0, 1, 0, 0)
    assert (found.legal_name, found.started_on, found.version) == ("Conservas Alto Roble", date(2019, 9, 3), 5)
    told = Provenance.objects.get(company=found)
    assert told.said == {"legal_name": "ALTO ROBLE SPA"}
    assert run.kept == 1
    row = Report(run).rows()[0]
    assert [(c.label, c.was, c.becomes) for c in row.changes] == [("Inicio de actividades", "", "03-09-2019")]
    assert [(c.label, c.was, c.becomes) for c in row.kept] == [
        ("Razón social", "Conservas Alto Roble", "ALTO ROBLE SPA")
    ]


def test_a_company_of_the_register_that_somebody_edited_is_theirs(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA"))
    carry_out(path)
    found = company(ROBLE)
    update_characterization(
        company=found, version=1, values={"legal_name": "Alto Roble"}, actor=SYSTEM, now=NOW, channel="portal"
    )
    run = carry_out(path)
    assert counts(run) == (0, 0, 1, 0)
    assert company(ROBLE).legal_name == "Alto Roble"
    assert Report(run).rows()[0].reason.startswith("La agencia tiene otro dato")


def test_a_merged_company_stays_as_it_is(write, carry_out):
    canonical = make_company(PARDO, "Cerro Pardo")
    make_company(ROBLE, "Alto Roble", merged_into=canonical)
    run = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE SPA")))
    assert counts(run) == (0, 0, 1, 0)
    assert company(PARDO).version == 1


def test_a_source_of_the_agency_relates_what_it_brings(write, carry_out):
    Source.objects.create(
        slug="talleres",
        name="Talleres",
        mapping={
            "columns": [
                {"column": "Rut", "field": "rut"},
                {"column": "Empresa", "field": "legal_name"},
                {"column": "Contacto", "field": "contact_name"},
                {"column": "Correo", "field": "contact_email"},
            ]
        },
    )
    carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO SPA")))
    path = write(
        "Rut;Empresa;Contacto;Correo",
        f"{ROBLE}-{check_digit(ROBLE)};Alto Roble;Ana Rojas;Ana@AltoRoble.example",
        f"{PARDO}-{check_digit(PARDO)};Cerro Pardo SpA;Luis Tapia;",
        name="talleres.csv",
        encoding="latin-1",
    )
    run = carry_out(path, "talleres")
    assert counts(run) == (1, 1, 0, 0)
    assert (company(ROBLE).related_on, company(ROBLE).origin) == (NOW.date(), "other")
    assert company(PARDO).related_on == NOW.date()
    contact = company(ROBLE).contacts.get()
    assert (contact.name, contact.email, contact.is_main) == ("Ana Rojas", "ana@altoroble.example", True)
    assert SearchRow.objects.get(kind="company", object_id=company(PARDO).pk).tier == 0
    assert counts(carry_out(path, "talleres")) == (0, 0, 2, 0)
    assert company(ROBLE).contacts.count() == 1


# --- trials -----------------------------------------------------------------------------------------------------


def test_a_trial_says_what_it_would_do_and_does_nothing(write, carry_out):
    make_company(ROBLE, "Conservas Alto Roble")
    path = write(
        NAMES_HEAD,
        name_row(ROBLE, "ALTO ROBLE SPA"),
        name_row(PARDO, "CERRO PARDO SPA"),
        name_row(NUEVA, ""),
        "41880115\t0\t12\tMAL DÍGITO\t\t",
    )
    before = list(Company.objects.values())
    run = carry_out(path, trial=True)
    assert (run.state, counts(run)) == ("tried", (1, 1, 0, 2))
    assert list(Company.objects.values()) == before
    assert not ChangeSet.objects.filter(kind="import").exists()
    assert not Provenance.objects.exists()
    rows = Report(run).rows()
    assert [row.verb for row in rows] == ["Actualizar", "Crear", "Rechazar", "Rechazar"]
    assert [(c.label, c.becomes) for c in rows[1].changes] == [
        ("Razón social", "CERRO PARDO SPA"),
        ("Inicio de actividades", "03-09-2019"),
    ]
    assert rows[2].reason == "No está en el registro y la fila no trae su nombre."
    assert "no corresponde" in rows[3].reason
    assert counts(carry_out(path))[:2] == (1, 1)


def test_the_rejected_come_back_with_their_own_columns_and_why(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"), "41880115\t0\t12\t=CMD()\t\t", "corta")
    run = carry_out(path, trial=True)
    heads, lines = Report(run).rejected()
    assert heads == ["Fila", "Por qué se rechazó", *NAMES_HEAD.split("\t")]
    rows = list(lines)
    assert [row[0] for row in rows] == ["2", "3"]
    assert rows[0][2:] == ["41880115", "0", "12", "=CMD()", "", ""]
    assert "trae 1 columna " in rows[1][1]


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_told_in_a_fixed_number_of_queries(write, carry_out, django_assert_num_queries, count):
    rows = [company_row(NUEVA + n, f"E {n}", **{"Comuna": "ARICA", "Tramo según ventas": "5"}) for n in range(count)]
    run = carry_out(write(COMPANIES_HEAD, *rows), "sii-empresas", trial=True)
    report = Report(run)
    with django_assert_num_queries(4):  # the rows; regions, communes and brackets by name
        assert len(report.rows()) == count


# --- what is wrong with a file ----------------------------------------------------------------------------------


def test_a_file_without_its_columns_is_refused_before_anything(write, carry_out):
    with pytest.raises(Refused, match="«RAZON_SOCIAL»"):
        carry_out(write("RUT\tDV\tCOD_SUBTIPO\tFECHA_INICIO_VIG\tFECHA_TG_VIG", "1\t9\t1\t\t"))
    assert not Run.objects.exists()


def test_shifted_columns_stop_the_run_with_a_sentence(write, carry_out):
    rows = [f"X\t{NUEVA + n}\t{check_digit(NUEVA + n)}\tEMPRESA {n}\t\t" for n in range(5)]
    run = carry_out(write(NAMES_HEAD, *rows))
    assert run.state == "failed"
    assert run.trouble.startswith("Las columnas están corridas: los RUT vienen en «DV» y no en «RUT».")
    assert not Company.objects.exists()


def test_a_region_without_an_office_of_its_own_does_not_stop_anything(write, carry_out):
    region = Region.objects.get(code="15")
    carry_out(write(COMPANIES_HEAD, company_row(NUEVA, "A", Comuna="ARICA")), "sii-empresas")
    assert company(NUEVA).region == region
