"""Starting, continuing and cancelling a run; one at a time works, the others wait their turn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q

from acompana.files.operations import log_refused
from acompana.files.rules import clean_name
from acompana.kernel.refusals import Refused
from acompana.people.actors import Actor
from acompana.sources import states
from acompana.sources.aside import bring_references_back
from acompana.sources.mapping import SourceMapping, check_mapping, places_of
from acompana.sources.models import Run, Source
from acompana.sources.operations.mappings import check_may_import
from acompana.sources.planning import STRETCH, Tables
from acompana.sources.reading import first_rows, look_at
from acompana.sources.rejects import keep_rejected
from acompana.sources.rules import check_upload
from acompana.sources.staging import file_of
from acompana.sources.working import Stopped, Tell, Work, holder, is_held

log = logging.getLogger(__name__)
KEPT_ROWS = 100_000  # of the runs of a source before its last, in all
BELIEVED = timedelta(minutes=15)  # a run of another machine that says nothing for so long is nobody's


def check_can_start(source: Source, now: datetime) -> None:
    """Refused while the source has a run that is not over; a trial that stopped is in nobody's way."""
    if source.retired_on is not None:
        raise Refused(f"La fuente «{source}» está fuera de uso. Para importar, vuelve a usarla.", "SRC-1")
    check_nothing_open(source, now)


def check_nothing_open(source: Source, now: datetime) -> None:
    other = Run.objects.filter(source=source, state__in=states.OPEN).first()
    if other is not None and not is_stopped_trial(other, now):
        label = states.STATES[other.state].label.lower()
        there, the, what = ("un ensayo", "el", "lo") if other.is_trial else ("una carga", "la", "la")
        raise Refused(
            f"Ya hay {there} de «{source}» sin terminar: {the} nº {other.pk} ({label}). "
            f"Espera a que termine, retóma{what} o cancéla{what}.",
            "SRC-1",
        )


def start_run(
    *,
    source: Source,
    is_trial: bool,
    actor: Actor,
    now: datetime,
    upload: UploadedFile | None = None,
    path: Path | None = None,
    trial: Run | None = None,
) -> Run:
    """A run of one file, in the queue. Refused: another open run of the source, a file that is not what its name
    says or lacks a column of the mapping. Give an upload, which is kept; the path of a file that stays where it is; or
    a trial, whose file the import reads too.
    """
    check_may_import(actor)
    check_can_start(source, now)
    mapping = SourceMapping.of(source.mapping)
    check_mapping(mapping)
    run = Run(
        source=source,
        is_trial=is_trial,
        mapping=mapping.as_json(),
        started_by=actor.person,
        asked_at=now,
    )
    if upload is not None:
        run.file_name = clean_name(upload.name or "")
        try:
            check_upload(run.file_name, upload)
        except Refused as refusal:
            log_refused(refusal, upload)
            raise
        # Under a name that nobody chose: it leads nowhere but here.
        run.file.save(f"cargas/{now:%Y/%m}/{uuid4().hex}{Path(run.file_name).suffix.lower()}", upload, save=False)
    elif trial is not None:
        run.file_name, run.path = trial.file_name, trial.path
        if trial.file:
            run.file.name = trial.file.name
    else:
        assert path is not None
        run.file_name, run.path = path.name[:200], str(path.resolve())
    try:
        file = file_of(run)
        facts = look_at(file)
        table, _ = first_rows(file, facts, mapping, 1)
        places_of(mapping, table.head, table.read_as)
        run.size = facts.size
        with transaction.atomic():
            # Whoever retires the source meanwhile waits for this one, or this one for them.
            check_can_start(Source.objects.select_for_update().get(pk=source.pk), now)
            stopped = cancel_stopped_trial(source, now)
            run.save()
            tell_why_cancelled(stopped, f"{'el' if is_trial else 'la'} {run.word} nº {run.pk}")
            if trial is not None and trial.file:
                # The import keeps it from now on; the trial goes on reading it where it lies.
                Run.objects.filter(pk=trial.pk).update(path=trial.file.path, file="")
    except (IntegrityError, Refused) as error:
        if upload is not None:
            run.file.delete(save=False)
        if isinstance(error, Refused):
            raise
        check_can_start(source, now)
        raise Refused(f"Ya hay una carga o un ensayo de «{source}» sin terminar.", "SRC-1") from error
    return run


