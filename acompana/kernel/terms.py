"""Terms, pauses, and the days that a term is counted over (OFF-3, LAW-1). Pure; nothing reads the time of day."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from acompana.kernel.calendars import ONE_DAY, SATURDAY, OfficeCalendar

UNITS = ("business_days", "calendar_days", "calendar_days_before", "days", "months", "hours")
ROLLS = ("none", "next", "previous")
LAST_SECOND = time(23, 59, 59)

# What a day of a count is.
COUNTED, WEEKEND, HOLIDAY, PAUSED, ROLLED = "counted", "weekend", "holiday", "paused", "rolled"


@dataclass(frozen=True, slots=True)
class Term:
    """How long a rule gives. `unit` is one of UNITS; `roll` says where a last day that is no business day moves to."""

    rule: str
    amount: int
    unit: str
    roll: str = "none"
    may_pause: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}")
        if self.roll not in ROLLS:
            raise ValueError(f"unknown roll {self.roll!r}")
        if self.amount < 0:
            raise ValueError("a term is not negative")
        if self.unit == "hours" and self.roll != "none":
            raise ValueError("a term in hours does not roll")

    @property
    def counts_back(self) -> bool:
        """True where the start is the event before which something must have happened."""
        return self.unit == "calendar_days_before"


@dataclass(frozen=True, slots=True)
class PauseSpan:
    """A stretch that does not count; still open while `resumed_at` is None."""

    paused_at: datetime
    resumed_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a count, and what it was: COUNTED, WEEKEND, HOLIDAY, PAUSED or ROLLED."""

    day: date
    kind: str


def end_of_day(day: date, calendar: OfficeCalendar) -> datetime:
    """23:59:59 of the day at the office; the later one where the clock shows it twice (OFF-3)."""
    return datetime.combine(day, LAST_SECOND, tzinfo=calendar.zone).replace(fold=1)


def merge_pauses(pauses: Iterable[PauseSpan]) -> tuple[PauseSpan, ...]:
    """The closed pauses in UTC and in order, overlapping ones joined, so that no stretch is taken off twice."""
    merged: list[PauseSpan] = []
    closed = (
        PauseSpan(pause.paused_at.astimezone(UTC), pause.resumed_at.astimezone(UTC), pause.reason)
        for pause in pauses
        if pause.resumed_at is not None
    )
    for span in sorted(closed, key=lambda span: span.paused_at):
        last = merged[-1] if merged else None
        if last and last.resumed_at and span.paused_at <= last.resumed_at:
            if span.resumed_at and span.resumed_at > last.resumed_at:
                merged[-1] = PauseSpan(last.paused_at, span.resumed_at, last.reason)
        else:
            merged.append(span)
    return tuple(merged)


def is_paused_day(day: date, spans: Iterable[PauseSpan], calendar: OfficeCalendar) -> bool:
    """Dates after the pause up to and including the date of resuming do not count; a same-day pause shifts nothing."""
    return any(
        span.paused_at.astimezone(calendar.zone).date() < day <= span.resumed_at.astimezone(calendar.zone).date()
        for span in spans
        if span.resumed_at is not None
    )


def count_days(
    term: Term, first: date, calendar: OfficeCalendar, spans: Sequence[PauseSpan]
) -> tuple[CountedDay, ...]:
    """Every day after `first` that the count went over, the last one being the day on which the term ends.

    Empty where the term ends on `first` itself. A term counted backwards lists its days backwards.
    """
    if term.counts_back:
        counted = [CountedDay(first - number * ONE_DAY, COUNTED) for number in range(1, term.amount + 1)]
        return tuple(_roll(term, first, counted, calendar, ()))
    needed = (add_months(first, term.amount) - first).days if term.unit == "months" else term.amount
    business_only = term.unit == "business_days"
    days: list[CountedDay] = []
    day = first
    while needed:
        day += ONE_DAY
        kind = _kind_of(day, calendar, spans, business_only=business_only)
        needed -= kind == COUNTED
        days.append(CountedDay(day, kind))
    return tuple(_roll(term, first, days, calendar, spans))


def add_months(day: date, number: int) -> date:
    """The same day number so many months on, clamped to the end of the month: 31 January → 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _kind_of(day: date, calendar: OfficeCalendar, spans: Sequence[PauseSpan], *, business_only: bool) -> str:
    if spans and is_paused_day(day, spans, calendar):
        return PAUSED
    if not business_only or calendar.is_business_day(day):
        return COUNTED
    return WEEKEND if day.weekday() >= SATURDAY else HOLIDAY


def _roll(
    term: Term, first: date, days: list[CountedDay], calendar: OfficeCalendar, spans: Sequence[PauseSpan]
) -> list[CountedDay]:
    """Move the end to a business day where the rule says so; the days gone over are marked.

    Rolling forward also skips paused days. Rolling back never goes before the start of a term that counts forward.
    """
    last = days[-1].day if days else first
    if term.roll == "next":
        while not calendar.is_business_day(last) or is_paused_day(last, spans, calendar):
            last += ONE_DAY
            days = [*days, CountedDay(last, ROLLED)]
    elif term.roll == "previous":
        while not calendar.is_business_day(last) and (term.counts_back or last > first):
            last -= ONE_DAY
            days = [*days, CountedDay(last, ROLLED)]
    return days


def end_of_hours(start: datetime, amount: int, spans: Sequence[PauseSpan]) -> datetime:
    """The exact instant, in UTC; `spans` come from `merge_pauses`. Pauses shift it by their exact time."""
    # Arithmetic on instants: adding to a local time would follow the wall clock over a change of hour.
    utc_start = start.astimezone(UTC)
    due = utc_start + timedelta(hours=amount)
    for span in spans:
        paused_at = max(span.paused_at, utc_start)
        if span.resumed_at is not None and paused_at < due and span.resumed_at > paused_at:
            due += span.resumed_at - paused_at
    return due
