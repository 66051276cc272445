"""Every stretch of a term, counted or not, with the reason (EXP-8). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby

from acompana.kernel import terms
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.terms import CountedDay, PauseSpan, Term

START, COUNTED, CLOSED, PAUSED, ROLLED, STOPPED = "start", "counted", "closed", "paused", "rolled", "stopped"

REASONS = {
    "es": {
        START: "El día del inicio no se cuenta",
        COUNTED: "Se cuenta",
        CLOSED: "No es hábil",
        PAUSED: "En pausa",
        ROLLED: "El último día no es hábil: se corre",
        STOPPED: "En pausa: el plazo está detenido",
    },
    "en": {
        START: "The day of the start does not count",
        COUNTED: "Counts",
        CLOSED: "Not a business day",
        PAUSED: "Paused",
        ROLLED: "The last day is not a business day: it moves",
        STOPPED: "Paused: the clock stands still",
    },
}


@dataclass(frozen=True, slots=True)
class LedgerStretch:
    """One stretch, ends included for days. `amount` is in days, or in hours for a term in hours."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    amount: float
    reason: str
    pause: PauseSpan | None = None

    @property
    def counts(self) -> bool:
        return self.kind == COUNTED


def pause_ledger(
    *,
    term: Term,
    start: datetime,
    calendar: OfficeCalendar,
    pauses: Sequence[PauseSpan] = (),
    language: str = "es",
) -> tuple[LedgerStretch, ...]:
    """Every stretch from the start to the due instant, in order; an open pause is the last, as STOPPED.

    Raises ValueError for a term counted backwards, which has no clock that could stop.
    """
    if term.counts_back:
        raise ValueError("a term counted backwards has no ledger")
    start = start.astimezone(calendar.zone)
    spans = terms.merge_pauses(pauses)
    if term.unit == "hours":
        stretches = _of_hours(term, start, calendar, spans, language)
    else:
        stretches = _of_days(term, start, calendar, spans, language)
    for pause in pauses:
        if pause.resumed_at is None:
            at = pause.paused_at.astimezone(calendar.zone)
            stretches.append(LedgerStretch(at, at, STOPPED, 0, _because(STOPPED, pause, language), pause))
    return tuple(stretches)


def _of_days(
    term: Term, start: datetime, calendar: OfficeCalendar, spans: Sequence[PauseSpan], language: str
) -> list[LedgerStretch]:
    first = start.date()
    stretches = [
        LedgerStretch(start, terms.end_of_day(first, calendar), START, 0, REASONS[language][START]),
    ]

    def key(counted: CountedDay) -> tuple[str, PauseSpan | None]:
        if counted.kind == terms.PAUSED:
            return PAUSED, _pause_on(counted.day, spans, calendar)
        kind = {terms.COUNTED: COUNTED, terms.ROLLED: ROLLED}.get(counted.kind, CLOSED)
        return kind, None

    for (kind, pause), group in groupby(terms.count_days(term, first, calendar, spans), key):
        days = sorted(counted.day for counted in group)
        ends_on = days[0] if kind == ROLLED and term.roll == "previous" else days[-1]
        stretches.append(
            LedgerStretch(
                datetime.combine(days[0], time(), tzinfo=calendar.zone),
                terms.end_of_day(ends_on, calendar),
                kind,
                len(days),
                _because(kind, pause, language),
                pause,
            )
        )
    return stretches


def _of_hours(
    term: Term, start: datetime, calendar: OfficeCalendar, spans: Sequence[PauseSpan], language: str
) -> list[LedgerStretch]:
    stretches: list[LedgerStretch] = []

    def add(since: datetime, until: datetime, kind: str, pause: PauseSpan | None = None) -> None:
        hours = (until - since).total_seconds() / 3600
        local = since.astimezone(calendar.zone), until.astimezone(calendar.zone)
        stretches.append(LedgerStretch(*local, kind, hours, _because(kind, pause, language), pause))

    at = start.astimezone(UTC)
    due = terms.end_of_hours(start, term.amount, spans)
    for span in spans:
        if span.resumed_at is None or span.paused_at >= due or span.resumed_at <= at:
            continue
        paused_at = max(span.paused_at, at)
        if paused_at > at:
            add(at, paused_at, COUNTED)
        add(paused_at, span.resumed_at, PAUSED, span)
        at = span.resumed_at
    add(at, due, COUNTED)
    return stretches


def _pause_on(day: date, spans: Sequence[PauseSpan], calendar: OfficeCalendar) -> PauseSpan | None:
    return next((span for span in spans if terms.is_paused_day(day, [span], calendar)), None)


def _because(kind: str, pause: PauseSpan | None, language: str) -> str:
    reason = REASONS[language][kind]
    return f"{reason}: {pause.reason}" if pause and pause.reason else reason
