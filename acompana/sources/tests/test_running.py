"""One run of a source at a time: who waits, who is refused, and whose trial is cancelled for it."""

from __future__ import annotations

import pytest

from acompana.companies.tests.conftest import make_staff
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.people.rules import CENTRAL_CODE
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.operations import ask_undo, bring_source_back, retire_source, running, undo_run
from acompana.sources.operations.running import claim, start_run
from acompana.sources.tests.conftest import COMPANIES_HEAD, NAMES_HEAD, NOW, company_row, name_row

pytestmark = pytest.mark.django_db
BACKEND = "acompana.people.backends.Backend"
ROBLE, PARDO = 41_203_875, 41_880_114


def test_a_second_import_of_a_source_is_refused_and_others_wait(write):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    other = write(COMPANIES_HEAD, company_row(PARDO, "PARDO"), name="e.txt")
    names, companies = Source.objects.get(slug="sii-nombres"), Source.objects.get(slug="sii-empresas")
    first = start_run(source=names, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="Ya hay una carga"):
        start_run(source=names, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    second = start_run(source=companies, is_trial=False, path=other, actor=SYSTEM, now=NOW)
    assert not claim(second, now=NOW)  # it came later
    assert claim(first, now=NOW)
    assert not claim(first, now=NOW)  # somebody has it
    assert not claim(second, now=NOW)


@pytest.mark.parametrize(
    "stopped",
    [
        {"state": "failed", "trouble": "Las columnas están corridas."},
        {"state": "applying", "holder": "", "trouble": ""},  # its process was killed
    ],
)
@pytest.mark.parametrize("is_trial", [True, False])
def test_a_trial_that_stopped_makes_room_for_the_next_run(write, stopped, is_trial):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    names = Source.objects.get(slug="sii-nombres")
    trial = start_run(source=names, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    Run.objects.filter(pk=trial.pk).update(**stopped)
    with pytest.raises(Refused, match="«RAZON_SOCIAL»"):
        start_run(source=names, is_trial=is_trial, path=write("RUT\tDV", "1\t9", name="b.txt"), actor=SYSTEM, now=NOW)
    trial.refresh_from_db()
    assert trial.state == stopped["state"]  # nothing took its place
    made = start_run(source=names, is_trial=is_trial, path=path, actor=SYSTEM, now=NOW)
    trial.refresh_from_db()
    assert (trial.state, trial.finished_at) == ("cancelled", NOW)
    which = f"el ensayo nº {made.pk}" if is_trial else f"la carga nº {made.pk}"
    assert trial.trouble.startswith(stopped["trouble"])
    assert trial.trouble.endswith(f"Se canceló solo cuando empezó {which}, porque no había cambiado nada.")
    assert not claim(trial, now=NOW)  # the job that would have gone on with it
    assert claim(made, now=NOW)


@pytest.mark.parametrize(
    "waiting", [{"state": "failed", "is_trial": False}, {"state": "queued"}, {"state": "reading", "holder": "here"}]
)
def test_an_import_that_stopped_and_a_trial_that_did_not_still_bar_the_way(write, waiting):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    names = Source.objects.get(slug="sii-nombres")
    run = start_run(source=names, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    if "holder" in waiting:
        waiting = {**waiting, "holder": running.holder()}
    Run.objects.filter(pk=run.pk).update(**waiting)
    with pytest.raises(Refused, match="Ya hay un"):
        start_run(source=names, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    run.refresh_from_db()
    assert run.state == waiting["state"]


def test_a_trial_that_stopped_is_not_in_the_way_of_taking_a_run_back(write, carry_out):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    run = carry_out(path)
    trial = start_run(source=run.source, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    Run.objects.filter(pk=trial.pk).update(state="failed", trouble="Se cayó.")
    ask_undo(run=run, actor=SYSTEM, now=NOW)
    trial.refresh_from_db()
    assert (trial.state, run.state) == ("cancelled", "undoing")
    assert f"cuando empezó a deshacerse la carga nº {run.pk}" in trial.trouble


# --- out of use -------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(make_staff("Rosa", "Soto", CENTRAL_CODE, "administrator").person, backend=BACKEND)
    return client


def test_a_source_is_retired_with_all_it_brought_and_used_again(write, carry_out, desk):
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    run, trial = carry_out(path), carry_out(path, trial=True)
    address = "/escritorio/fuentes/sii-nombres/"
    assert "Dejar de usar esta fuente" in desk.get(address).content.decode()
    assert "¿Dejar de usar" in desk.get(f"{address}?retirar").content.decode()
    assert "queda fuera de uso" in desk.post(f"{address}uso/", {"do": "retire"}, follow=True).content.decode()
    names = Source.objects.get(slug="sii-nombres")
    assert names.retired_on is not None
    listed = desk.get("/escritorio/fuentes/").context
    assert names not in [row["source"] for row in listed["rows"]]
    assert listed["retired"] == [names]
    told = desk.get(address).content.decode()
    assert "Está fuera de uso desde el" in told
    assert "Ensayar</button>" not in told
    assert run.file_name in told
    assert "Importar este archivo" not in desk.get(f"/escritorio/fuentes/cargas/{trial.pk}/").content.decode()
    assert Provenance.objects.filter(source=names).count() == 1
    assert "queda en uso" not in desk.post(f"{address}uso/", {"do": "retire"}, follow=True).content.decode()
    for is_trial in (True, False):
        with pytest.raises(Refused, match="fuera de uso"):
            start_run(source=names, is_trial=is_trial, path=path, actor=SYSTEM, now=NOW)
    run.refresh_from_db()
    ask_undo(run=run, actor=SYSTEM, now=NOW)  # what it did can still be taken back
    undo_run(run, read_clock=lambda: NOW)
    assert "queda en uso" in desk.post(f"{address}uso/", {"do": "bring-back"}, follow=True).content.decode()
    assert carry_out(path).state == "done"
    titles = ChangeSet.objects.filter(kind="source").order_by("id").values_list("title", flat=True)
    assert list(titles) == [f"Fuera de uso: {names}", f"De nuevo en uso: {names}"]


def test_a_source_whose_run_is_not_over_is_not_retired(write):
    names = Source.objects.get(slug="sii-nombres")
    path = write(NAMES_HEAD, name_row(ROBLE, "ROBLE"))
    run = start_run(source=names, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match=f"Ya hay una carga .* la nº {run.pk}"):
        retire_source(source=names, actor=SYSTEM, now=NOW)
    Run.objects.filter(pk=run.pk).update(state="failed", is_trial=True)
    retire_source(source=names, actor=SYSTEM, now=NOW)
    run.refresh_from_db()
    assert run.state == "cancelled"
    with pytest.raises(Refused, match="fuera de uso"):  # somebody who had its page open before
        start_run(source=names, is_trial=True, path=path, actor=SYSTEM, now=NOW)
    names.refresh_from_db()
    with pytest.raises(Refused, match="ya está fuera de uso"):
        retire_source(source=names, actor=SYSTEM, now=NOW)
    bring_source_back(source=names, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="está en uso"):
        bring_source_back(source=names, actor=SYSTEM, now=NOW)
