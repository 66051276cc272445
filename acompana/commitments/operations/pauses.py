"""Stopping a clock while the other party answers, and letting it run again (EXP-8)."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from acompana.commitments.dates import calendar_of_commitment, compute_again, term_of_commitment
from acompana.commitments.models import Commitment, Pause
from acompana.commitments.operations.promises import lock_open
from acompana.commitments.queries import entries_about
from acompana.commitments.rules import check_can_pause, warning_instant
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import get_rule
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor


@verb
def pause(*, commitment: Commitment, reason: str, actor: Actor, now: datetime, evidence: Entry | None = None) -> Pause:
    """Stop the clock: dates after today up to the day of resuming will not count; hours stop at once.

    `evidence` is the entry that shows what is waited for. Refused, and why: the rule may not pause (OFF-3), no
    reason, evidence of something else, it is paused, late or closed.
    """
    locked = lock_open(commitment)
    check_can_pause(rule=locked.rule, term=term_of_commitment(locked))
    if not reason.strip():
        raise Refused("Escribe qué se espera de la otra parte; queda en la historia del plazo.", locked.rule)
    if evidence is not None and not entries_about(locked).filter(pk=evidence.pk).exists():
        raise Refused("Esa anotación no es de esta empresa ni de este asunto.", locked.rule)
    if locked.due_at < now:
        raise Refused("El plazo ya venció: no se puede poner en pausa.", locked.rule)
    if locked.pauses.filter(resumed_at=None).exists():
        raise Refused("El plazo ya está en pausa.", locked.rule)
    stopped = Pause.objects.create(
        commitment=locked, paused_at=now, paused_by=actor.person, reason=reason.strip()[:300], evidence=evidence
    )
    _log(locked, f"Plazo en pausa: {_name(locked)}", actor, now, text=stopped.reason)
    return stopped


@verb
def resume(*, commitment: Commitment, actor: Actor, now: datetime, answer: Entry | None = None) -> Commitment:
    """Let the clock run again; the due date, its explanation and its warning are computed anew. Refused if running.

    From when the other party answered, where that is what ends it, though it was noted later.
    """
    locked = lock_open(commitment)
    since = min(answer.happened_at, now) if answer else now
    if not locked.pauses.filter(resumed_at=None).update(resumed_at=since, resumed_by=actor.person, answer=answer):
        raise Refused("El plazo no está en pausa.", locked.rule)
    due = compute_again(locked)
    if due is None:
        return locked
    how = "Plazo reanudado al haber respuesta" if answer else "Plazo reanudado"
    _log(locked, f"{how}: {_name(locked)}, vence el {due.due_at:%d-%m-%Y}", actor, now)
    warn_at = warning_instant(start=now, due_at=due.due_at, calendar=calendar_of_commitment(locked))
    locked.due_at, locked.explanation = due.due_at, list(due.explanation)
    if warn_at is not None:
        locked.warned_at = None  # the date moved: it deserves a warning of its own
    locked.warn_at = warn_at
    locked.save(update_fields=["due_at", "explanation", "warn_at", "warned_at"])
    return locked


def _name(commitment: Commitment) -> str:
    """The words of the rule, never what somebody typed: a fact carries no personal data."""
    return get_rule(commitment.rule, localdate(commitment.starts_at)).label


def _log(commitment: Commitment, fact: str, actor: Actor, now: datetime, text: str = "") -> None:
    """What stands on a company's or a matter's timeline; a commitment about neither has no place to be told."""
    if commitment.company is None and commitment.matter is None:
        return
    record_entry(
        kind=Entry.Kind.COMMITMENT,
        fact=fact[:200],
        text=text,
        actor=actor,
        now=now,
        channel="system",
        company=commitment.company,
        matter=commitment.matter,
        office=commitment.office,
    )
