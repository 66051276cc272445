"""Dates, numbers and money as people read them. No clock: on which day they are read is said by `reading_on`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.functional import lazy

from acompana.shell.languages import spoken


def within_sentence(text: object) -> str:
    """A label as it stands inside a sentence: «teléfono», but «WhatsApp» and «RUT», which are written so."""
    words = str(text)
    first = words.split(" ", 1)[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


def before_full_stop(text: object) -> str:
    """A name as it stands at the end of a sentence, whose full stop comes after it: «… de Aceites Ltda.», with one."""
    words = str(text)
    return words[:-1] if words.endswith(".") and not words.endswith("..") else words


def is_a_name(text: object) -> bool:
    """Whether what stands for a name is one: who is known by an address or a telephone alone is called by that."""
    words = str(text)
    return "@" not in words and any(character.isalpha() for character in words)


WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "es": tuple(
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ]
    ),
    "en": tuple(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
    ),
}


def weekday_names() -> tuple[str, ...]:
    """lunes … domingo; Monday … Sunday."""
    return WEEKDAYS[spoken()]


def as_day(value: Any) -> date | None:
    """The day of a date or of an aware instant, in the zone that is active."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, date) else None


_read_on: ContextVar[date | None] = ContextVar("the day on which a page or a letter is read", default=None)


@contextmanager
def reading_on(day: date) -> Iterator[None]:
    """Everything inside is read on this day: a date of another year says its year."""
    before = _read_on.set(day)
    try:
        yield
    finally:
        _read_on.reset(before)


def _is_of_this_year(day: date) -> bool:
    """Whether who reads takes a date without year for this one. Where nobody knows when it is read, it is said."""
    today = _read_on.get()
    return today is not None and today.year == day.year


def long_date(value: Any, with_year: bool = False) -> str:
    """jueves 24 de septiembre; Thursday 24 September. With its year when that is not the one of the reader's day."""
    day = as_day(value)
    if day is None:
        return ""
    speech = spoken()
    with_year = with_year or not _is_of_this_year(day)
    weekday, month = WEEKDAYS[speech][day.weekday()], MONTHS[speech][day.month - 1]
    if speech == "en":
        return f"{weekday} {day.day} {month}" + (f" {day.year}" if with_year else "")
    return f"{weekday} {day.day} de {month}" + (f" de {day.year}" if with_year else "")


later_date = lazy(long_date, str)
"""A long date that is put into words when it is read, in the language of who reads it: for letters."""


def short_date(value: Any) -> str:
    """24-09-2026."""
    day = as_day(value)
    return f"{day:%d-%m-%Y}" if day else ""


def clock_time(value: Any) -> str:
    """14:32, in the zone that is active."""
    if not isinstance(value, datetime):
        return ""
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%H:%M}"


def distance_in_days(day: date, today: date) -> str:
    """hoy, mañana, ayer, en 3 días, hace 2 días."""
    days = (day - today).days
    if spoken() == "en":
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}
        return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")
    near = {0: "hoy", 1: "mañana", -1: "ayer"}
    return near.get(days) or (f"en {days} días" if days > 0 else f"hace {-days} días")


def number(value: Any, decimals: int | None = None) -> str:
    """1.234.567,8. Without `decimals`, as many as the value has, two at most. What is no number gives ''."""
    try:
        exact = Decimal(str(value))
    except (InvalidOperation, TypeError, ValueError):
        return ""
    if not exact.is_finite():
        return ""
    places = 2 if decimals is None else decimals
    rounded = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    if decimals is None:
        rounded = rounded.rstrip("0").rstrip(".")
    text = rounded if spoken() == "en" else rounded.translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def count_of(value: Any, one: str, many: str) -> str:
    """1 empresa, 1.234 empresas: a number with the word that goes with it, which the caller has in its language."""
    return f"{number(value)} {one if value == 1 else many}"


CURRENCIES = {"CLP": ("$", 0), "UF": ("UF ", 2), "USD": ("US$ ", 2), "EUR": ("€ ", 2)}


def money(value: Any, currency: str = "CLP") -> str:
    """$1.234.567 · UF 12,50 · US$ 1.234,50. An unknown currency stands before the number as it is written."""
    sign, decimals = CURRENCIES.get(currency.upper(), (f"{currency} ", 2))
    text = number(value, decimals)
    if not text:
        return ""
    return f"−{sign}{text[1:]}" if text.startswith("−") else f"{sign}{text}"
