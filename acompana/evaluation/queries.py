"""The figures, computed in sets: a constant number of queries whatever the number of intakes.

A *journey* is one intake of the selection with the instant at which it first arrived at each station. Counts, times
and lists all stand on the same query, so that a figure and its list cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When

from acompana.evaluation.rules import EXITS, NONE, STATIONS, WHOLE_ROUTE, Period, RouteFigure, share, slices
from acompana.evaluation.selection import Selection
from acompana.intake.states import OFF_THE_ROAD
from acompana.kernel.spreads import days_between, spread_of
from acompana.matters.models import Matter

KIND = "intake"
PLACES = {"region": "company__region_id", "oficina": "office_id", "unidad": "intake__supervised_by"}


def journeys(selection: Selection, *extra: str, **named: F) -> QuerySet[Any, dict[str, Any]]:
    """One row for each intake opened in the selection, with `at_1`… (first arrival at each station), `furthest` (the
    number of the most advanced station), `branch` and the fields asked for."""
    arrivals = {
        f"at_{number}": Min("steps__taken_at", filter=Q(steps__to_state__in=station.states))
        for number, station in enumerate(STATIONS, 1)
    }
    furthest = [When(**{f"at_{number}__isnull": False}, then=Value(number)) for number in range(len(STATIONS), 1, -1)]
    rows: QuerySet[Any, dict[str, Any]] = (
        Matter.objects.filter(_place(selection))
        .order_by()
        .values("id", "state", "opened_at", *extra, **named)
        .annotate(
            **arrivals,
            low_attended=Count("steps", filter=Q(steps__transition="finish_test_low_attended")),
            furthest=Case(*furthest, default=Value(1), output_field=IntegerField()),
        )
        .annotate(branch=_branch())
    )
    return rows.filter(branch=selection.branch) if selection.branch else rows


def _place(selection: Selection) -> Q:
    found = Q(kind=KIND, opened_at__gte=selection.since, opened_at__lt=selection.until)
    if selection.region == NONE:
        found &= Q(company__region=None)
    elif selection.region:
        found &= Q(company__region__iso=selection.region)
    if selection.office:
        found &= Q(office__code=selection.office)
    if selection.unit == NONE:
        found &= Q(intake__supervised_by="") | Q(intake=None)
    elif selection.unit:
        found &= Q(intake__supervised_by=selection.unit)
    return found


def _branch() -> Case:
    """The branch of the route, by result or by exports (INT-10 to INT-13)."""
    exports = Q(intake__is_exporter=True)
    low = Q(intake__potential="low")
    return Case(
        When(exports & Q(intake__way_in="former"), then=Value("antigua")),
        When(exports, then=Value("exportadora")),
        When(intake__potential="high", then=Value("alto")),
        When(intake__potential="medium", then=Value("medio")),
        When(low & Q(low_attended__gt=0), then=Value("bajo-atendido")),
        When(low, then=Value("bajo")),
        default=Value(NONE),
    )


def rows_of(figure: RouteFigure, station: int, selection: Selection, *extra: str) -> QuerySet[Any, dict[str, Any]]:
    """The intakes that a figure counts at a station (0: anywhere), oldest first."""
    rows = journeys(selection, *extra)
    if figure.slug == "llegaron":
        rows = rows.filter(furthest__gte=station)
    elif figure.slug == "parte":
        rows = rows.filter(furthest__gte=station_before(station))
    elif figure.slug == "demora":
        before = [Q(**{f"at_{number}__isnull": False}) for number in (range(1, station) if station else (1,))]
        rows = rows.filter(reduce(or_, before, Q(pk__in=[])), **{f"at_{station or len(STATIONS)}__isnull": False})
    else:
        rows = rows.filter(state__in=figure.states) if figure.states else rows.exclude(state__in=OFF_THE_ROAD)
        rows = rows.filter(furthest=station) if station else rows
    return rows.order_by("opened_at", "id")


def on_the_way(selection: Selection) -> QuerySet[Matter]:
    """What «Siguen en la ruta» counts of a selection without a branch: where somebody has a turn."""
    return Matter.objects.filter(_place(selection)).exclude(state__in=OFF_THE_ROAD)


def station_before(station: int) -> int:
    """Of what a share at a station is a share; of the whole route, of all that opened."""
    return max(station - 1, 1)


def days_to(station: int, row: dict[str, Any]) -> float | None:
    """Calendar days, with fraction, from the station before that the intake set foot on; from the form if 0."""
    end = row[f"at_{station or len(STATIONS)}"]
    before = range(station - 1, 0, -1) if station else (1,)
    start = next((row[f"at_{number}"] for number in before if row[f"at_{number}"]), None)
    return (end - start).total_seconds() / 86400 if end and start else None


# --- the funnel -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """Days from the station before: how many were measured, the median and the 90th percentile."""

    measured: int
    median: float
    ninetieth: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many stand at each station by state, and the times, for one group or for all. Stations count from 1."""

    counts: dict[tuple[int, str], int]
    times: dict[int, Times]

    @property
    def opened(self) -> int:
        return sum(self.counts.values())

    def reached(self, station: int) -> int:
        return sum(count for (furthest, _), count in self.counts.items() if furthest >= station)

    def in_states(self, states: Sequence[str], station: int = 0) -> int:
        """Whose most advanced station is this one (0: any), and stand in one of these states."""
        return sum(
            count
            for (furthest, state), count in self.counts.items()
            if state in states and (not station or furthest == station)
        )

    def here(self, station: int = 0) -> int:
        """Still on the way."""
        return sum(
            count
            for (furthest, state), count in self.counts.items()
            if state not in OFF_THE_ROAD and (not station or furthest == station)
        )

    def left(self, station: int = 0) -> int:
        return self.in_states(tuple(EXITS), station)

    def share(self, station: int = 0) -> float | None:
        """Of those that reached the station before, the part that came on; of all that opened, the part that was
        pre-admitted (0)."""
        return share(self.reached(station or len(STATIONS)), self.reached(station_before(station)))

    def value(self, figure: RouteFigure, station: int) -> int:
        """A figure by its definition, as `rows_of` lists it."""
        if figure.slug == "llegaron":
            return self.reached(station)
        if figure.slug == "parte":
            return self.reached(station_before(station))
        if figure.slug == "demora":
            times = self.times.get(station or WHOLE_ROUTE)
            return times.measured if times else 0
        return self.in_states(figure.states, station) if figure.states else self.here(station)


