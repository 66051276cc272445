"""The rows of a run in words: whose they are, and what they would change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.companies.models import Company
from acompana.companies.operations import update_characterization
from acompana.companies.tests.conftest import make_staff
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.people.rules import CENTRAL_CODE
from acompana.reference.models import Commune
from acompana.sources import report
from acompana.sources.jobs import tidy
from acompana.sources.models import Run
from acompana.sources.operations import ask_undo, start_run, undo_run
from acompana.sources.operations.running import forget_rows
from acompana.sources.report import Report
from acompana.sources.tests.conftest import COMPANIES_HEAD, NAMES_HEAD, NOW, company_row, make_company, name_row

pytestmark = pytest.mark.django_db
ROBLE, PARDO = 41_203_875, 41_880_114


@pytest.fixture
def page(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    rosa = make_staff("Rosa", "Soto", CENTRAL_CODE, "administrator").person
    client.force_login(rosa, backend="acompana.people.backends.Backend")

    def page(run, what: str = ""):
        return client.get(f"/escritorio/fuentes/cargas/{run.pk}/{what}")

    page.client = client
    return page


def test_a_rejected_row_keeps_the_name_that_it_brings(write, carry_out):
    run = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), "41203875\t0\t12\tALTO ROBLE\t\t", "1\t2"))
    assert [(row.verb, row.rut, row.name) for row in Report(run).rows()] == [
        ("Crear", "41.880.114-K", "CERRO PARDO"),
        ("Rechazar", "", "ALTO ROBLE"),
        ("Rechazar", "", ""),
    ]


@pytest.mark.parametrize(
    ("had", "told", "changes"),
    [
        (None, {"Región": "V REGION", "Comuna": "VALPARAISO"}, [("Comuna", "", "Valparaíso")]),
        ("Quillota", {"Región": "V REGION", "Comuna": "VALPARAISO"}, [("Comuna", "Quillota", "Valparaíso")]),
        (
            "Arica",
            {"Comuna": "VALPARAISO"},
            [("Comuna", "Arica", "Valparaíso"), ("Región", "Arica y Parinacota", "Valparaíso")],
        ),
        (
            "Arica",
            {"Región": "VALPARAISO"},
            [("Comuna", "Arica", "sin dato"), ("Región", "Arica y Parinacota", "Valparaíso")],
        ),
    ],
)
def test_of_a_place_only_what_is_another_one_is_told(write, carry_out, had, told, changes):
    commune = Commune.objects.get(name=had or "Valparaíso")
    place = {"region": commune.region, "commune": commune if had else None}
    make_company(ROBLE, "ALTO ROBLE", related_on=None, **place)
    run = carry_out(write(COMPANIES_HEAD, company_row(ROBLE, **told), name="e.txt"), "sii-empresas", trial=True)
    [row] = Report(run).rows()
    found = [(c.label, c.was, c.becomes) for c in row.changes if c.label in ("Comuna", "Región", "Comuna y región")]
    assert [(label, was, becomes) for label, was, becomes in found] == changes


def test_a_name_that_the_registry_has_otherwise_is_told(write, carry_out):
    make_company(ROBLE, "Conservas Alto Roble", trade_name="El Roble")
    make_company(PARDO, "Cerro Pardo")
    path = write(NAMES_HEAD, name_row(ROBLE, "MASIVA LECTOR"), name_row(PARDO, "CERRO PARDO SPA"))
    report = Report(carry_out(path, trial=True))
    assert [(row.name, row.known_as) for row in report.rows()] == [
        ("MASIVA LECTOR", "El Roble"),
        ("CERRO PARDO SPA", ""),
    ]
    assert "en el registro se llama El Roble" in next(report.lines())[5]
    again = write(NAMES_HEAD, name_row(ROBLE, "CONSERVAS ALTO ROBLE SA"))
    assert Report(carry_out(again, trial=True)).rows()[0].known_as == ""


def test_which_of_several_rows_of_a_rut_counts_is_told(write, carry_out):
    run = carry_out(write(NAMES_HEAD, *(name_row(ROBLE, name) for name in ("UNO", "DOS", "TRES"))), trial=True)
    assert [row.reason for row in Report(run).rows()] == ["Su RUT se repite en el archivo: vale la fila 3."] * 2 + [""]


def test_in_a_file_of_activities_it_is_the_activity_that_is_repeated(write, carry_out):
    make_company(ROBLE, "ALTO ROBLE")
    head = "RUT\tDV\tCODIGO ACTIVIDAD\tDESC. ACTIVIDAD ECONOMICA\tFECHA\tAFECTA A IVA\tCATEGORIA TRIBUTARIA"
    rows = [f"{ROBLE}\t4\t{code}\tX\t\tS\t1" for code in ("11101", "11101", "11102")]
    run = carry_out(write(head, *rows, name="a.txt"), "sii-actividades", trial=True)
    repeated = "Esa actividad del mismo RUT se repite en el archivo: vale la fila 2."
    assert [row.reason for row in Report(run).rows()] == [repeated, "", ""]


def test_the_page_of_rows_counts_those_with_notes(write, carry_out, page):
    rows = [name_row(PARDO, "CERRO PARDO", "31-02-2019"), name_row(ROBLE, "ALTO ROBLE")]
    run = carry_out(write(NAMES_HEAD, *rows), trial=True)
    assert page(run, "filas/?ver=avisos").context["filters"][-1]["count"] == 1
    assert len(page(run, "filas/?ver=avisos").context["lines"]) == 1


def test_the_pages_of_runs_count_the_rows_with_notes_and_lead_to_them(write, carry_out, page, monkeypatch):
    doubtful = [name_row(ROBLE + n, f"CASA {n}", "31-02-2019") for n in (10, 20)]
    run = carry_out(write(NAMES_HEAD, *doubtful, name_row(PARDO, "CERRO PARDO")), trial=True)
    clean = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), name="b.txt"), trial=True)
    address = f"/escritorio/fuentes/cargas/{run.pk}/filas/?ver=avisos"
    told = page(run).content.decode()
    assert "2 filas traen avisos" in told
    assert f'href="{address}"' in told
    assert "avisos" not in page(clean).content.decode()
    shown = page.client.get("/escritorio/fuentes/sii-nombres/")
    assert f'href="{address}">2 con avisos<' in shown.content.decode()
    assert [row["noted"].count for row in shown.context["runs"]] == [0, 2]
    forget_rows(clean)
    monkeypatch.setattr(report, "COUNTED", 1)
    assert "De las primeras 1 filas, 1 trae un aviso" in page(run).content.decode()
    assert page(run, "filas/").context["filters"][-1]["count"] is None
    assert (
        f'href="{address}">1 o más con avisos<' in page.client.get("/escritorio/fuentes/sii-nombres/").content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_rows_with_notes_are_counted_in_one_query(write, carry_out, django_assert_num_queries, count):
    runs = [carry_out(write(NAMES_HEAD, name_row(PARDO, "X", "31-02-2019")), trial=True) for _ in range(count)]
    with django_assert_num_queries(1):
        assert [noted.count for noted in report.count_noted(runs).values()] == [1] * count


# --- how long they are there ------------------------------------------------------------------------------------

BROKEN = "41203875\t0\t12\tALTO ROBLE\t\t"


def rejected_lines(answer) -> list[str]:
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_a_run_that_changed_nothing_takes_nobodys_rows_away(write, carry_out):
    path = write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), BROKEN)
    runs = [carry_out(path), carry_out(path, trial=True), carry_out(path), carry_out(path, trial=True)]
    assert [run.updated + run.created for run in runs] == [1, 0, 0, 0]
    for run in runs:
        run.refresh_from_db()
        assert (len(Report(run).rows()), Report(run).is_there) == (2, True)


def test_why_rows_are_gone_is_told(write, carry_out, page, no_room):
    def told(run, what: str = "filas/") -> str:
        return page(run, what).content.decode()

    first, trial = carry_out(write(NAMES_HEAD, name_row(PARDO, "UNO"))), carry_out(write(NAMES_HEAD), trial=True)
    newer = carry_out(write(NAMES_HEAD, name_row(PARDO, "DOS")))
    another = f"otra carga de la misma fuente, la nº {newer.pk}, del 16-09-2026, cambió datos después."
    assert f"Las filas de esta carga ya no se guardan: {another}" in told(first)
    for what in ("", "deshacer/"):
        assert f"Esta carga ya no se puede deshacer: {another}" in told(first, what)
    assert "no alcanzó a comparar ninguna fila" in told(trial)
    tidy(now=NOW + timedelta(days=31))
    assert "ya no se guardan: pasaron 30 días." in told(newer)
    assert "ya no se puede deshacer: pasaron 30 días." in told(newer, "")
    later = carry_out(write(NAMES_HEAD, name_row(PARDO, "TRES")))
    Run.objects.filter(pk=later.pk).update(finished_at=NOW + timedelta(days=40))
    assert "ya no se guardan: pasaron 30 días." in told(newer)
    waiting = start_run(
        source=newer.source, is_trial=True, path=write(NAMES_HEAD, name_row(PARDO, "CUATRO")), actor=SYSTEM, now=NOW
    )
    assert "todavía no están" in told(waiting)


def test_the_page_of_a_run_taken_back_leads_to_the_companies_that_stayed(write, carry_out, page):
    run = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), name_row(ROBLE, "ALTO ROBLE")))
    stays = Company.objects.get(legal_name="CERRO PARDO")
    update_characterization(company=stays, version=1, values={"trade_name": "Mía Ltda."}, actor=SYSTEM, now=NOW)
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    told = " ".join(page(run).content.decode().split())
    assert (
        f'<a href="/escritorio/empresas/{stays.pk}/">Mía Ltda</a>. Alguien la cambió después, o trabaja con ella.'
        in told
    )
    assert "La carga se deshizo" in page(run, "filas/").content.decode()


def test_rejected_rows_stay_to_be_downloaded_when_the_run_was_taken_back(write, carry_out, page):
    run = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), BROKEN))
    told = rejected_lines(page(run, "rechazadas/"))
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    undo_run(run, read_clock=lambda: NOW)
    assert "Descargar las rechazadas" in page(run).content.decode()
    assert rejected_lines(page(run, "rechazadas/")) == told


def test_rejected_rows_stay_to_be_downloaded_when_the_rows_are_gone(write, carry_out, page, no_room):
    first = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), BROKEN))
    told = rejected_lines(page(first, "rechazadas/"))
    assert len(told) == 2
    carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO SPA"), name="otra.txt"))
    first.refresh_from_db()
    assert not Report(first).is_there
    assert "Descargar las rechazadas" in page(first).content.decode()
    assert "Descargar las rechazadas" in page(first, "filas/").content.decode()
    assert rejected_lines(page(first, "rechazadas/")) == told
    tidy(now=NOW + timedelta(days=29))
    assert page(first, "rechazadas/").status_code == 200
    tidy(now=NOW + timedelta(days=31))
    assert page(first, "rechazadas/").status_code == 302
    assert "Descargar las rechazadas" not in page(first).content.decode()


# --- how it is called -------------------------------------------------------------------------------------------


def test_a_trial_is_called_so_on_every_page(write, carry_out, page):
    trial = carry_out(write(NAMES_HEAD, name_row(PARDO, "CERRO PARDO"), BROKEN), trial=True)
    rows = page(trial, "filas/")
    assert f"Volver al ensayo nº {trial.pk}" in rows.content.decode()
    assert f"Ensayo nº {trial.pk}, fila por fila" in rows.content.decode()
    assert "filename=ensayo-" in page(trial, "filas/descarga/")["Content-Disposition"].replace('"', "")
    assert "rechazadas-ensayo-" in page(trial, "rechazadas/")["Content-Disposition"]
    forget_rows(trial)
    assert "Las filas de este ensayo ya no se guardan" in page(trial, "filas/").content.decode()
    Run.objects.filter(pk=trial.pk).update(state="failed", trouble="Se cayó")
    told = page(trial).content.decode()
    assert "El ensayo se detuvo" in told
    assert "La carga" not in told
    Run.objects.filter(pk=trial.pk).update(state="queued")
    with pytest.raises(Refused, match=f"Ya hay un ensayo .* el nº {trial.pk} .* retómalo o cancélalo"):
        start_run(source=trial.source, is_trial=False, path=write(NAMES_HEAD), actor=SYSTEM, now=NOW)
    Run.objects.filter(pk=trial.pk).update(state="cancelled")
    assert "Cancelado" in page(trial).content.decode()
    assert "Este ensayo ya no se puede cancelar" in page(trial, "cancelar/").content.decode()
    assert "Un ensayo no cambia nada" in page(trial, "deshacer/").content.decode()


def test_the_rows_where_the_source_says_otherwise_are_led_to_from_their_count(write, carry_out, page):
    make_company(PARDO, "Cerro Pardo")
    run = carry_out(write(NAMES_HEAD, name_row(ROBLE, "ALTO ROBLE"), name_row(PARDO, "CERRO PARDO SA", started="")))
    address = f"/escritorio/fuentes/cargas/{run.pk}/filas/?ver=otra-cosa"
    assert f'href="{address}"' in page(run).content.decode()
    shown = page(run, "filas/?ver=otra-cosa")
    assert [row.name for row in shown.context["lines"]] == ["CERRO PARDO SA"]
    assert [one["count"] for one in shown.context["filters"] if one["current"]] == [run.kept] == [1]
    forget_rows(run)
    assert address not in page(run).content.decode()