# --- whose turn it is -------------------------------------------------------------------------------------------


def is_alive(run: Run, now: datetime) -> bool:
    """Whether some process works on a run."""
    if run.state not in states.WORKING or not run.holder:
        return False
    if is_held(run):
        return True
    elsewhere = run.holder.rpartition("#")[0] != holder().rpartition("#")[0]
    return elsewhere and run.alive_at is not None and run.alive_at > now - BELIEVED


def waits_for_another(run: Run, now: datetime) -> bool:
    """Whether a run in the queue waits for one that is being worked on, or that was asked for before it."""
    earlier = Run.objects.filter(state=states.QUEUED, pk__lt=run.pk)
    working = Run.objects.filter(state__in=states.WORKING).exclude(pk=run.pk)
    return earlier.exists() or any(is_alive(one, now) for one in working)


def claim(run: Run, *, now: datetime) -> bool:
    """Take a run into this process's hands, if it is its turn and no other process has one."""
    with transaction.atomic():
        # Whoever asks next waits for this transaction, and then sees what it did.
        working = list(
            Run.objects.select_for_update().filter(Q(state__in=states.WORKING) | Q(pk=run.pk)).order_by("pk")
        )
        mine = next((one for one in working if one.pk == run.pk), None)
        if mine is None or any(is_alive(one, now) for one in working):
            return False
        if mine.state == states.QUEUED:
            earlier = Run.objects.filter(state=states.QUEUED, pk__lt=mine.pk)
            if earlier.exists():
                return False
        elif mine.state not in (states.READING, states.APPLYING, states.INDEXING, states.FAILED):
            return False
        Run.objects.filter(pk=run.pk).update(state=_where_it_stands(mine), holder=holder(), alive_at=now, trouble="")
    run.refresh_from_db()
    return True


def _where_it_stands(run: Run) -> str:
    """The phase in which a run goes on, by how far it got."""
    if not run.is_whole or (run.change_set_id is None and not run.is_trial and run.applied == 0):
        return states.READING
    if run.applied < run.staged or run.is_trial:
        return states.APPLYING
    return states.INDEXING


# --- working ----------------------------------------------------------------------------------------------------


def work_on(
    run: Run,
    *,
    read_clock: Callable[[], datetime],
    tell: Tell = lambda done, total: None,
    stretch: int = STRETCH,
) -> Run:
    """Works on a claimed run to its end, in this process. What the file itself is at fault for ends in the state
    FAILED with the sentence to show; anything else is raised after it is noted, and the run can be continued."""
    work = Work(run, read_clock=read_clock, tell=tell, stretch=stretch)
    try:
        work()
        _forget_older(run)
    except Stopped:
        run.refresh_from_db()
        if run.state == states.CANCELLED:
            wind_up(run, read_clock=read_clock)
    except Refused as refusal:
        _fail(run, refusal.reason, read_clock())
    except Exception as error:
        _fail(run, f"Se detuvo por un problema del sistema ({type(error).__name__}). Se puede retomar.", read_clock())
        with suppress(DatabaseError):  # the database itself may be what failed
            bring_references_back(run.put_aside)
        raise
    run.refresh_from_db()
    return run


def _fail(run: Run, why: str, now: datetime) -> None:
    Run.objects.filter(pk=run.pk, state__in=states.WORKING).update(
        state=states.FAILED, trouble=why[:500], holder="", alive_at=now
    )


def _this(run: Run) -> str:
    return "Este ensayo" if run.is_trial else "Esta carga"


