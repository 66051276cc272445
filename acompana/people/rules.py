"""Decisions about offices and staff. Pure: no database, no clock."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from acompana.kernel.refusals import Refused
from acompana.reference.rules import brief_region_name
from acompana.shell.words import weekday_names

CENTRAL_CODE = "CL-CENTRAL"  # the central office, in Santiago (OFF-1)
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Somebody is there from `opens_at` to `closes_at` on a weekday (0 Monday)."""

    weekday: int
    opens_at: time
    closes_at: time


def check_hours(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in order; refused if there are none, or one ends before it starts, or two meet (EXP-7)."""
    ordered = sorted(stretches)
    if not ordered:
        raise Refused("Anota al menos un tramo de atención; sin horario nadie sabe cuándo llamar.", "EXP-7")
    for stretch in ordered:
        if stretch.opens_at >= stretch.closes_at:
            raise Refused(f"El {WEEKDAYS[stretch.weekday]} cierra antes de abrir. Revisa las dos horas.", "EXP-7")
    for earlier, later in itertools.pairwise(ordered):
        if earlier.weekday == later.weekday and later.opens_at < earlier.closes_at:
            raise Refused(
                f"Los dos tramos del {WEEKDAYS[later.weekday]} se pisan. El segundo tiene que empezar "
                f"después de las {earlier.closes_at:%H:%M}.",
                "EXP-7",
            )
    return ordered


def hours_in_words(stretches: Iterable[Stretch]) -> list[tuple[str, str]]:
    """Days with the same hours together: [("Lunes a jueves", "9:00 a 13:00 y 14:00 a 17:30"), ("Viernes", …)]."""
    by_day: dict[int, list[str]] = {}
    for stretch in sorted(stretches):
        span = {"first": clock(stretch.opens_at), "last": clock(stretch.closes_at)}
        words = gettext("%(first)s a %(last)s") % span
        by_day.setdefault(stretch.weekday, []).append(words)
    groups: list[tuple[list[int], str]] = []
    for weekday, parts in by_day.items():
        words = gettext(" y ").join(parts)
        if groups and groups[-1][1] == words and groups[-1][0][-1] == weekday - 1:
            groups[-1][0].append(weekday)
        else:
            groups.append(([weekday], words))
    return [(days_in_words(days), words) for days, words in groups]


def clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def days_in_words(days: list[int]) -> str:
    names = weekday_names()
    span = {"first": names[days[0]].capitalize(), "last": names[days[-1]]}
    if len(days) == 1:
        return span["first"]
    return (gettext("%(first)s y %(last)s") if len(days) == 2 else gettext("%(first)s a %(last)s")) % span


PREFIXES = ("Oficina regional del ", "Oficina regional de ", "Oficina regional ", "Oficina comercial de ")


def brief_office_name(name: str) -> str:
    """An office where every row has one: «Oficina regional del Biobío» → "Biobío"; «Oficina central» → "Central"."""
    for start in PREFIXES:
        if name.startswith(start):
            return brief_region_name(name.removeprefix(start))
    return "Central" if name == "Oficina central" else name


@cache
def cities_in_english() -> dict[str, str]:
    """The English of the cities abroad whose name differs, by their Spanish one."""
    with (Path(__file__).parent / "data" / "cities_in_english.csv").open(encoding="utf-8", newline="") as file:
        return {row["city"]: row["english"] for row in csv.DictReader(file)}
