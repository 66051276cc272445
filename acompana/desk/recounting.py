"""What a day added to the calendars, or taken away, does to terms: told before, done at once or by the worker, listed
after (OFF-2, EXP-9). Over commitments and the jobs of messages, for the pages of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.urls import reverse

from acompana.commitments.models import Recount
from acompana.commitments.operations import foresee, recount
from acompana.commitments.operations.recounts import touched_by
from acompana.desk.jobs import recount_terms
from acompana.intake.interview_hours import agreed_on
from acompana.intake.models import Interview
from acompana.messages.background import start_job
from acompana.people.actors import Actor
from acompana.people.listeners import Agreed, Carried, Foreseen
from acompana.people.models import ExtraHoliday
from acompana.people.rules import clock
from acompana.shell.words import count_of

SHOWN = 20
AT_ONCE = 500  # more terms than this are counted again in the background


def foresee_terms(day: ExtraHoliday, now: datetime) -> Foreseen:
    """Which open terms would end on another day, and the interviews agreed for one that is added; nothing is
    written."""
    terms = foresee(day, now, SHOWN)
    return terms if day.pk else replace(terms, agreed=[_agreed(one) for one in agreed_on(day)])


def _agreed(interview: Interview) -> Agreed:
    office, company = interview.matter.office, interview.matter.company
    assert company is not None
    return Agreed(
        at=clock(interview.starts_at.astimezone(ZoneInfo(office.time_zone)).time()),
        of=str(company),
        office=str(office),
        who=str(interview.executive),
        href=company.get_absolute_url(),
    )


def recount_for(day: ExtraHoliday, actor: Actor, now: datetime) -> str:
    """Moves what a day touches, in the caller's transaction; a great many by the worker, told as a job."""
    many = len(touched_by(day, now))
    if many > AT_ONCE:
        start_job(
            recount_terms,
            title=f"Contar de nuevo los plazos: {day}"[:160],
            actor=actor,
            now=now,
            holiday_id=day.pk,
            person_id=actor.person.pk if actor.person else None,
        )
        return f"{count_of(many, 'plazo se revisa', 'plazos se revisan')} en segundo plano, en unos minutos."
    moved = recount(holiday=day, actor=actor, now=now)
    if not moved:
        return "Ningún plazo abierto cambió de día."
    return f"{count_of(moved, 'plazo abierto vence', 'plazos abiertos vencen')} ahora otro día."


def moved_terms(days: list[ExtraHoliday]) -> dict[int, Carried]:
    """Of each day by its id, how many commitments it moved, with their list. One query."""
    counted = (
        Recount.objects.filter(holiday__in=[day.pk for day in days])
        .order_by()
        .values_list("holiday")
        .annotate(Count("commitment", distinct=True))
    )
    return {
        pk: Carried(
            f"{count_of(many, 'plazo cambió', 'plazos cambiaron')} de día", reverse("commitments:recounts", args=[pk])
        )
        for pk, many in counted
    }
