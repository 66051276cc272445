"""What commitments decide without a database: when to warn, whether a clock may stop, how long something took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Protocol, TypeVar

from acompana.kernel.calendars import OfficeCalendar, days_after
from acompana.kernel.deadlines import Due
from acompana.kernel.refusals import Refused
from acompana.kernel.terms import CountedDay, PauseSpan, Term, is_paused_day, merge_pauses

H = TypeVar("H", bound="Handed")

# Project defaults: a warning comes when a quarter of the time is left, at most three days before.
WARNING_SHARE = 4
LONGEST_WARNING = timedelta(days=3)

UNIT_TAKEN = {"business_days": ("día hábil", "días hábiles"), "hours": ("hora", "horas")}
UNIT_TAKEN_OTHERWISE = ("día corrido", "días corridos")


def warning_instant(*, start: datetime, due_at: datetime, calendar: OfficeCalendar) -> datetime | None:
    """When to warn whoever owes: within office hours, never at night or on a closed day (EXP-7).

    None where no open hour is left between start and due.
    """
    lead = min((due_at - start) / WARNING_SHARE, LONGEST_WARNING)
    instant = calendar.last_open(due_at - lead)
    if instant <= start:
        instant = calendar.next_open(start)
    instant = instant.replace(second=0, microsecond=0)
    return instant if start < instant < due_at else None


def warning_after_a_move(
    *, start: datetime, due_at: datetime, calendar: OfficeCalendar, now: datetime
) -> datetime | None:
    """When to warn of a date that moved: as if it had been so from the start; where that is past, of what is left."""
    instant = warning_instant(start=start, due_at=due_at, calendar=calendar)
    if instant is not None and instant > now:
        return instant
    return warning_instant(start=now, due_at=due_at, calendar=calendar)


class Handed(Protocol):
    """A change of hands, as `whose_before` reads it."""

    @property
    def absent_id(self) -> int | None: ...
    @property
    def from_owner_id(self) -> int | None: ...
    @property
    def to_owner_id(self) -> int | None: ...
    @property
    def undoes(self) -> bool: ...


def whose_before(handed: Sequence[H], owner_id: int | None) -> H | None:
    """The change of hands by which something came to who has it, newest first given; None if it is their own again.

    What came back after an absence, or because a leaving was undone, came to nobody new (POR-10): who is back has it
    as before, and who stands in for somebody and was away meanwhile has it still from that one.
    """
    for at, row in enumerate(handed):
        if at and row.to_owner_id != owner_id:
            continue
        if not _came_back(row, handed[at + 1 :]):
            return row
    return None


def _came_back(row: Handed, older: Sequence[Handed]) -> bool:
    """Whether somebody got what an absence of theirs had given to another, and nobody handed on by hand since; or got
    back what was taken from them, because that was undone."""
    if row.undoes:
        return bool(older) and older[0].from_owner_id == row.to_owner_id
    for before in older:
        if before.absent_id is None:
            return False
        if before.absent_id == row.to_owner_id:
            return True
    return False


def check_can_pause(*, rule: str, term: Term | None) -> None:
    """Raises Refused, and why, for what may not stand still (OFF-3, EXP-8)."""
    if term is None:
        raise Refused("Una fecha acordada a mano no se pone en pausa: acuerda otra fecha.", rule)
    if term.counts_back:
        raise Refused("Este plazo se cuenta hacia atrás desde una fecha fija: no admite pausas.", rule)
    if not term.may_pause:
        raise Refused(f"El plazo {rule} corre sin pausas: el protocolo no permite detenerlo.", rule)


UNANSWERING = ("commitment", "message", "change")
"""Entries that the system writes about something else: none of them is what somebody waited for."""


def is_answer(*, kind: str, incoming: bool, by_the_company: bool) -> bool:
    """Whether an entry is the other party's: noted as incoming, or made by the company itself (a step, a reply)."""
    return (incoming or by_the_company) and kind not in UNANSWERING


def time_taken(
    *, unit: str, start: datetime, end: datetime, calendar: OfficeCalendar, pauses: Sequence[PauseSpan] = ()
) -> float:
    """How long something took, in business days, hours or calendar days as its rule counts; pauses taken off."""
    spans = merge_pauses(pauses)
    if unit == "hours":
        paused = sum(
            (max(min(span.resumed_at or end, end) - max(span.paused_at, start), timedelta()) for span in spans),
            timedelta(),
        )
        return (end.astimezone(UTC) - start.astimezone(UTC) - paused).total_seconds() / 3600
    first, last = (instant.astimezone(calendar.zone).date() for instant in (start, end))
    return float(
        sum(
            (unit != "business_days" or calendar.is_business_day(day)) and not is_paused_day(day, spans, calendar)
            for day in days_after(first, last)
        )
    )


def unit_taken(unit: str, amount: float = 2) -> str:
    """The words for the unit of `time_taken`: of one, or of any other amount."""
    return UNIT_TAKEN.get(unit, UNIT_TAKEN_OTHERWISE)[amount != 1]


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least that share of them does not exceed (nearest rank); None of nothing."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1] if ordered else None


# --- a count drawn on a calendar --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the drawing. `kind`: outside, start, counted, weekend, holiday, paused, rolled; `due` on the last."""

    day: date
    kind: str
    words: str
    due: bool = False


CELL_WORDS = {
    "start": "inicio",
    "running": "corre",
    "weekend": "no se cuenta",
    "holiday": "no se cuenta",
    "paused": "en pausa",
    "rolled": "se corre",
    "outside": "",
}


def draw_weeks(*, start: datetime, due: Due, calendar: OfficeCalendar) -> list[list[Cell]]:
    """The weeks from Monday to Sunday that hold the start and the end, each day with what it was in the count."""
    first, last = start.astimezone(calendar.zone).date(), due.due_at.date()
    kinds = {counted.day: counted.kind for counted in due.days}
    numbers = {counted.day: number for number, counted in enumerate(_counted(due), 1)}
    low, high = min([first, last, *kinds]), max([first, last, *kinds])
    day = low - timedelta(days=low.weekday())
    weeks: list[list[Cell]] = []
    while day <= high:
        week = []
        for _ in range(7):
            kind = kinds.get(day, "start" if day == first else "outside")
            if not due.days and first < day <= last:
                kind = "running"
            words = str(numbers[day]) if day in numbers and kind == "counted" else CELL_WORDS[kind]
            name = calendar.holiday_name(day)
            week.append(Cell(day, kind, name if name and kind != "counted" else words, due=day == last))
            day += timedelta(days=1)
        weeks.append(week)
    return weeks


def _counted(due: Due) -> list[CountedDay]:
    return [counted for counted in due.days if counted.kind == "counted"]
