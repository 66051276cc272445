"""Who attends an interview on its day: who holds it, or who stands in while they are absent (INT-10, POR-10)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.text import capfirst

from acompana.commitments.models import Commitment
from acompana.intake.interview_hours import owed_interview
from acompana.intake.models import Interview
from acompana.matters.models import Matter
from acompana.people.models import Absence, Office, Person
from acompana.people.queries import absences_ahead, has_left, who_holds
from acompana.shell.words import long_date


def day_at(starts_at: datetime, office: Office) -> date:
    """The day of an instant by the clock of an office."""
    return starts_at.astimezone(ZoneInfo(office.time_zone)).date()


def attends(interview: Interview) -> tuple[Person, Absence | None]:
    """Who attends an agreed interview on its day, and the absence because of which it is another than agreed."""
    return who_holds(interview.executive, day_at(interview.starts_at, interview.matter.office))


def attends_duty(duty: Commitment, day: date) -> Person:
    """Who attends on a day the interview that somebody owes by name: they, or for whom they hold it, if those are back
    by then; of who is absent that day, who stands in."""
    assert duty.owner is not None
    absent = _held_for(duty)
    return who_holds(duty.owner if absent is None or has_left(absent, day) else absent, day)[0]


def _held_for(duty: Commitment) -> Person | None:
    """For whom of those absent its owner holds a duty."""
    newest = duty.transfers.select_related("absence__staff_member__person").order_by("-transferred_at", "-id").first()
    return newest.absence.staff_member.person if newest and newest.absence else None


def whose(matter: Matter, holder: Person) -> Person:
    """Whose interview it is that somebody agrees or holds: theirs, or of the absent for whom they owe it."""
    owed = owed_interview(matter)
    if owed is None or owed.owner != holder:
        return holder
    return _held_for(owed) or holder


def would_attend(matter: Matter, holder: Person, starts_at: datetime) -> Person:
    """Who attends an interview that is agreed for an instant by, or stays with, a person."""
    owed, day = owed_interview(matter), day_at(starts_at, matter.office)
    return attends_duty(owed, day) if owed is not None and owed.owner == holder else who_holds(holder, day)[0]


def attending_words(
    matter: Matter, holder: Person, today: date, *, colleague: Person | None = None, is_said: bool = False
) -> str:
    """Who attends an interview that a person agrees or holds, told before its hour is chosen, and on which days
    another does, in sentences: to the company, or to a `colleague` of the agency. `is_said`: by name it is already."""
    person = whose(matter, holder)

    def told(who: Person) -> str:
        if colleague is None:
            return f"te atiende {who}"
        return "la atiendes tú" if who == colleague else f"la atiende {who}"

    words = [] if is_said and person == holder else [f"{capfirst(told(person))}."]
    for absence in absences_ahead(person, today):
        days = f"hasta el {long_date(absence.until_on)}"
        if absence.from_on > today:
            days = f"desde el {long_date(absence.from_on)} {days}"
        instead = who_holds(person, max(absence.from_on, today))[0]
        out = "estarás" if person == colleague else "estará" if words else f"{person} estará"
        words.append(f"{capfirst(days)} {out} fuera, y {told(instead)}.")
    return " ".join(words)
