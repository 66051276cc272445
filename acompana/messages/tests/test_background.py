"""Background jobs: with their cause, retried, recovered from workers that died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from acompana.messages.background import claim_job, recover_jobs, run_job, start_job
from acompana.messages.models import JobNote, Worker
from acompana.messages.tests.trial_jobs import count_to, stumble
from acompana.people.actors import NOBODY

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(now) -> Worker:
    return Worker.objects.create(place="here", pid=1, started_at=now, heartbeat_at=now)


def test_a_job_goes_with_what_caused_it(now, worker):
    with transaction.atomic():
        start_job(count_to, title="Contar", actor=NOBODY, now=now, top=3)
        transaction.set_rollback(True)
    assert claim_job(worker=worker, now=now) is None
    assert not JobNote.objects.exists()


def test_a_job_runs_once_and_tells_how_far_it_is(now, worker):
    start_job(count_to, title="Contar", actor=NOBODY, now=now, top=3)
    row = claim_job(worker=worker, now=now)
    assert claim_job(worker=worker, now=now) is None
    run_job(row, now=now)
    note = JobNote.objects.select_related("task").get()
    assert (note.done, note.total, note.task.status, note.task.return_value) == (3, 3, "SUCCESSFUL", 3)


def test_a_job_that_fails_is_tried_later_and_given_up_after_its_attempts(now, worker):
    start_job(stumble, title="Tropezar", actor=NOBODY, now=now)
    run_job(claim_job(worker=worker, now=now), now=now)
    assert claim_job(worker=worker, now=now) is None
    later = now + timedelta(minutes=2)
    run_job(claim_job(worker=worker, now=later), now=later)
    row = DBTaskResult.objects.get()
    assert row.status == "FAILED"
    assert "the job stumbled" in row.traceback
    assert claim_job(worker=worker, now=now + timedelta(days=30)) is None


def test_the_job_of_a_worker_that_died_is_run_again(now, worker):
    start_job(count_to, title="Contar", actor=NOBODY, now=now, top=1)
    claim_job(worker=worker, now=now)
    assert recover_jobs(now=now) == 0
    Worker.objects.update(stopped_at=now)
    assert recover_jobs(now=now) == 1
    later = now + timedelta(minutes=2)
    row = claim_job(worker=Worker.objects.create(place="here", pid=2, started_at=now, heartbeat_at=now), now=later)
    run_job(row, now=later)
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_a_job_whose_code_is_gone_fails_with_its_reason(now, worker):
    start_job(count_to, title="Contar", actor=NOBODY, now=now, top=1)
    DBTaskResult.objects.update(task_path="acompana.gone.jobs.nothing")
    run_job(claim_job(worker=worker, now=now), now=now)
    assert "acompana.gone" in DBTaskResult.objects.get().traceback
