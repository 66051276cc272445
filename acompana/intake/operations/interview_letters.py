"""The letters of an interview to both sides, each with the file that changes a calendar (INT-10, EXP-16, FMT-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from acompana.intake import mail
from acompana.intake.calendar_file import CANCEL, calendar_of_interview
from acompana.intake.models import Interview
from acompana.messages.operations import Enclosure
from acompana.people.models import Person
from acompana.shell.languages import speaking


def _enclosed(interview: Interview, method: str, now: datetime, *, page: str, language: str = "es") -> Enclosure:
    """The calendar file in the language of its letter, leading to the page that the letter leads to."""
    with speaking(language):
        file = calendar_of_interview(interview, page=page, now=now, method=method)
    return Enclosure("entrevista.ics", f"text/calendar; charset=utf-8; method={method}", file)


def date_words(interview: Interview) -> dict[str, object]:
    """When, how and where, for the letters of a date that is agreed, moved, or goes on with somebody else."""
    return {
        "when_words": mail.later_moment(interview.starts_at, interview.matter.office.time_zone),
        "mode": Interview.Mode(interview.mode).label,
        "place": interview.whereabouts,
        "by_phone": interview.mode == Interview.Mode.PHONE,
        "moved": interview.replaces_id is not None,
        "reason": interview.change_reason,
    }


def write_to_both(
    interview: Interview,
    templates: tuple[str, str],
    method: str,
    cause: str,
    context: Mapping[str, object],
    now: datetime,
) -> None:
    """A letter to the company and one to the executive (`templates`, in this order), each with the calendar file."""
    matter = interview.matter
    assert matter.company is not None
    theirs, ours = templates
    contact = mail.main_contact(matter.company)
    language, page = contact.language if contact else "es", mail.portal_page(theirs, matter.company)
    mail.write_to_company(
        theirs,
        company=matter.company,
        matter=matter,
        now=now,
        context={**context, "executive": interview.executive.full_name},
        cause=cause,
        enclosures=[_enclosed(interview, method, now, page=page, language=language)],
    )
    mail.write_to_person(
        ours,
        person=interview.executive,
        matter=matter,
        now=now,
        context=context,
        cause=cause,
        enclosures=[_enclosed(interview, method, now, page=mail.record_page(matter.company))],
    )


def tell_who_held_it(interview: Interview, who: Person, *, now: datetime) -> None:
    """Somebody else attends it from now on: who would have, and still works here, takes it out of their calendar. Part
    of a caller's transaction."""
    company = interview.matter.company
    assert company is not None
    mail.write_to_person(
        "interview_passed",
        person=interview.executive,
        matter=interview.matter,
        now=now,
        context={
            "when_words": mail.later_moment(interview.starts_at, interview.matter.office.time_zone),
            "executive": who.full_name,
        },
        cause=f"passed-{interview.pk}",
        enclosures=[_enclosed(interview, CANCEL, now, page=mail.record_page(company))],
    )


def tell_held_early(interview: Interview, *, now: datetime) -> None:
    """It was held before its hour: both calendars are told to take out the date that was agreed. Part of a caller's
    transaction."""
    when = mail.later_moment(interview.starts_at, interview.matter.office.time_zone)
    templates = ("interview_held", "interview_held_yours")
    write_to_both(interview, templates, CANCEL, f"held-{interview.pk}", {"when_words": when}, now)
