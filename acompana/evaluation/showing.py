"""Figures ready for a page: each a number with the address of the list of what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from acompana.commitments.queries import Compliance
from acompana.commitments.rules import unit_taken
from acompana.evaluation.queries import Funnel, Times
from acompana.evaluation.rules import (
    BRANCHES,
    DEADLINE_FIGURES,
    EXITS,
    GROUPINGS,
    HERE,
    LEFT,
    NONE,
    PART,
    REACHED,
    STATIONS,
    TIMED,
    UNITS,
    WHOLE_ROUTE,
    Grade,
    RouteFigure,
    Station,
    few_words,
    group_label,
    whole_percent,
    why_not_whole,
)
from acompana.evaluation.selection import Asked, Selection
from acompana.people.rules import brief_office_name
from acompana.shell import words


class OfMonth(Protocol):
    """What is told by month."""

    @property
    def selection(self) -> Selection: ...


Month = TypeVar("Month", bound=OfMonth)


def begun(months: Iterable[Month], today: date) -> list[Month]:
    """The months that have begun: of those to come there is nothing to draw."""
    return [month for month in months if month.selection.period.first <= today]


def whole(months: Iterable[Month], today: date) -> list[Month]:
    """Those that are over and not cut by the period: the others do not compare with them."""
    return [month for month in begun(months, today) if not why_not_whole(month.selection.period, today)]


def drawn_months(months: Iterable[Month], today: date) -> dict[str, list[str]]:
    """Labels of the months that have begun for a chart, and what each of them lacks."""
    periods = [month.selection.period for month in begun(months, today)]
    return {
        "months": [period.label for period in periods],
        "lacking": [why_not_whole(period, today) for period in periods],
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A number, and where its rows are."""

    value: int
    href: str


def percent(value: float | None) -> str:
    """82 %; a dash where there is nothing to divide."""
    return "—" if value is None else f"{whole_percent(value)} %"


def days(value: float | None) -> str:
    return "—" if value is None else words.number(round(value, 1))


def in_days(value: float | None) -> str:
    """1 día, 2,5 días; a dash where nothing was measured."""
    return "—" if value is None else f"{days(value)} {days_word(value)}"


def took(value: float, unit: str) -> str:
    """2 días hábiles, 1,5 horas."""
    return f"{days(value)} {unit_taken(unit, round(value, 1))}"


def days_word(value: float) -> str:
    return "día" if round(value, 1) == 1 else "días"


def route_figure(figure: RouteFigure, station: int, selection: Selection, counted: Funnel) -> Shown:
    """A figure of the funnel with its list; station 0 is the whole route."""
    where = {"estacion": STATIONS[station - 1].slug} if station else {}
    return Shown(counted.value(figure, station), selection.href("list", figura=figure.slug, **where))


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station as the page shows it. `left` has a number for each of `EXITS`, in their order."""

    station: Station
    reached: Shown
    part: Shown
    share: float | None
    here: Shown
    left: list[Shown]
    timed: Shown
    times: Times | None

    @property
    def exits(self) -> list[tuple[str, Shown]]:
        """Each of `left` under its name."""
        return [(figure.label, shown) for figure, shown in zip(EXITS.values(), self.left, strict=True)]

    @property
    def median(self) -> str:
        return in_days(self.times.median if self.times else None)

    @property
    def ninetieth(self) -> str:
        return in_days(self.times.ninetieth if self.times else None)

    @property
    def share_words(self) -> str:
        return percent(self.share)

    @property
    def few(self) -> str:
        return few_words(self.times.measured if self.times else 0)

    @property
    def note(self) -> str:
        return " · ".join(part for part in (self.median, self.few) if part) if self.times else ""


def station_rows(selection: Selection, counted: Funnel) -> list[StationRow]:
    rows = []
    for number, station in enumerate(STATIONS, 1):
        rows.append(
            StationRow(
                station=station,
                reached=route_figure(REACHED, number, selection, counted),
                part=route_figure(PART, number, selection, counted),
                share=counted.share(number) if number > 1 else None,
                here=route_figure(HERE, number, selection, counted),
                left=[route_figure(figure, number, selection, counted) for figure in EXITS.values()],
                timed=route_figure(TIMED, number, selection, counted),
                times=counted.times.get(number),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A region, office, branch or unit: how many reached each station, and how it ended."""

    label: str
    selection: Selection
    counted: Funnel
    href: str

    @property
    def reached(self) -> list[Shown]:
        numbers = range(1, len(STATIONS) + 1)
        return [route_figure(REACHED, number, self.selection, self.counted) for number in numbers]

    @property
    def by_station(self) -> list[tuple[str, Shown]]:
        return [(station.label, shown) for station, shown in zip(STATIONS, self.reached, strict=True)]

    @property
    def left(self) -> Shown:
        return route_figure(LEFT, 0, self.selection, self.counted)

    @property
    def part(self) -> Shown:
        return route_figure(PART, 0, self.selection, self.counted)

    @property
    def share(self) -> str:
        return percent(self.counted.share())

    @property
    def timed(self) -> Shown:
        return route_figure(TIMED, 0, self.selection, self.counted)

    @property
    def median(self) -> str:
        whole = self.counted.times.get(WHOLE_ROUTE)
        return in_days(whole.median if whole else None)

    @property
    def few(self) -> str:
        whole = self.counted.times.get(WHOLE_ROUTE)
        return few_words(whole.measured if whole else 0)


