"""The interviews to come of who leaves the agency, or is away that day, go on at their date with somebody else
(POR-10, EXP-16)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.intake.attending import attends_duty, day_at
from acompana.intake.calendar_file import REQUEST
from acompana.intake.interview_hours import taken_by, taken_words
from acompana.intake.models import Interview
from acompana.intake.operations.interview_letters import date_words, tell_who_held_it, write_to_both
from acompana.intake.states import INTERVIEW_RULE
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Absence, Person
from acompana.people.queries import has_left
from acompana.shell.words import count_of

PASSED = "Otra persona atiende la entrevista acordada; su fecha no cambia"


@verb
def pass_interviews(*, interviews: QuerySet[Interview], reason: str, actor: Actor, now: datetime) -> int:
    """Of these interviews, those to come pass to who owes them by name, as rescheduling moves one: the old row stays,
    the company and the new executive are told, their calendars say who attends. How many.

    Where who owes it holds it for somebody absent, or is absent on its day, to who is there that day. One that nobody
    owes by name stays as it is until somebody does (`follow_duties`).
    """
    to_come = interviews.filter(cancelled_at=None, held_at=None, starts_at__gt=now).order_by("starts_at", "id")
    rows = list(
        to_come.select_related("matter__company", "matter__office", "executive").select_for_update(of=("self",))
    )
    if not rows:
        return 0
    owed = Commitment.objects.open().filter(matter__in=[row.matter_id for row in rows], rule=INTERVIEW_RULE)
    duties = {one.matter_id: one for one in owed.exclude(owner=None).select_related("owner")}
    passed = 0
    for row in rows:
        duty = duties.get(row.matter_id)
        who = attends_duty(duty, day_at(row.starts_at, row.matter.office)) if duty else row.executive
        if who.pk != row.executive_id:
            _pass(row, who, reason, actor, now)
            passed += 1
    return passed


@verb
def follow_duties(*, matters: QuerySet[Matter], reason: str, actor: Actor, now: datetime) -> int:
    """Somebody new owes something on these matters: the interviews to come of who left meanwhile pass to them."""
    left = Interview.objects.filter(
        matter__in=matters.order_by().values("pk"), executive__staff_member__until_on__lte=timezone.localdate(now)
    )
    return pass_interviews(interviews=left, reason=reason, actor=actor, now=now)


@verb
def cover_interviews(absence: Absence, actor: Actor, now: datetime) -> str:
    """What somebody agreed for days on which they will be away is of who stands in from when it is noted: whoever
    waits for them knows in time. How many passed, in a sentence; empty for none."""
    absent = absence.staff_member.person
    days = (absence.from_on, absence.until_on)
    theirs = Interview.objects.filter(executive=absent, starts_at__date__range=days)
    reason = f"{absent} estará fuera hasta el {absence.until_on:%d-%m-%Y}"
    return _said(pass_interviews(interviews=theirs, reason=reason, actor=actor, now=now), "quien reemplaza")


@verb
def give_interviews_back(absence: Absence, actor: Actor, now: datetime) -> str:
    """Who is back before the day, or never leaves, attends again what passed because of it, and both sides are told.
    How many, in a sentence; empty for none."""
    absent = absence.staff_member.person
    owed = Commitment.objects.open().filter(Q(owner=absent) | Q(transfers__absence=absence), rule=INTERVIEW_RULE)
    passed = Interview.objects.filter(matter__in=owed.order_by().values("matter"), replaces__isnull=False)
    elsewhere = passed.exclude(executive=absent)
    return _said(pass_interviews(interviews=elsewhere, reason=f"{absent} vuelve", actor=actor, now=now), f"{absent}")


def _said(passed: int, to: str) -> str:
    words = count_of(passed, "entrevista acordada pasa", "entrevistas acordadas pasan")
    return f"{words} a {to}, en su fecha, y se avisó a la empresa." if passed else ""


def _pass(interview: Interview, who: Person, reason: str, actor: Actor, now: datetime) -> None:
    before, matter = interview.executive, interview.matter
    interview.cancelled_at = now
    interview.save(update_fields=["cancelled_at"])
    other = taken_by(who, interview.starts_at, interview.minutes)
    passed = Interview.objects.create(
        matter=matter,
        mode=interview.mode,
        place=interview.place,
        starts_at=interview.starts_at,
        minutes=interview.minutes,
        executive=who,
        arranged_at=now,
        arranged_by=interview.arranged_by,
        replaces=interview,
        change_reason=reason[:300],
    )
    record_entry(
        kind="change",
        fact=PASSED,
        matter=matter,
        channel="system",
        visibility="company",
        text=f"La iba a atender {before}; la atiende {who}.",
        actor=actor,
        now=now,
    )
    context = {
        **date_words(passed),
        "passed": True,
        "before": before.full_name,
        "clash": taken_words(other) if other else "",
    }
    write_to_both(passed, ("interview", "interview_yours"), REQUEST, f"interview-{passed.pk}", context, now)
    if not has_left(before, timezone.localdate(now)):
        tell_who_held_it(interview, who, now=now)
