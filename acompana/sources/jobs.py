"""Background jobs of this room: three lines each, over operations."""

from __future__ import annotations

from datetime import datetime

from acompana.kernel.clock import read_clock
from acompana.messages.background import Progress, job, start_job
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.models import Run
from acompana.sources.operations.running import claim, forget_rows, is_alive, work_on
from acompana.sources.operations.running import wind_up as wind_up_run
from acompana.sources.operations.taking_back import KEPT_FOR, undo_run
from acompana.sources.rejects import forget_kept


@job(attempts=6)
def import_file(run_id: int, *, now: datetime, progress: Progress) -> None:
    """Works on a run if it is its turn; then starts the job of the one that waits longest."""
    run = Run.objects.select_related("source").get(pk=run_id)
    if claim(run, now=now):
        work_on(run, read_clock=read_clock, tell=progress)
    start_next(now=read_clock())


@job(attempts=6)
def wind_up(run_id: int, *, now: datetime) -> None:
    """Of a run that was cancelled while nobody worked on it."""
    wind_up_run(Run.objects.select_related("source").get(pk=run_id), read_clock=read_clock)
    start_next(now=read_clock())


@job(attempts=6)
def take_back(run_id: int, *, now: datetime, progress: Progress) -> None:
    """Undoes a run, or goes on undoing it."""
    undo_run(Run.objects.select_related("source", "change_set").get(pk=run_id), read_clock=read_clock, tell=progress)
    start_next(now=read_clock())


def start_next(*, now: datetime) -> None:
    """The job of what waits longest, unless a run works: an undoing first, then the queue."""
    working = list(Run.objects.filter(state__in=states.WORKING).select_related("source"))
    if any(is_alive(run, now) for run in working):
        return
    undoing = next((run for run in working if run.state == states.UNDOING), None)
    if undoing is not None:
        start_job(take_back, title=f"Deshacer {undoing}", actor=SYSTEM, now=now, run_id=undoing.pk)
        return
    waiting = Run.objects.filter(state=states.QUEUED).select_related("source").order_by("pk").first()
    if waiting is not None:
        start_job(import_file, title=waiting.title, actor=SYSTEM, now=now, run_id=waiting.pk)


def tidy(*, now: datetime) -> None:
    """Forget the rows of runs that nobody will look into any more; daily."""
    for run in Run.objects.filter(has_rows=True, finished_at__lt=now - KEPT_FOR):
        forget_rows(run)
    forget_kept(now - KEPT_FOR)