def continue_run(*, run: Run, actor: Actor, now: datetime) -> None:
    """Checks that a run that stopped may go on; the caller starts the job, or works on it. Refused: nothing to do."""
    check_may_import(actor)
    if run.state not in (states.FAILED, states.QUEUED, *states.WORKING):
        raise Refused(f"{_this(run)} ya terminó.", "SRC-1")
    if is_alive(run, now):
        raise Refused(f"{_this(run)} está en curso.", "SRC-1")


def check_can_cancel(run: Run) -> None:
    """Refused where there is nothing left to cancel."""
    if run.state not in (states.QUEUED, states.READING, states.APPLYING, states.FAILED):
        raise Refused(f"{_this(run)} ya no se puede cancelar.", "SRC-1")


def cancel_run(*, run: Run, actor: Actor, now: datetime) -> bool:
    """Ends a run where it is; what it did so far stays, and can be undone. True if somebody still has to wind it up
    (a job of the caller), because no process has it in its hands."""
    check_may_import(actor)
    with transaction.atomic():
        stored = Run.objects.select_for_update().get(pk=run.pk)
        check_can_cancel(stored)
        alive = is_alive(stored, now)
        Run.objects.filter(pk=run.pk).update(state=states.CANCELLED, finished_at=now)
    run.refresh_from_db()
    return not alive


def is_stopped_trial(run: Run, now: datetime) -> bool:
    """Whether it is a trial that an error stopped, or whose process is gone."""
    return run.is_trial and (run.state == states.FAILED or (run.state in states.WORKING and not is_alive(run, now)))


def cancel_stopped_trial(source: Source, now: datetime) -> Run | None:
    """The trial that would keep another run of its source from beginning, cancelled: it wrote nothing that somebody
    could want to go on with. To be called in the transaction that begins the other one."""
    open_runs = Run.objects.select_for_update().filter(source=source, state__in=states.OPEN)
    stopped = next((run for run in open_runs if is_stopped_trial(run, now)), None)
    if stopped is not None:
        Run.objects.filter(pk=stopped.pk).update(state=states.CANCELLED, finished_at=now, holder="")
    return stopped


def tell_why_cancelled(stopped: Run | None, began: str) -> None:
    """On its page, beside what stopped it. `began`: what took its place, in words."""
    if stopped is not None:
        why = f"{stopped.trouble[:380]} Se canceló solo cuando empezó {began}, porque no había cambiado nada."
        Run.objects.filter(pk=stopped.pk).update(trouble=why.strip())


def wind_up(run: Run, *, read_clock: Callable[[], datetime]) -> None:
    """Leaves a cancelled run in order: what it made is found, indexes are back."""
    run.refresh_from_db()
    if run.change_set_id is not None:
        Work(run, read_clock=read_clock).index_what_is_there()
    Run.objects.filter(pk=run.pk).update(holder="")


def _forget_older(run: Run) -> None:
    """Where an import changed something, the rows of earlier runs of its source go where they are many, and with them
    the means to look into those runs or to undo them; the rejected ones stay as a file. A run that changed nothing
    takes nothing from anybody."""
    run.refresh_from_db()
    if run.is_trial or not (run.created or run.updated):
        return
    older = Run.objects.filter(source=run.source, has_rows=True, pk__lt=run.pk).exclude(state__in=states.OPEN)
    room = KEPT_ROWS
    forgotten = []
    for one in older.select_related("source").order_by("-pk"):
        room -= one.staged
        if room < 0:
            forgotten.append(one)
    for one in reversed(forgotten):  # a trial before the import that took its file over
        keep_rejected(one)
        forget_rows(one)


def forget_rows(run: Run) -> None:
    """Drops a run's tables of work: it can be read about, and no longer looked into or undone."""
    with transaction.atomic():
        Tables.of(run).drop()
        Run.objects.filter(pk=run.pk).update(has_rows=False)
    if run.file:
        run.file.delete(save=False)
        Run.objects.filter(pk=run.pk).update(file="")