@dataclass(frozen=True, slots=True)
class Slice:
    """A month (or year) of the selection: how many opened then, and how many of those are pre-admitted today."""

    selection: Selection
    label: str
    opened: int
    preadmitted: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A selection as one funnel, by the groups of a breakdown, and by month. All told from one reading."""

    whole: Funnel
    groups: dict[Any, Funnel]
    months: list[Slice] = field(default_factory=list)


def figures(selection: Selection, grouping: str = "") -> Figures:
    """The funnel, the same for each region, office, branch or unit (`grouping`), and the months. One query.

    The journeys are read once and counted by group, month, station and state: every count is a sum of those.
    """
    parts = slices(selection.period)
    whole = Funnel({}, {})
    groups: dict[Any, Funnel] = {}
    months = [[0, 0] for _ in parts]
    for row in _read(selection, grouping, parts):
        is_time, is_whole, group, number, station, state, many, median, ninetieth = row
        if is_time:
            counted = whole if is_whole else groups.setdefault(group, Funnel({}, {}))
            counted.times[station] = Times(many, float(median), float(ninetieth))
            continue
        for counted in (whole, groups.setdefault(group, Funnel({}, {}))):
            counted.counts[station, state] = counted.counts.get((station, state), 0) + many
        months[number][0] += many
        months[number][1] += many if station == len(STATIONS) else 0
    told = [Slice(selection.within(part), part.label, *months[n]) for n, part in enumerate(parts)]
    return Figures(whole, groups, told)


def _read(selection: Selection, grouping: str, parts: Sequence[Period]) -> list[tuple[Any, ...]]:
    """Counts by group, month, station and state; then times by group and of all. One pass over the journeys."""
    named = {"place": F(PLACES[grouping])} if grouping in PLACES else {}
    place = "place" if named else "branch" if grouping else "NULL"
    inner, params = journeys(selection, **named).query.sql_with_params()
    month = " ".join(f"WHEN opened_at < %s THEN {number}" for number in range(len(parts)))
    ends = [datetime.combine(part.after, time(), tzinfo=ZoneInfo(settings.TIME_ZONE)) for part in parts]
    statement = f"""WITH journey AS ({inner})
        SELECT 0, 0, {place}, CASE {month} END, furthest, state, COUNT(*), NULL, NULL
        FROM journey GROUP BY 3, 4, 5, 6
        UNION ALL
        SELECT 1, whole, place, NULL, number, NULL, measured, median, ninetieth
        FROM ({spread_of("journey", place, _measures())}) AS spread"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *map(connection.ops.adapt_datetimefield_value, ends)])
        return cursor.fetchall()


def _measures() -> dict[int, str]:
    """The days to each station from the one before that the intake set foot on, and those of the whole route."""
    last = len(STATIONS)
    found = {WHOLE_ROUTE: days_between(f"at_{last}", "at_1")}
    for number in range(2, last + 1):
        before = [f"at_{earlier}" for earlier in range(number - 1, 0, -1)]
        start = f"COALESCE({', '.join(before)})" if len(before) > 1 else before[0]
        found[number] = days_between(f"at_{number}", start)
    return found
