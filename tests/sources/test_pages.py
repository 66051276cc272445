"""The pages of sources, as those who import and those who read use them."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acompana.companies.models import Company
from acompana.kernel.clock import read_clock
from acompana.kernel.rut import check_digit
from acompana.messages.background import claim_job, run_job
from acompana.messages.models import Worker
from acompana.people.actors import SYSTEM
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.operations.running import cancel_run, claim, start_run, work_on
from acompana.sources.tests.conftest import NAMES_HEAD, name_row
from tests.kept import made_once
from tests.permissions.world import BACKEND, World, build

pytestmark = pytest.mark.django_db
ROOT = "/escritorio/fuentes/"
NUEVA = 42_500_000


kept_world = made_once(build)


@pytest.fixture
def world(db, kept_world: World) -> World:
    return deepcopy(kept_world)


@pytest.fixture
def control(world: World) -> Client:
    client = Client()
    client.force_login(world.cast["control"], backend=BACKEND)
    return client


def upload(*lines: str, name: str = "PUB_NOMBRES_PJ.txt", head: str = NAMES_HEAD, encoding: str = "utf-8"):
    return SimpleUploadedFile(name, "\n".join([head, *lines, ""]).encode(encoding))


def let_the_worker_work() -> None:
    now = read_clock()
    worker = Worker.objects.create(place="test", pid=1, started_at=now, heartbeat_at=now)
    while (row := claim_job(worker=worker, now=now)) is not None:
        run_job(row, now=now)


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def test_a_file_is_tried_imported_looked_into_and_taken_back(control: Client):
    file = upload(name_row(NUEVA, "SAL DEL DESIERTO SPA"), name_row(NUEVA + 1, "=cmd() LTDA"), "1\t2\t3\tMALA\t\t")
    answer = control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "try"})
    trial = Run.objects.get()
    assert answer["Location"] == f"{ROOT}cargas/{trial.pk}/"
    assert "En espera" in page(control, answer["Location"])
    let_the_worker_work()
    told = page(control, answer["Location"])
    assert "Ensayo listo" in told
    assert "Importar este archivo" in told
    rows = page(control, f"{ROOT}cargas/{trial.pk}/filas/")
    assert "SAL DEL DESIERTO SPA" in rows
    assert "no corresponde" in rows
    assert "SAL DEL DESIERTO" not in page(control, f"{ROOT}cargas/{trial.pk}/filas/", ver="rechazar")
    rejected = page(control, f"{ROOT}cargas/{trial.pk}/rechazadas/")
    assert rejected.splitlines()[0] == "\ufeffFila;Por qué se rechazó;" + NAMES_HEAD.replace("\t", ";")
    everything = page(control, f"{ROOT}cargas/{trial.pk}/filas/descarga/")
    assert ";'=cmd() LTDA;Crear;" in everything
    assert not Company.objects.filter(legal_name__startswith="SAL DEL").exists()

    answer = control.post(f"{ROOT}cargas/{trial.pk}/importar/")
    let_the_worker_work()
    run = Run.objects.first()
    assert (run.state, run.created, run.rejected) == ("done", 2, 1)
    assert "Se puede deshacer hasta el" in page(control, answer["Location"])
    assert "2 empresas que creó se quitan" in page(control, f"{ROOT}cargas/{run.pk}/deshacer/")
    assert "MALA" in page(control, f"{ROOT}cargas/{run.pk}/rechazadas/")
    control.post(f"{ROOT}cargas/{run.pk}/deshacer/")
    let_the_worker_work()
    assert "2 empresas se quitaron" in page(control, answer["Location"])
    assert not Company.objects.filter(legal_name__startswith="SAL DEL").exists()


@pytest.mark.parametrize("mark", [";", ","])
def test_a_tax_file_with_another_separator_is_imported_as_it_is(control: Client, mark):
    lines = [name_row(NUEVA, "SAL DEL DESIERTO"), name_row(NUEVA + 1, "PAN Y MIEL")]
    file = upload(*(line.replace("\t", mark) for line in lines), head=NAMES_HEAD.replace("\t", mark))
    control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "import"})
    let_the_worker_work()
    run = Run.objects.get()
    assert (run.state, run.created, run.rejected) == ("done", 2, 0)


def test_a_source_says_which_columns_it_does_not_read_and_which_a_file_lacks(control: Client):
    shown = page(control, f"{ROOT}sii-nombres/")
    assert "No se lee la columna «COD_SUBTIPO»." in shown
    file = upload("1;Uvas", name="a.csv", head="RUT;Razón", encoding="latin-1")
    told = page_of(control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "import"}))
    assert (
        "Al archivo le faltan 4 columnas: «DV», «RAZON_SOCIAL», «FECHA_INICIO_VIG» y «FECHA_TG_VIG». Se leyó separado "
        "por punto y coma y en Latin-1 (Windows). Trae estas columnas: «RUT», «Razón»." in told
    )


def test_a_rejected_row_is_shown_by_its_name(control: Client):
    file = upload("41203875\t0\t12\tALTO ROBLE\t\t", "1\t2\tX")
    control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "try"})
    let_the_worker_work()
    told = page(control, f"{ROOT}cargas/{Run.objects.get().pk}/filas/")
    assert "ALTO ROBLE" in told
    assert "La fila no dice de quién es" in told


def test_a_source_of_ones_own_is_declared_from_a_file(control: Client):
    head = "Rut Empresa;Razón Social;Comuna;Otra cosa"
    row = f"{NUEVA}-{check_digit(NUEVA)};Viña Ñandú;Llay-Llay;x"
    file = upload(row, name="talleres.csv", head=head, encoding="latin-1")
    answer = control.post(f"{ROOT}nueva/", {"name": "Talleres", "file": file}, follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{ROOT}talleres/lectura/"
    assert "Viña Ñandú" in shown
    assert "Llaillay" in shown
    form = {"subject": "companies", "column_0": "rut", "column_1": "trade_name", "column_2": "", "quoted": "on"}
    assert "Nombre de fantasía</th>" in page_of(control.post(f"{ROOT}talleres/lectura/", {**form, "do": "preview"}))
    assert Source.objects.get(slug="talleres").mapping["columns"][1]["field"] == "legal_name"
    control.post(f"{ROOT}talleres/lectura/", {**form, "do": "save"})
    assert Source.objects.get(slug="talleres").mapping["columns"][1]["field"] == "trade_name"
    answer = control.post(f"{ROOT}nueva/", {"name": "Talleres", "file": upload(row, name="t.csv", head=head)})
    assert "Ya hay una fuente que se llama" in page_of(answer)


def test_of_a_new_sample_only_its_columns_are_offered_and_the_missing_ones_marked(control: Client):
    rut = f"{NUEVA}-{check_digit(NUEVA)}"
    first = upload(f"{rut};Viña;Arica;x", name="t.csv", head="Rut Empresa;Razón Social;Comuna;Otra cosa")
    control.post(f"{ROOT}nueva/", {"name": "Talleres", "file": first})
    second = upload(f"{rut};Viña;Arica", name="u.csv", head="RUT EMPRESA;Nombre legal nuevo;Comuna")
    shown = page_of(control.post(f"{ROOT}talleres/muestra/", {"file": second}, follow=True))
    heads = [row.split("</th>")[0] for row in shown.split('<table class="table mapping-table">')[1].split("<tr>")[2:5]]
    assert "Otra cosa" not in shown
    assert ["Razón Social" in head for head in heads] == [False, False, False]
    assert '<option value="rut" selected>' in shown.split("column_0")[3].split("</select>")[0]  # written otherwise
    missing = shown.split('<table class="table mapping-table">')[1].split("<tr>")[5]
    assert "Razón Social" in missing
    assert "Falta en la muestra" in missing
    assert shown.count("Falta en la muestra") == 1
    form = {"subject": "companies", "column_0": "rut", "column_1": "legal_name", "column_2": "commune", "do": "save"}
    control.post(f"{ROOT}talleres/lectura/", {**form, "column_3": ""})
    assert [(c["column"], c["field"]) for c in Source.objects.get(slug="talleres").mapping["columns"]] == [
        ("RUT EMPRESA", "rut"),
        ("Nombre legal nuevo", "legal_name"),
        ("Comuna", "commune"),
    ]
    shown = page(control, f"{ROOT}talleres/lectura/")
    assert "Razón Social" not in shown.split('<table class="table mapping-table">')[1].split("</table>")[0]
    assert "Falta en la muestra" not in shown


def test_a_rejected_row_of_the_sample_shows_what_it_said(control: Client):
    head = "Rut Empresa;Razón Social;Inicio de actividades;Comuna"
    file = upload("41203875-0;Viña Ñandú;03-09-2019;Llay-Llay", name="talleres.csv", head=head)
    shown = page_of(control.post(f"{ROOT}nueva/", {"name": "Talleres", "file": file}, follow=True))
    row = shown.split("<tbody>")[-1].split("</tr>")[0]
    assert "no corresponde" in row
    for said in ("41203875-0", "Viña Ñandú", "03-09-2019", "Llay-Llay"):
        assert f">{said}<" in row
    assert ">—<" not in row
    assert row.index("no corresponde") < row.index("Viña Ñandú")  # not at the edge, where it would be cut


def test_the_sample_shows_contacts_as_they_would_be_kept(control: Client):
    head = "Rut Empresa;Razón Social;Contacto;Correo;Teléfono"
    rut = f"{NUEVA}-{check_digit(NUEVA)}"
    lines = (
        f"{rut};Viña;Ana Díaz;Ana@Vina.example;912345678",
        f"{rut};Viña;Eva Paz;sin correo;",
        "1-2;Mal;Luz;l@m.cl;9",
    )
    file = upload(*lines, name="talleres.csv", head=head)
    shown = page_of(control.post(f"{ROOT}nueva/", {"name": "Talleres", "file": file}, follow=True))
    rows = shown.split("<tbody>")[-1].split("</tr>")
    for label, value in (("nombre", "Ana Díaz"), ("correo", "ana@vina.example"), ("teléfono", "+56 9 1234 5678")):
        assert f'<td data-label="Contacto: {label}">{value}</td>' in rows[0]
    assert "no queda como contacto" in rows[1]
    assert '<td data-label="Contacto: nombre">—</td>' in rows[1]
    assert '<td data-label="Contacto: correo">l@m.cl</td>' in rows[2]


def test_a_file_is_chosen_again_where_its_form_is_refused(control: Client):
    answer = control.post(f"{ROOT}nueva/", {"name": "", "file": upload("1;A", name="a.csv", head="RUT;Nombre")})
    assert "Elige el archivo otra vez" in page_of(answer)
    assert "El archivo tienes que elegirlo otra vez" in page_of(answer)


def page_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (SimpleUploadedFile("a.pdf", b"%PDF-1.4"), "no se puede importar"),
        (SimpleUploadedFile("a.xlsx", b"RUT;Nombre"), "dice ser planilla Excel"),
        (SimpleUploadedFile("a.txt", b"RUT\tDV\n1\t9\n"), "Al archivo le faltan"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_on_its_page(control: Client, file, why):
    told = page_of(control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "import"}))
    assert why in told or why.replace("faltan", "falta") in told
    assert not Run.objects.exists()


def test_a_second_import_of_the_same_source_is_refused(control: Client):
    control.post(f"{ROOT}sii-nombres/", {"file": upload(name_row(NUEVA, "A")), "do": "import"})
    told = page_of(control.post(f"{ROOT}sii-nombres/", {"file": upload(name_row(NUEVA, "A")), "do": "import"}))
    assert "Ya hay una carga de" in told
    control.post(f"{ROOT}cargas/{Run.objects.get().pk}/cancelar/")
    assert Run.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    ("is_trial", "created", "before", "after"),
    [
        (False, 1200, "Hasta ahora creó 1.200 empresas y actualizó 0", "Lo que alcanzó a entrar se puede deshacer"),
        (False, 0, "Todavía no ha cambiado ninguna empresa", "No alcanzó a cambiar nada"),
        (True, 1200, "Un ensayo no cambia nada", "El ensayo quedó cancelado"),
    ],
)
def test_a_run_is_cancelled_after_saying_what_it_wrote(control: Client, is_trial, created, before, after):
    source = Source.objects.get(slug="sii-nombres")
    run = Run.objects.create(
        source=source,
        state="failed",
        is_trial=is_trial,
        created=created,
        applied=created,
        staged=2400,
        mapping={},
        asked_at=read_clock(),
    )
    address = f"{ROOT}cargas/{run.pk}/cancelar/"
    assert f'href="{address}"' in page(control, f"{ROOT}cargas/{run.pk}/")
    assert before in page(control, address)
    run.refresh_from_db()
    assert run.state == "failed"
    assert after in page_of(control.post(address, follow=True))
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "ya no se puede cancelar" in page(control, address)
    assert "ya no se puede cancelar" in page_of(control.post(address))


def test_where_data_came_from_is_on_the_record_and_can_be_taken(control: Client, world: World):
    own = world.sides["own"].company
    number = int(own.rut[:-1])
    control.post(f"{ROOT}sii-nombres/", {"file": upload(name_row(number, "OTRO NOMBRE SPA")), "do": "import"})
    let_the_worker_work()
    address = f"/escritorio/empresas/{own.pk}/procedencia/"
    assert "OTRO NOMBRE SPA" in page(control, address)
    assert "Usar este dato" not in page(control, address)
    executive = Client()
    executive.force_login(world.cast["executive"], backend=BACKEND)
    assert "Usar este dato" in page(executive, address)
    source = Source.objects.get(slug="sii-nombres")
    executive.post(f"{address}usar/", {"source": source.pk, "field": "legal_name"})
    own.refresh_from_db()
    assert own.legal_name == "OTRO NOMBRE SPA"
    assert Provenance.objects.get(company=own).kept == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_there_is(control: Client, count, django_assert_num_queries):
    for number in range(count):
        source = Source.objects.create(slug=f"f{number}", name=f"F{number}")
        Run.objects.create(
            source=source, state="done", is_trial=False, mapping={}, file_name="a", asked_at=read_clock()
        )
    with django_assert_num_queries(6):
        page(control, ROOT)


# --- what a load did, and did not -------------------------------------------------------------------------------


def cancelled_after(stretches: int, path, rows: int = 4) -> Run:
    """A load of a file by stretches of two rows, cancelled when so many are in."""
    lines = [name_row(NUEVA + n, f"SAL {n}") for n in range(rows)]
    path.write_text("\n".join([NAMES_HEAD, *lines, ""]))
    run = start_run(
        source=Source.objects.get(slug="sii-nombres"), is_trial=False, path=path, actor=SYSTEM, now=read_clock()
    )

    def tell(done: int, total: int) -> None:
        if run.state == "applying" and done >= 2 * stretches:
            cancel_run(run=Run.objects.get(pk=run.pk), actor=SYSTEM, now=read_clock())

    assert claim(run, now=read_clock())
    return work_on(run, read_clock=read_clock, tell=tell, stretch=2)


@pytest.mark.parametrize(
    ("stretches", "title", "text"),
    [
        (1, "Entró una parte", "De sus 4 filas alcanzaron a entrar 2: creó 2 empresas y actualizó 0."),
        (2, "Alcanzó a entrar entera", "ya se había comparado todo el archivo (4 filas): creó 4 empresas"),
    ],
)
def test_a_cancelled_load_says_how_much_of_it_came_in(control: Client, tmp_path, stretches, title, text):
    run = cancelled_after(stretches, tmp_path / "n.txt")
    assert (run.state, run.created) == ("cancelled", 2 * stretches)
    told = page(control, f"{ROOT}cargas/{run.pk}/")
    assert title in told
    assert text in told
    assert "elige Deshacer la carga" in told


def test_a_load_cancelled_before_its_first_row_says_so(control: Client):
    control.post(f"{ROOT}sii-nombres/", {"file": upload(name_row(NUEVA, "A")), "do": "import"})
    pk = Run.objects.get().pk
    assert "un archivo corto puede entrar entero" in page(control, f"{ROOT}cargas/{pk}/cancelar/")
    control.post(f"{ROOT}cargas/{pk}/cancelar/")
    assert "No entró nada" in page(control, f"{ROOT}cargas/{pk}/")


def test_a_load_that_changed_nothing_is_not_to_be_undone(control: Client):
    for _ in range(2):
        control.post(f"{ROOT}sii-nombres/", {"file": upload(name_row(NUEVA, "SAL DEL MAR")), "do": "import"})
        let_the_worker_work()
    again = Run.objects.first()
    assert (again.state, again.created, again.updated, again.left) == ("done", 0, 0, 1)
    address = f"{ROOT}cargas/{again.pk}/"
    told = page(control, address)
    assert "no cambió nada: no hay qué deshacer" in told
    assert "Deshacer la carga" not in told
    assert "no hay qué deshacer" in page(control, f"{address}deshacer/")
    assert "no hay qué deshacer" in page_of(control.post(f"{address}deshacer/"))
    again.refresh_from_db()
    assert again.state == "done"
    assert "Deshacer la carga" in page(control, f"{ROOT}cargas/{Run.objects.last().pk}/")


def test_a_load_that_only_left_its_word_beside_can_be_undone(control: Client, world: World):
    number = int(world.sides["own"].company.rut[:-1])
    file = upload(name_row(number, "OTRO NOMBRE", started=""))
    control.post(f"{ROOT}sii-nombres/", {"file": file, "do": "import"})
    let_the_worker_work()
    run = Run.objects.get(source__slug="sii-nombres")
    assert (run.created, run.updated, run.kept) == (0, 0, 1)
    assert "Deshacer la carga" in page(control, f"{ROOT}cargas/{run.pk}/")


def test_a_column_that_was_not_read_is_to_be_confirmed_before_importing(control: Client):
    lines = [name_row(NUEVA + n, f"SAL {n}", started="ayer") for n in range(6)]
    control.post(f"{ROOT}sii-nombres/", {"file": upload(*lines), "do": "try"})
    let_the_worker_work()
    trial = Run.objects.get()
    address = f"{ROOT}cargas/{trial.pk}/"
    told = page(control, address)
    assert "Entiendo que «FECHA_INICIO_VIG» no se leerá en 6 de 6 filas" in told
    assert '<button class="button">Importar este archivo</button>' not in told
    refused = page_of(control.post(f"{address}importar/"))
    assert 'href="#id_understood"' in refused
    assert "Marca que lo entiendes" in refused
    assert Run.objects.count() == 1
    answer = control.post(f"{address}importar/", {"understood": "on"})
    assert answer["Location"] == f"{ROOT}cargas/{Run.objects.first().pk}/"
    let_the_worker_work()
    assert Run.objects.first().created == 6
