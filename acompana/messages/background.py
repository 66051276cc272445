"""Background jobs: declared with `@job`, enqueued in the caller's transaction, retried, shown with their progress.

    @job(attempts=3)
    def recompute_everything(office_id: int, *, now: datetime, progress: Progress) -> None: ...

    start_job(recompute_everything, title="Recalcular la cartera", actor=actor, now=now, office_id=7)

The worker gives `now`, and `progress` to a job that takes it. A job whose worker died is run again: it must bear that.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django_tasks import task as django_task
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from acompana.messages.models import JobNote, Worker
from acompana.messages.rules import next_job_after
from acompana.people.actors import Actor

log = logging.getLogger(__name__)

DEFAULT_ATTEMPTS = 5
_attempts: dict[str, int] = {}


def job(*, attempts: int = DEFAULT_ATTEMPTS) -> Callable[[Callable[..., Any]], Task]:
    """Declare a background job that is tried so many times before it is given up."""

    def declare(function: Callable[..., Any]) -> Task:
        declared = django_task(function)
        _attempts[declared.module_path] = attempts
        return declared

    return declare


class Progress:
    """How a job says how far it is: `progress(done, total)`."""

    def __init__(self, task_id: UUID) -> None:
        self.task_id = task_id

    def __call__(self, done: int, total: int) -> None:
        JobNote.objects.filter(task_id=self.task_id).update(done=done, total=total)


@transaction.atomic
def start_job(task: Task, *, title: str, actor: Actor, now: datetime, **arguments: object) -> JobNote:
    """Enqueue a job in the caller's transaction, with a title under which its progress is shown."""
    result = task.enqueue(**arguments)
    return JobNote.objects.create(task_id=result.id, title=title, requested_by=actor.person, requested_at=now)


# --- the worker's side ------------------------------------------------------------------------------------------


def ready_jobs(now: datetime) -> Any:
    """Jobs that may run now, in the order in which they should."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=now), status=TaskResultStatus.READY
    )


def is_about_to_start(*tasks: Task, now: datetime, **arguments: object) -> bool:
    """Whether one of these jobs, for these very arguments, waits for a worker and for nothing else."""
    told = {f"args_kwargs__kwargs__{name}": value for name, value in arguments.items()}
    paths = [task.module_path for task in tasks]
    return bool(ready_jobs(now).filter(task_path__in=paths, **told).exists())


@transaction.atomic
def claim_job(*, worker: Worker, now: datetime) -> DBTaskResult | None:
    """Take the next job for this worker, so that no other runs it."""
    ready = ready_jobs(now)
    if connection.features.has_select_for_update_skip_locked:
        ready = ready.select_for_update(skip_locked=True)
    row = ready.first()
    if row is None:
        return None
    claimed = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.READY).update(
        status=TaskResultStatus.RUNNING, started_at=now, worker_ids=[*row.worker_ids, str(worker.pk)]
    )
    row.refresh_from_db()
    return row if claimed else None


def run_job(row: DBTaskResult, *, now: datetime) -> None:
    """Run a claimed job and write how it ended; a failure is tried again later, until it has had its attempts."""
    try:
        task = row.task
        extra: dict[str, object] = {"now": now}
        if "progress" in inspect.signature(task.func).parameters:
            extra["progress"] = Progress(row.pk)
        value = task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"], **extra)
        row.set_successful(value)
    except Exception as error:
        log.exception("job %s failed (attempt %s)", row.task_path, len(row.worker_ids))
        row.set_failed(error)
        try_again(row, now=now)


def try_again(row: DBTaskResult, *, now: datetime) -> None:
    """Put a failed job back, for later, if it has attempts left."""
    wait = next_job_after(len(row.worker_ids), _attempts.get(row.task_path, DEFAULT_ATTEMPTS))
    if wait is not None:
        DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.READY, run_after=now + wait)


@transaction.atomic
def recover_jobs(*, now: datetime) -> int:
    """Put back the jobs that were running in workers that stopped; those without attempts left stay failed."""
    recovered = 0
    for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if Worker.objects.filter(pk__in=row.worker_ids[-1:], stopped_at__isnull=False).exists():
            row.set_failed(RuntimeError("The worker that ran this job stopped."))
            try_again(row, now=now)
            recovered += 1
    return recovered
