"""Undoing a whole run, up to the point that its page names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from acompana.kernel import sets
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.sources import states
from acompana.sources.models import Run
from acompana.sources.operations.mappings import check_may_import
from acompana.sources.operations.running import cancel_stopped_trial, is_alive, tell_why_cancelled
from acompana.sources.planning import Tables
from acompana.sources.rejects import keep_rejected
from acompana.sources.undoing import Undoing
from acompana.sources.working import Tell, holder

_TAKEN_BACK_FROM = (states.DONE, states.CANCELLED, states.UNDONE)
NOTHING_CHANGED = "Esta carga no cambió nada: no hay qué deshacer."
KEPT_FOR = timedelta(days=30)  # the rows of a run, by which it is looked into and undone


def undoable_until(run: Run) -> datetime | None:
    """Up to when a run can be undone, if no other import of its source changes something first; None if it cannot."""
    if run.is_trial or run.change_set_id is None or not run.has_rows or run.finished_at is None:
        return None
    if run.state not in _TAKEN_BACK_FROM or run.holder or (run.undone_at is not None and not run.undone_kept):
        return None
    if changed_nothing(run):
        return None
    return run.finished_at + KEPT_FOR


def changed_nothing(run: Run) -> bool:
    """Whether a run left every company, and what sources say of it, as it was. One query at most, while its rows are
    there; where they are gone, only of a run that wrote nothing at all."""
    if run.created or run.updated:
        return False
    if run.change_set_id is None or not run.has_rows:
        return run.change_set_id is None
    # By the companies of its rows: nothing finds the provenance of a run.
    said = sets.value(
        f"SELECT 1 FROM {Tables.of(run).plan} p JOIN sources_provenance v ON v.company_id = p.company_id "
        "AND v.source_id + 0 = %s WHERE p.fresh = 1 AND v.run_id = %s LIMIT 1",
        [run.source_id, run.pk],
    )
    return said is None


def check_can_undo(run: Run, now: datetime) -> None:
    """Refused with why a run cannot be undone, or no longer. One that was undone can be again where something stayed:
    what came later may have been undone since."""
    if run.undone_at is not None and not run.undone_kept and run.state == states.UNDONE:
        raise Refused("Esta carga ya se deshizo.", "EXP-5")
    if run.is_trial:
        raise Refused("Un ensayo no cambia nada: no hay qué deshacer.", "EXP-5")
    if run.state in (states.DONE, states.CANCELLED) and not run.holder and changed_nothing(run):
        raise Refused(NOTHING_CHANGED, "EXP-5")
    if run.state not in _TAKEN_BACK_FROM or run.holder or run.finished_at is None:
        raise Refused("Esta carga todavía no termina.", "EXP-5")
    if not run.has_rows or run.finished_at + KEPT_FOR < now:
        which = "Esta carga" if run.undone_at is None else "Lo que quedó de esta carga"
        raise Refused(f"{which} ya no se puede deshacer: {why_forgotten(run)}.", "EXP-5")


def why_forgotten(run: Run) -> str:
    """Which of the two ended what is kept of a run: another one that changed data, or its days."""
    newer = Run.objects.filter(source=run.source_id, is_trial=False, pk__gt=run.pk).exclude(created=0, updated=0)
    if run.finished_at is not None:
        newer = newer.filter(finished_at__lte=run.finished_at + KEPT_FOR)
    which = newer.order_by("pk").first() if not run.has_rows else None
    if which is None:
        return f"pasaron {KEPT_FOR.days} días"
    day = f"{timezone.localdate(which.asked_at):%d-%m-%Y}"
    return f"otra carga de la misma fuente, la nº {which.pk}, del {day}, cambió datos después"


def why_not_undoable(run: Run, now: datetime) -> str:
    """The sentence of the page of a run that cannot be undone, or not any more; empty for any other."""
    if run.state in (states.DONE, states.CANCELLED) and not run.is_trial and not run.holder and changed_nothing(run):
        return NOTHING_CHANGED
    if not run.created + run.updated or run.state not in _TAKEN_BACK_FROM:
        return ""
    if run.undone_at is not None and not run.undone_kept:
        return ""
    try:
        check_can_undo(run, now)
    except Refused as refused:
        return refused.reason
    return ""


def why_no_rows(run: Run) -> str:
    """Why the rows of a run cannot be looked into."""
    if run.state in (states.UNDOING, states.UNDONE):
        return "La carga se deshizo: sus filas ya no se muestran."
    the_run, this_run = ("el ensayo", "este ensayo") if run.is_trial else ("la carga", "esta carga")
    if run.finished_at is None:
        return f"Las filas todavía no están: {the_run} no termina."
    if not run.staged or run.has_rows:
        return f"{the_run.capitalize()} no alcanzó a comparar ninguna fila."
    return f"Las filas de {this_run} ya no se guardan: {why_forgotten(run)}."


@verb
def ask_undo(*, run: Run, actor: Actor, now: datetime) -> None:
    """Puts a run on its way back; the caller starts the job that does it. Refused: too late, or another run works."""
    check_may_import(actor)
    stored = Run.objects.select_for_update().select_related("source").get(pk=run.pk)
    check_can_undo(stored, now)
    stopped = cancel_stopped_trial(stored.source, now)
    tell_why_cancelled(stopped, f"a deshacerse la carga nº {run.pk}")
    working = Run.objects.filter(source=stored.source, state__in=states.OPEN).exclude(pk=run.pk).first()
    if working is not None:
        which = "un ensayo" if working.is_trial else "una carga"
        raise Refused(f"Hay {which} de «{stored.source}» sin terminar: nº {working.pk}.", "SRC-1")
    again = {"applied": F("staged"), "undone_kept": 0} if stored.undone_at is not None else {}
    Run.objects.filter(pk=run.pk).update(
        state=states.UNDOING, undone_by=actor.person, holder="", alive_at=now, **again
    )
    run.refresh_from_db()


def undo_run(run: Run, *, read_clock: Callable[[], datetime], tell: Tell = lambda done, total: None) -> Run:
    """Takes back a run that is on its way, in this process; begun and stopped, it goes on."""
    now = read_clock()
    with transaction.atomic():
        working = Run.objects.select_for_update().filter(state__in=states.WORKING)
        if any(is_alive(one, now) for one in working if one.holder):
            return run
        Run.objects.filter(pk=run.pk, state=states.UNDOING).update(holder=holder(), alive_at=now)
    run.refresh_from_db()
    if run.state == states.UNDOING:
        keep_rejected(run)  # whoever has to mend them goes on having them
        Undoing(run, read_clock=read_clock, tell=tell)()
        run.refresh_from_db()
    return run


def last_day(run: Run) -> str:
    """The last day on which it can be undone, as people read it; empty if it cannot."""
    until = undoable_until(run)
    return f"{timezone.localdate(until):%d-%m-%Y}" if until else ""
