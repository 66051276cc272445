"""What a run in the queue says: whom it waits for, and that nobody is there to run it."""

from __future__ import annotations

import pytest

from acompana.companies.tests.conftest import make_staff
from acompana.kernel.clock import read_clock
from acompana.messages.background import start_job
from acompana.messages.models import Worker
from acompana.people.actors import SYSTEM
from acompana.people.rules import CENTRAL_CODE
from acompana.sources.jobs import import_file, take_back
from acompana.sources.models import Run, Source

pytestmark = pytest.mark.django_db
BACKEND = "acompana.people.backends.Backend"
STOPPED = "El motor de trabajos está detenido"
ANOTHER = "Parte cuando termine lo que está en curso"


def queued(slug: str) -> Run:
    source = Source.objects.create(slug=slug, name=slug, mapping={})
    return Run.objects.create(
        source=source, state="queued", is_trial=False, mapping={}, file_name="a.csv", asked_at=read_clock()
    )


@pytest.fixture
def page(client):
    client.force_login(make_staff("Rosa", "Soto", CENTRAL_CODE, "administrator").person, backend=BACKEND)

    def page(run: Run) -> str:
        return client.get(f"/escritorio/fuentes/cargas/{run.pk}/").content.decode()

    return page


def test_without_a_worker_a_run_says_that_it_waits_for_one(page):
    run = queued("una")
    assert STOPPED in page(run)
    assert ANOTHER not in page(run)


def test_with_a_worker_it_starts_or_waits_for_the_one_before_it(page):
    first, second = queued("una"), queued("otra")
    Worker.objects.create(place="here", pid=1, started_at=read_clock(), heartbeat_at=read_clock())
    assert "Parte en unos segundos" in page(first)
    assert STOPPED not in page(first)
    assert ANOTHER not in page(first)
    assert ANOTHER in page(second)


def test_what_is_over_says_nothing_of_it(page):
    run = queued("una")
    Run.objects.filter(pk=run.pk).update(state="done")
    assert STOPPED not in page(run)


STUCK = "Ningún proceso la tiene en sus manos"


@pytest.mark.parametrize(
    ("state", "job"), [("failed", import_file), ("applying", import_file), ("undoing", take_back)]
)
def test_what_was_asked_to_go_on_is_nobodys_fault(page, state, job):
    run = queued("una")
    Worker.objects.create(place="here", pid=1, started_at=read_clock(), heartbeat_at=read_clock())
    Run.objects.filter(pk=run.pk).update(state=state, trouble="Se cayó" if state == "failed" else "")
    assert "Retomar" in page(run)
    assert (STUCK in page(run)) == (state != "failed")
    start_job(job, title="Una", actor=SYSTEM, now=read_clock(), run_id=run.pk + 1)
    assert "Retomar" in page(run)
    start_job(job, title="Una", actor=SYSTEM, now=read_clock(), run_id=run.pk)
    assert "Sigue en unos segundos" in page(run)
    assert "Retomar" not in page(run)
    assert STUCK not in page(run)
    assert "Se cayó" not in page(run)
