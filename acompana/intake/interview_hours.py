"""When an interview can be: the hours of its office, those of who holds it, and by when it is owed, in words (OFF-2,
EXP-7, DL-2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from acompana.commitments.models import Commitment
from acompana.intake.mail import moment_words
from acompana.intake.models import Interview
from acompana.kernel.calendars import USUAL_HOURS, OfficeCalendar
from acompana.matters.models import Matter
from acompana.people.calendars import calendar_of, offices_that_have
from acompana.people.models import ExtraHoliday, Office, Person
from acompana.people.queries import has_left
from acompana.people.rules import Stretch, clock, hours_in_words
from acompana.shell.words import long_date, reading_on

LONGEST = 480  # minutes that an interview may last


def closed_words(starts_at: datetime, minutes: int, office: Office) -> str:
    """Why nobody is at the office while an interview lasts, in a sentence; empty if it is open (OFF-2)."""
    calendar = calendar_of(office)
    local = starts_at.astimezone(calendar.zone)
    day = local.date()
    if not calendar.is_business_day(day):
        why = calendar.why_closed(day) if calendar.holiday_name(day) else "fin de semana"
        return f"El {long_date(day)} es {why}: la oficina no atiende."
    closes_at = calendar.closing_after(starts_at)
    if closes_at is None:
        return f"El {long_date(day)} a las {clock(local.time())} la oficina está cerrada: atiende {_hours(calendar)}."
    ends_at = local + timedelta(minutes=minutes)
    if ends_at > closes_at:
        ends, closes = clock(ends_at.time()), clock(closes_at.time())
        return f"El {long_date(day)} la entrevista terminaría a las {ends}, y la oficina cierra a las {closes}."
    return ""


def hours_words(office: Office) -> str:
    """The hours of an office within a sentence: «lunes a viernes, 9:00 a 13:00 y 14:00 a 17:30»."""
    return _hours(calendar_of(office))


def _hours(calendar: OfficeCalendar) -> str:
    stretches = [Stretch(row.weekday, row.opens_at, row.closes_at) for row in calendar.hours or USUAL_HOURS]
    return "; ".join(f"{days[:1].lower()}{days[1:]}, {hours}" for days, hours in hours_in_words(stretches))


SAME_HOUR = "Ya está agendada para esa fecha y hora."


def is_as_agreed(
    interview: Interview, on: date, *, starts_at: datetime, minutes: int, mode: str = "", place: str = ""
) -> bool:
    """Whether an interview would be moved to the very hour, way and place that it has: nothing changes (EXP-16). Where
    who holds it has left the agency by that day, moving it changes who does."""
    asked = (starts_at, minutes, mode or interview.mode, place or interview.place)
    there = (interview.starts_at, interview.minutes, interview.mode, interview.place)
    return asked == there and not has_left(interview.executive, on)


HOW = {
    "video": "por videollamada",
    "phone": "por teléfono",
    "visit": "en una visita a la empresa",
    "office": "en la oficina regional",
}


def agreed_words(interview: Interview, on: date) -> str:
    """When and how an interview is to be, as it is noted on a day: «martes 4 de marzo, 10:30, por videollamada». With
    the year where it is another one than that day's."""
    local = interview.starts_at.astimezone(ZoneInfo(interview.matter.office.time_zone))
    with reading_on(on):
        return f"{long_date(local.date())}, {clock(local.time())}, {HOW[interview.mode]}"


def owed_interview(matter: Matter) -> Commitment | None:
    """The interview that is owed on a matter while its clock runs (DL-2)."""
    running = Commitment.objects.running().filter(matter=matter, rule="DL-2")
    return running.select_related("owner").order_by("due_at").first()


def held_by_another(interview: Interview) -> str:
    """Where who holds an agreed interview does not owe it, both in a sentence; else empty (DL-2). One query."""
    owed = owed_interview(interview.matter)
    if owed is None or owed.owner is None or owed.owner == interview.executive:
        return ""
    return f"Quedó acordada con {interview.executive}, pero la debe {owed.owner}."


