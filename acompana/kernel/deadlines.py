"""When a term ends, and why then (OFF-3, LAW-1, EXP-9).

Pure: a rule's term, a start, the calendar of the office and the pauses go in; the due instant, the days that it was
counted over and the sentences that explain it come out. Nothing reads the time of day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from acompana.kernel import deadline_words as words
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.terms import CountedDay, PauseSpan, Term, count_days, end_of_day, end_of_hours, merge_pauses


@dataclass(frozen=True, slots=True)
class Due:
    """`due_at` is aware, in the zone of the office; `days` is empty for terms in hours."""

    due_at: datetime
    explanation: tuple[str, ...]
    days: tuple[CountedDay, ...] = ()


def compute_due(
    *,
    term: Term,
    start: datetime,
    calendar: OfficeCalendar,
    pauses: Sequence[PauseSpan] = (),
    language: str = "es",
) -> Due:
    """When the term ends and why (OFF-3). `start` is aware; `language` is "es" or "en".

    An open pause moves nothing yet: the date is computed again when the clock resumes.
    Raises ValueError on a naive start.
    """
    if start.tzinfo is None:
        raise ValueError("the start of a term needs a zone")
    start = start.astimezone(calendar.zone)
    spans = merge_pauses(pauses)
    if term.unit == "hours":
        due_at = end_of_hours(start, term.amount, spans).astimezone(calendar.zone)
        return Due(due_at, words.explain_hours(term, start, due_at, calendar, pauses, language))
    days = count_days(term, start.date(), calendar, spans)
    last = days[-1].day if days else start.date()
    due_at = end_of_day(last, calendar)
    return Due(due_at, words.explain_days(term, start, due_at, calendar, pauses, days, language), days)
