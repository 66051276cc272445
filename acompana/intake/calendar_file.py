"""An interview as an iCalendar file (FMT-5, EXP-16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from acompana.intake.models import Interview


def calendar_of_interview(interview: Interview, *, now: datetime) -> bytes:
    """The file that a calendar reads. One identity per intake, so that a new date replaces the old one."""
    event = Event()
    event.add("uid", f"interview-{interview.matter.number}@acompana")
    event.add("sequence", interview.pk)
    event.add("summary", f"Entrevista: {interview.matter.company} y {interview.matter.office.name}")
    event.add("dtstart", interview.starts_at)
    event.add("dtend", interview.starts_at + timedelta(minutes=interview.minutes))
    event.add("dtstamp", now)
    event.add("location", interview.place)
    event.add("description", f"{interview.get_mode_display()}. Te atiende {interview.executive.full_name}.")
    calendar = Calendar()
    calendar.add("prodid", "-//Acompaña//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
