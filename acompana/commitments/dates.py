"""By which term, calendar and pauses the date of a commitment is counted, and why it is that date (EXP-8, EXP-9)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from acompana.commitments.models import Commitment
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import Due, compute_due
from acompana.kernel.pause_ledger import LedgerStretch, pause_ledger
from acompana.kernel.rulebook import get_rule_version, term_of
from acompana.kernel.terms import PauseSpan, Term
from acompana.people.calendars import calendar_of


def term_of_commitment(commitment: Commitment) -> Term | None:
    """The term that it was promised under, whatever the rule says today (EXP-8); None if agreed by hand."""
    if not commitment.rule:
        return None
    zone = ZoneInfo(commitment.office.time_zone)
    on = commitment.counted_from.astimezone(zone).date()
    return term_of(get_rule_version(commitment.rule, commitment.rule_version, on))


def calendar_of_commitment(commitment: Commitment, known_at: datetime | None = None) -> OfficeCalendar:
    """The calendar that the promise was made on: a transfer to another office changes who owes, not the date. As it
    is, or as it was known at an instant."""
    first = commitment.transfers.select_related("from_office__country", "from_office__region", "from_office__seat")
    moved = first.first()
    return calendar_of(moved.from_office if moved else commitment.office, known_at=known_at)


def calendar_as_counted(commitment: Commitment) -> OfficeCalendar:
    """The same with the days that were known while its date could still move: what was added after it ended, or fell
    due, moved nothing and explains nothing; what was taken away since explains it still (OFF-2, EXP-9)."""
    last = commitment.recounts.order_by("-recounted_at").values_list("recounted_at", flat=True).first()
    ends = (commitment.due_at, commitment.fulfilled_at, commitment.cancelled_at)
    until = min(end for end in ends if end is not None)
    # Done at one hour and noted at a later one, it could move until it was noted.
    return calendar_of_commitment(commitment, known_at=until if last is None else max(until, last))


def spans_of(commitment: Commitment) -> list[PauseSpan]:
    return [PauseSpan(row.paused_at, row.resumed_at, row.reason) for row in commitment.pauses.all()]


def compute_again(commitment: Commitment) -> Due | None:
    """Its due date from the rule, the calendar as it is and the pauses; None if it was agreed by hand."""
    return _due_on(calendar_of_commitment(commitment), commitment)


def _due_on(calendar: OfficeCalendar, commitment: Commitment, language: str = "es") -> Due | None:
    term = term_of_commitment(commitment)
    if term is None:
        return None
    start, spans = commitment.counted_from, spans_of(commitment)
    return compute_due(term=term, start=start, calendar=calendar, pauses=spans, language=language)


def explain(commitment: Commitment, language: str = "es") -> tuple[str, ...]:
    """Why it is due then (EXP-9): what started its clock, then the sentences kept in Spanish, computed again
    for English."""
    began = tuple(filter(None, [commitment.began(language)]))
    if language == "es":
        return (*began, *commitment.explanation)
    due = _due_on(calendar_as_counted(commitment), commitment, language)
    if due is not None and due.due_at.timestamp() != commitment.due_at.timestamp():
        return (
            *began,
            "Counted on the calendar as it stood before a day was added to it or taken away.",
        )
    return (*began, *due.explanation) if due else ("Agreed between both sides.",)


def ledger_of(commitment: Commitment, language: str = "es") -> tuple[LedgerStretch, ...]:
    """Every stretch of its clock, counted or not, with the reason (EXP-8). Empty where no clock runs."""
    term = term_of_commitment(commitment)
    if term is None or term.counts_back:
        return ()
    return pause_ledger(
        term=term,
        start=commitment.counted_from,
        calendar=calendar_as_counted(commitment),
        pauses=spans_of(commitment),
        language=language,
    )
