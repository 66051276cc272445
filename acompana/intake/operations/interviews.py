"""The interview to come: agreed, moved, called off; each goes to both calendars (INT-10, EXP-16, FMT-5)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.intake import mail
from acompana.intake.attending import would_attend
from acompana.intake.calendar_file import CANCEL, REQUEST
from acompana.intake.interview_hours import (
    SAME_HOUR,
    agreed_words,
    closed_words,
    is_as_agreed,
    is_late,
    last_day_of,
    taken_by,
    taken_words,
)
from acompana.intake.models import Interview
from acompana.intake.operations.attention import CHANNEL_OF_MODE, check_can_attend
from acompana.intake.operations.interview_letters import date_words, tell_who_held_it, write_to_both
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.matters.operations import hold_matter
from acompana.matters.queries import lifecycle_of
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.people.queries import has_left
from acompana.progress.permissions import speaks_for_company
from acompana.shell.words import long_date

TAKEN = "A esa hora ya no hay lugar: elige otra."


def check_can_arrange(matter: Matter) -> None:
    """Refused unless it is the turn of the interview: after the contact, until it is held."""
    if matter.state == "to_contact":
        raise Refused("Primero registra el contacto con la empresa.", "INT-10")
    if matter.state != "to_interview":
        where = lifecycle_of(matter).state(matter.state).label
        raise Refused(f"No hay entrevista que acordar: su ingreso está en «{where}».", "INT-10")


@verb
def arrange_interview(
    *,
    matter: Matter,
    mode: str,
    place: str,
    starts_at: datetime,
    minutes: int,
    actor: Actor,
    now: datetime,
    even_if_closed: bool = False,
    even_if_late: bool = False,
    even_if_taken: bool = False,
) -> Interview:
    """Agrees date and place; the company and the executive get it by mail with a calendar file (INT-10).

    Who arranges it attends it; on a day when they are absent who stands in, and who is back by then of whom they stand
    in for (POR-10).

    Refused if nobody is at the office while it lasts, unless `even_if_closed` says that it is meant (OFF-2, EXP-7),
    and after the date by which it is owed, unless `even_if_late` does (DL-2); at an hour when who attends it has
    another interview, unless `even_if_taken` does.
    """
    check_can_attend(actor=actor, matter=matter)
    check_can_arrange(matter)
    if starts_at <= now:
        raise Refused("La fecha de la entrevista ya pasó. Elige una futura.", "INT-10")
    if matter.interviews.filter(cancelled_at=None, held_at=None).exists():
        raise Refused("Ya hay una entrevista acordada: puedes cambiarla de fecha.", "INT-10")
    _check_hour(starts_at, minutes, matter, now, even_if_closed, even_if_late)
    assert actor.person is not None
    executive = would_attend(matter, actor.person, starts_at)
    _check_free(executive, starts_at, minutes, actor=actor, even_if_taken=even_if_taken)
    interview = Interview.objects.create(
        matter=matter,
        mode=mode,
        place=place,
        starts_at=starts_at,
        minutes=minutes,
        executive=executive,
        arranged_at=now,
        arranged_by=actor.person,
    )
    agreed = agreed_words(interview, timezone.localdate(now))
    _log(interview, f"Entrevista acordada para el {agreed}", actor=actor, now=now)
    _tell_date(interview, actor=actor, now=now)
    return interview


def _check_hour(
    starts_at: datetime, minutes: int, matter: Matter, now: datetime, even_if_closed: bool, even_if_late: bool
) -> None:
    if not even_if_closed and (text := closed_words(starts_at, minutes, matter.office)):
        raise Refused(f"{text} Si es a esa hora igual, confírmalo.", "OFF-2")
    if not even_if_late and is_late(starts_at, matter, last := last_day_of(matter, now)):
        raise Refused(f"Pasa el plazo, que es el {long_date(last)}. Si se agenda igual, confírmalo.", "DL-2")


def _check_free(
    executive: Person,
    starts_at: datetime,
    minutes: int,
    *,
    actor: Actor,
    even_if_taken: bool,
    moving: Interview | None = None,
) -> None:
    """Refused while who holds it has another one then; a company is not told whose, and cannot mean it (EXP-16). Holds
    the executive's row: of two who take one hour, the second sees what the first agreed."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=executive.pk).values_list("pk", flat=True))
    other = taken_by(executive, starts_at, minutes, moving=moving)
    if other is None:
        return
    if not actor.is_staff:
        raise Refused(TAKEN, "EXP-16")
    if not even_if_taken:
        raise Refused(f"{taken_words(other)} Si son las dos a esa hora, confírmalo.", "EXP-16")


