"""The calendar of an office: which days it works, where its clock stands, when somebody is there (OFF-2, EXP-7).

Pure: the caller gives the extra days and hours; holidays come from the `holidays` library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5
ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 60  # days; a calendar with no open day in so long a time is a mistake

WEEKEND_WORDS = {"es": ("sábado", "domingo"), "en": ("a Saturday", "a Sunday")}

# The library's name → the name that the law gives it.
NAMES_BY_LAW = {
    "Día de la Independencia": "Independencia Nacional",
    "Día de las Glorias del Ejército": "Glorias del Ejército",
    "Día de las Glorias Navales": "Glorias Navales",
    "Día del Encuentro de dos Mundos": "Encuentro de Dos Mundos",
    "La Inmaculada Concepción": "Inmaculada Concepción",
}

# 20 August is a holiday of two communes, not of the region that the library gives it to (LAW-2).
O_HIGGINS_SEATS = frozenset({"Chillán", "Chillán Viejo"})
O_HIGGINS_NAMES = {
    "es": "Nacimiento de Bernardo O'Higgins, en Chillán y Chillán Viejo",
    "en": "Birth of Bernardo O'Higgins, in Chillán and Chillán Viejo",
}
O_HIGGINS_SINCE = 2014


@dataclass(frozen=True, slots=True)
class ExtraDay:
    """A day that an administrator added: a holiday (an election), or the closure of the office."""

    day: date
    name: str
    closure: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody is there from `opens_at` to `closes_at` on a weekday (0 Monday); two on a day leave out the lunch."""

    weekday: int
    opens_at: time
    closes_at: time


# Project default for an office that has not said its hours.
USUAL_HOURS = tuple(
    Stretch(weekday, opens_at, closes_at)
    for weekday in range(5)
    for opens_at, closes_at in ((time(9), time(13)), (time(14), time(17, 30)))
)