def last_day_of(matter: Matter, now: datetime) -> date | None:
    """The last day on which the interview is in time; None where none is owed, or that day has passed."""
    owed = owed_interview(matter)
    if owed is None or owed.due_at < now:
        return None
    return owed.due_at.astimezone(ZoneInfo(matter.office.time_zone)).date()


def last_attended_day(office: Office, day: date) -> date:
    """That day where the office attends on it, else the last one before it on which it does (OFF-2)."""
    calendar = calendar_of(office)
    return calendar.last_open(datetime.combine(day, time.max, calendar.zone)).date()


def is_late(starts_at: datetime, matter: Matter, last_day: date | None) -> bool:
    """Whether an interview would be after the last day on which it is in time."""
    return last_day is not None and starts_at.astimezone(ZoneInfo(matter.office.time_zone)).date() > last_day


def held_words(matter: Matter, held_at: datetime, now: datetime) -> str:
    """The date with which an interview was noted, and what that date makes late: itself, or what it starts (DL-2)."""
    zone = ZoneInfo(matter.office.time_zone)
    words = [f"Entrevista registrada: fue el {moment_words(held_at, matter.office.time_zone)}."]
    owed = matter.commitments.filter(rule="DL-2").exclude(fulfilled_at=None).order_by("-fulfilled_at", "-id").first()
    if owed is not None and owed.was_kept is False:
        words.append(f"Quedó fuera de plazo: se debía a más tardar el {_last_day(owed, zone)}.")
    late = Commitment.objects.running().filter(matter=matter, rule="PD-1", due_at__lt=now).first()
    if late is not None:
        words.append(f"Con esa fecha, validarla ya está atrasado: se debía a más tardar el {_last_day(late, zone)}.")
    return " ".join(words)


def _last_day(owed: Commitment, zone: ZoneInfo) -> str:
    return long_date(owed.due_at.astimezone(zone).date())


def taken_by(
    executive: Person, starts_at: datetime, minutes: int, *, moving: Interview | None = None
) -> Interview | None:
    """Another agreed interview of who would hold this one that meets it in time (EXP-16); `moving`: the one that is
    moved, which frees its own hour."""
    ends_at = starts_at + timedelta(minutes=minutes)
    near = Interview.objects.filter(
        executive=executive,
        cancelled_at=None,
        held_at=None,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - timedelta(minutes=LONGEST),
    )
    if moving is not None:
        near = near.exclude(pk=moving.pk)
    meets = (
        one for one in near.select_related("matter__company", "matter__office", "executive").order_by("starts_at")
    )
    return next((one for one in meets if one.starts_at + timedelta(minutes=one.minutes) > starts_at), None)


def taken_words(other: Interview) -> str:
    """With whom the hour is taken, for who works at the agency: nobody outside is told of another company."""
    zone = ZoneInfo(other.matter.office.time_zone)
    begins, ends = (
        clock(at.astimezone(zone).time())
        for at in (other.starts_at, other.starts_at + timedelta(minutes=other.minutes))
    )
    return f"{other.executive} ya tiene una entrevista con {other.matter.company} de {begins} a {ends}."


def agreed_on(day: ExtraHoliday) -> list[Interview]:
    """The interviews agreed for a day that is to be off, at the offices that have it and by their clocks, the soonest
    first. One query."""
    noon = datetime.combine(day.day, time(12), UTC)
    near = Interview.objects.filter(
        cancelled_at=None,
        held_at=None,
        starts_at__range=(noon - timedelta(hours=36), noon + timedelta(hours=36)),
        matter__office__in=offices_that_have(day).order_by(),
    )
    rows = near.select_related("matter__company", "matter__office", "executive").order_by("starts_at", "pk")
    return [row for row in rows if row.starts_at.astimezone(ZoneInfo(row.matter.office.time_zone)).date() == day.day]


def is_address(text: str) -> bool:
    """Whether somebody could go there by it: a street with its number, or «s/n» where there is none."""
    return any(sign.isdigit() for sign in text) or "s/n" in text.casefold()