def _check_can_change(interview: Interview, actor: Actor, reason: str) -> None:
    if actor.is_staff:
        check_can_attend(actor=actor, matter=interview.matter)
    elif not speaks_for_company(actor, interview.matter):
        raise Refused("Solo la empresa o su oficina pueden cambiar la entrevista.", "ROL-16")
    else:
        hold_matter(interview.matter)
    interview.refresh_from_db(fields=["held_at", "cancelled_at"])  # the other side may have moved it meanwhile
    if interview.held_at or interview.cancelled_at:
        raise Refused("Esa entrevista ya no se puede cambiar.", "EXP-16")
    if not reason.strip():
        raise Refused("Cuenta en una frase por qué cambia la fecha.", "EXP-16")


@verb
def reschedule_interview(
    *,
    interview: Interview,
    starts_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
    mode: str = "",
    place: str = "",
    minutes: int | None = None,
    even_if_closed: bool = False,
    even_if_late: bool = False,
    even_if_taken: bool = False,
) -> Interview:
    """Moves an interview, by either side and with a reason; the earlier date is kept (EXP-16).

    Refused to the hour, way and place that it has: that is no change.
    An hour without anybody at the office, after the date by which it is owed, or at which the executive has another
    one: as `arrange_interview`; the last is for staff alone to mean. Of who left the agency, who moves it attends it;
    of who is absent on the new day, who stands in.
    """
    _check_can_change(interview, actor, reason)
    if starts_at <= now:
        raise Refused("La nueva fecha ya pasó. Elige una futura.", "EXP-16")
    lasts, today = minutes or interview.minutes, timezone.localdate(now)
    if is_as_agreed(interview, today, starts_at=starts_at, minutes=lasts, mode=mode, place=place):
        raise Refused(SAME_HOUR, "EXP-16")
    _check_hour(starts_at, lasts, interview.matter, now, even_if_closed, even_if_late)
    assert actor.person is not None
    left = actor.is_staff and has_left(interview.executive, today)
    executive = would_attend(interview.matter, actor.person if left else interview.executive, starts_at)
    _check_free(executive, starts_at, lasts, actor=actor, even_if_taken=even_if_taken, moving=interview)
    interview.cancelled_at = now
    interview.save(update_fields=["cancelled_at"])
    moved = Interview.objects.create(
        matter=interview.matter,
        mode=mode or interview.mode,
        place=place or interview.place,
        starts_at=starts_at,
        minutes=lasts,
        executive=executive,
        arranged_at=now,
        arranged_by=actor.person,
        replaces=interview,
        change_reason=reason,
    )
    before, after = (agreed_words(one, today) for one in (interview, moved))
    text = f"Era el {before}. Motivo: {reason.strip()}"
    _log(moved, f"Entrevista cambiada para el {after}", actor=actor, now=now, text=text)
    _tell_date(moved, actor=actor, now=now)
    if executive != interview.executive and not has_left(interview.executive, today):
        tell_who_held_it(interview, executive, now=now)
    return moved


@verb
def cancel_interview(*, interview: Interview, reason: str, actor: Actor, now: datetime) -> Interview:
    """Calls an interview off, by either side and with a reason; another one is still owed (DL-2, EXP-16)."""
    _check_can_change(interview, actor, reason)
    call_off(interview=interview, reason=reason.strip(), actor=actor, now=now)
    return interview


def call_off(*, interview: Interview, reason: str, actor: Actor, now: datetime) -> None:
    """The interview will not be held: both calendars are told to take it out. Part of a caller's transaction."""
    interview.cancelled_at = now
    interview.save(update_fields=["cancelled_at"])
    matter = interview.matter
    _log(interview, "Entrevista cancelada", actor=actor, now=now, text=reason)
    context = {"when_words": mail.later_moment(interview.starts_at, matter.office.time_zone), "reason": reason}
    write_to_both(
        interview, ("interview_cancelled", "interview_called_off"), CANCEL, f"cancel-{interview.pk}", context, now
    )


def _log(interview: Interview, fact: str, *, actor: Actor, now: datetime, text: str = "") -> None:
    record_entry(
        kind="interview",
        fact=fact,
        company=interview.matter.company,
        matter=interview.matter,
        channel=CHANNEL_OF_MODE[interview.mode] if actor.is_staff else "portal",
        direction="out" if actor.is_staff else "in",
        visibility="company",
        text=text or interview.change_reason,
        actor=actor,
        now=now,
    )


def _tell_date(interview: Interview, *, actor: Actor, now: datetime) -> None:
    """The date to both sides, with the file that puts it into a calendar or moves it there."""
    theirs_before = interview.replaces is not None and interview.replaces.executive_id == interview.executive_id
    ours = "interview_moved" if theirs_before and not actor.is_staff else "interview_yours"
    context = date_words(interview)
    write_to_both(interview, ("interview", ours), REQUEST, f"interview-{interview.pk}", context, now)
