"""An interview as an iCalendar file (FMT-5, EXP-16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext
from icalendar import Calendar, Event, vCalAddress, vText

from acompana.intake import mail
from acompana.intake.models import Interview

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"


def sequence_of(interview: Interview, *, cancelled: bool) -> int:
    """Rises with each thing told of the interviews of an intake: a calendar keeps the newest date, or its end."""
    earlier = Interview.objects.filter(matter=interview.matter_id, pk__lt=interview.pk).count()
    return 2 * earlier + (1 if cancelled else 0)


def location_of(interview: Interview) -> str:
    """Where one goes, or what one opens or answers; at the office with its name, street and city."""
    if interview.mode != Interview.Mode.OFFICE:
        return interview.whereabouts
    office = interview.matter.office
    return ", ".join(dict.fromkeys((office.spoken_name, interview.whereabouts)))


def calendar_of_interview(interview: Interview, *, page: str, now: datetime, method: str = PUBLISH) -> bytes:
    """The file that a calendar reads, in the language that is being spoken. One identity per intake, so that a new
    date replaces the old one. `page`: the address where its reader finds it in the system.

    REQUEST puts it into the calendar or moves it there, CANCEL takes it out; PUBLISH is for who downloads it.
    """
    matter = interview.matter
    # In UTC, wherever it comes from: a time with the name of a zone would need the zone in the file (RFC 5545).
    starts_at = interview.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"interview-{matter.number}@acompana")
    event.add("sequence", sequence_of(interview, cancelled=method == CANCEL))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    sides = {"company": matter.company, "office": matter.office.spoken_name}
    event.add("summary", gettext("Entrevista: %(company)s y %(office)s") % sides)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=interview.minutes))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("location", location_of(interview))
    how = {"mode": capfirst(interview.get_mode_display()), "executive": interview.executive.full_name}
    event.add("description", gettext("%(mode)s. Atiende %(executive)s.") % how + f"\n{page}")
    event.add("url", page)
    if method != PUBLISH:
        _name_sides(event, interview)
    calendar = Calendar()
    calendar.add("prodid", "-//Acompaña//ES")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical()


def _name_sides(event: Event, interview: Interview) -> None:
    """Who calls and who is called, which REQUEST and CANCEL must say."""
    office = interview.matter.office
    organizer = vCalAddress(f"mailto:{office.mailbox or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = vText(office.name)
    event.add("organizer", organizer)
    contact = mail.main_contact(interview.matter.company) if interview.matter.company else None
    sides = [(interview.executive.email or "", interview.executive.full_name)]
    if contact is not None:
        sides.append((contact.email, contact.name))
    if (walker := mail.who_walks(interview.matter, beside=contact)) is not None:
        sides.append((walker.email or "", walker.full_name))
    for address, name in sides:
        if address:
            attendee = vCalAddress(f"mailto:{address}")
            attendee.params["CN"] = vText(name)
            attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
            event.add("attendee", attendee)