def group_rows(asked: Asked, grouping: str, found: Mapping[Any, Funnel]) -> list[GroupRow]:
    """The funnel broken down, in the order in which people think of the groups."""
    values, names = _groups(asked, grouping)
    order = {key: number for number, key in enumerate(values)}
    rows = []
    for key in sorted(found, key=lambda key: order.get(key, len(order))):
        counted, chosen = found[key], asked.selection.where(grouping, values.get(key, str(key or NONE)))
        rows.append(
            GroupRow(
                label=group_label(grouping, key, names),
                selection=chosen,
                counted=counted,
                href=chosen.href("route", por=grouping),
            )
        )
    return rows


def _groups(asked: Asked, grouping: str) -> tuple[dict[Any, str], Mapping[Any, str]]:
    """By what the database groups: how an address says it, and how people do."""
    if grouping == "region":
        regions = asked.regions.values()
        return {row.pk: row.iso for row in regions}, {row.pk: row.brief_name for row in regions}
    if grouping == "oficina":
        offices = asked.offices.values()
        return {row.pk: row.code for row in offices}, {row.pk: brief_office_name(row.name) for row in offices}
    known = BRANCHES if grouping == "rama" else UNITS
    return {slug: slug for slug in known}, {}


def grouping_tabs(selection: Selection, chosen: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": selection.href("route", por=slug) + "#desglose", "current": slug == chosen}
        for slug, label in GROUPINGS.items()
    ]


# --- deadlines --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A rule (at an office, of a person) with its figures by slug, each with its list."""

    row: Compliance
    label: str
    who: str
    figures: dict[str, Shown]
    grade: Grade | None

    @property
    def share_words(self) -> str:
        return percent(self.row.share_in_time)

    @property
    def median(self) -> str:
        return self._taken(self.row.median)

    @property
    def ninetieth(self) -> str:
        return self._taken(self.row.ninetieth)

    @property
    def few(self) -> str:
        return few_words(self.row.done)

    def _taken(self, value: float | None) -> str:
        return "—" if value is None else took(value, self.row.unit)


def deadline_figures(selection: Selection, counts: Mapping[str, int], **where: str) -> dict[str, Shown]:
    """Each figure of compliance with its list. `counts` by the names of `commitments.queries.FIGURES`."""
    return {
        figure.slug.replace("-", "_"): Shown(counts[figure.name], selection.href("list", figura=slug, **where))
        for slug, figure in DEADLINE_FIGURES.items()
    }
