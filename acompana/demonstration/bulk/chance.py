"""Chance with a fixed seed: names, numbers and instants that are the same whenever the same day is drawn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from faker import Faker

from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.rut import rut_with_check_digit
from acompana.kernel.search.text import normalise

T = TypeVar("T")
SEED = 20_260_916
RUTS = range(40_000_000, 45_000_000)  # not assigned to anybody (IDN-3)
KEPT_FREE = range(41_900_000, 41_901_000)  # for who walks the road by hand, and for the tests


class Chance:
    """One stream of chance; everything drawn from it depends on the seed and on the order of drawing alone."""

    def __init__(self, *, reserved: Sequence[str] = ()) -> None:
        self.random = random.Random(SEED)
        self.faker = Faker("es_CL")
        self.faker.seed_instance(SEED)
        self._ruts = self._draw_ruts(frozenset(reserved))

    def _draw_ruts(self, reserved: frozenset[str]) -> Iterator[str]:
        drawn: set[int] = set()
        while True:
            number = self.random.choice(RUTS)
            rut = rut_with_check_digit(number)
            if number not in drawn and number not in KEPT_FREE and rut not in reserved:
                drawn.add(number)
                yield rut

    def rut(self) -> str:
        return next(self._ruts)

    def pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        return self.random.choices([o for o, _ in options], weights=[w for _, w in options])[0]

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def person_name(self) -> tuple[str, str, str]:
        """Given name, both family names, and gender."""
        gender = "female" if self.happens(0.48) else "male"
        given = self.faker.first_name_female() if gender == "female" else self.faker.first_name_male()
        return given, f"{self.faker.last_name()} {self.faker.last_name()}", gender

    def mobile(self) -> str:
        return f"+569{self.whole(30_000_000, 99_999_999)}"

    def street(self) -> str:
        return f"{self.faker.street_name()} {self.whole(20, 4900)}"

    # --- instants -----------------------------------------------------------------------------------------------

    def office_instant(self, day: date, calendar: OfficeCalendar) -> datetime:
        """An instant when an office works, on the day or the next one on which it does; in UTC."""
        day = calendar.next_business_day(day)
        minutes = self.whole(9 * 60 + 5, 12 * 60 + 50) if self.happens(0.55) else self.whole(14 * 60 + 5, 16 * 60 + 20)
        return self._at(day, minutes, calendar)

    def any_instant(self, day: date, calendar: OfficeCalendar) -> datetime:
        """An instant when a company sits down to it, at weekends too; in UTC."""
        return self._at(day, self.whole(8 * 60, 22 * 60 + 30), calendar)

    def _at(self, day: date, minutes: int, calendar: OfficeCalendar) -> datetime:
        clock = time(minutes // 60, minutes % 60, self.whole(0, 59))
        return datetime.combine(day, clock, tzinfo=calendar.zone).astimezone(UTC)

    def days(self, count: int) -> timedelta:
        return timedelta(days=count)


def address_of(*parts: str, domain: str) -> str:
    """An e-mail address from names: «ana.rojas@altoroble.example»."""
    local = ".".join(normalise(part).split(" ")[0] for part in parts if part)
    return f"{local}@{domain}"


def domain_of(name: str) -> str:
    """A domain that can reach nobody (.example) from a company's name."""
    return "".join(normalise(name).split(" "))[:30] + ".example"