@dataclass(frozen=True)
class OfficeCalendar:
    """What the deadlines of an office run on. `country` is ISO 3166 alpha-2, `subdivision` without it ("RM")."""

    zone: ZoneInfo
    country: str = "CL"
    subdivision: str = ""
    seat: str = ""
    extra: tuple[ExtraDay, ...] = ()
    hours: tuple[Stretch, ...] = ()

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday and no holiday at the seat of the office (OFF-2)."""
        return day.weekday() < SATURDAY and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        return day in self._holidays(day.year, "es") or any(extra.day == day for extra in self.extra)

    def holiday_name(self, day: date, language: str = "es") -> str | None:
        """The name of the holiday or closure, the law's own first; None on any other day, weekends included."""
        names = self.holiday_names(day, language)
        return names[0][0] if names else None

    def holiday_names(self, day: date, language: str = "es") -> list[tuple[str, bool]]:
        """All that a day is off for, the law's own first, closures of the office last; each with whether it is one."""
        by_law = self._holidays(day.year, language).get(day)
        added = [(extra.name, extra.closure) for extra in self.extra if extra.day == day]
        return [*([(by_law, False)] if by_law else []), *sorted(added, key=lambda one: one[1])]

    def is_closure(self, day: date) -> bool:
        """True if the day is only off because this office closes."""
        return all(closure for _, closure in self.holiday_names(day) or [("", False)])

    def why_closed(self, day: date, language: str = "es") -> str | None:
        """Why nobody works on that day, to follow "es" or "is": "feriado (Navidad)"; None on a business day."""
        name = self.holiday_name(day, language)
        if name is not None and self.is_closure(day):
            return f"día sin atención ({name})" if language == "es" else f"an office closure ({name})"
        if name is not None:
            return f"feriado ({name})" if language == "es" else f"a holiday ({name})"
        if day.weekday() >= SATURDAY:
            return WEEKEND_WORDS[language][day.weekday() - SATURDAY]
        return None

    def next_business_day(self, day: date) -> date:
        """The day itself, or the first business day after it."""
        return self._nearest(day, ONE_DAY)

    def previous_business_day(self, day: date) -> date:
        """The day itself, or the last business day before it."""
        return self._nearest(day, -ONE_DAY)

    def business_days_between(self, first: date, last: date) -> int:
        """Business days after `first` up to and including `last`; 0 when last is not after first."""
        return sum(self.is_business_day(day) for day in days_after(first, last))

    def is_open(self, instant: datetime) -> bool:
        """True if somebody is at the office then: business day and within its hours."""
        return self.closing_after(instant) is not None

    def closing_after(self, instant: datetime) -> datetime | None:
        """Until when the office is open without a break; None while it is closed. In the zone of the office."""
        local = instant.astimezone(self.zone).replace(fold=0)
        stretches = self._hours_of(local.date())
        return next((closes_at for opens_at, closes_at in stretches if opens_at <= local < closes_at), None)

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself if the office is open then, else when it opens next. In the zone of the office."""
        local = instant.astimezone(self.zone)
        if self.is_open(instant):
            return local
        for days in range(LONGEST_CLOSURE):
            for opens_at, _ in self._hours_of(local.date() + days * ONE_DAY):
                if opens_at >= local:
                    return opens_at
        raise ValueError(f"no open day in {LONGEST_CLOSURE} days after {local:%Y-%m-%d}")

    def opening_of(self, day: date) -> datetime | None:
        """When the office opens on that day; None if it does not."""
        return next((opens_at for opens_at, _ in self._hours_of(day)), None)

    def last_open(self, instant: datetime) -> datetime:
        """The instant itself if the office is open then, else the opening of its last stretch before it."""
        local = instant.astimezone(self.zone)
        if self.is_open(instant):
            return local
        for days in range(LONGEST_CLOSURE):
            for opens_at, _ in reversed(self._hours_of(local.date() - days * ONE_DAY)):
                if opens_at <= local:
                    return opens_at
        raise ValueError(f"no open day in {LONGEST_CLOSURE} days before {local:%Y-%m-%d}")

    def _hours_of(self, day: date) -> list[tuple[datetime, datetime]]:
        if self.is_holiday(day):
            return []
        hours = self.hours or USUAL_HOURS
        return sorted(
            (
                datetime.combine(day, stretch.opens_at, tzinfo=self.zone),
                datetime.combine(day, stretch.closes_at, tzinfo=self.zone),
            )
            for stretch in hours
            if stretch.weekday == day.weekday()
        )

    def _nearest(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_CLOSURE):
            if self.is_business_day(day):
                return day
            day += step
        raise ValueError(f"no business day in {LONGEST_CLOSURE} days around {day:%Y-%m-%d}")

    def _holidays(self, year: int, language: str) -> Mapping[date, str]:
        return holidays_of(self.country, self.subdivision, self.seat, year, language)


def days_after(first: date, last: date) -> Iterator[date]:
    """Each day after `first` up to and including `last`."""
    for number in range(1, (last - first).days + 1):
        yield first + number * ONE_DAY


@lru_cache(maxsize=512)
def holidays_of(country: str, subdivision: str, seat: str, year: int, language: str) -> Mapping[date, str]:
    """The holidays of a year with their names: national, moved, conditional and regional ones (LAW-2).

    A country that the library does not know has none. Names come in `language` where the library has it.
    """
    try:
        known = holidays.list_supported_countries(include_aliases=False).get(country)
        if known is None:
            return {}
        found = holidays.country_holidays(
            country,
            subdiv=subdivision if subdivision in known else None,
            years=year,
            language=_library_language(country, language),
        )
    except NotImplementedError:
        return {}
    days = {day: NAMES_BY_LAW.get(name, name) for day, name in found.items() if day.year == year}
    if country == "CL":
        days.pop(date(year, 8, 20), None)
        if seat in O_HIGGINS_SEATS and year >= O_HIGGINS_SINCE:
            days[date(year, 8, 20)] = O_HIGGINS_NAMES[language]
    return days


def _library_language(country: str, language: str) -> str | None:
    supported = holidays.list_localized_countries(include_aliases=False).get(country, [])
    for wanted in (language, "en"):
        for code in supported:
            if code.split("_")[0] == wanted:
                return code
    return None
