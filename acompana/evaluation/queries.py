"""The figures, computed in sets: a constant number of queries whatever the number of intakes.

A *journey* is one intake of the selection with the instant at which it first arrived at each station. Counts, times
and lists all stand on the same query, so that a figure and its list cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When

from acompana.evaluation.rules import ARRIVED, EXITS, NONE, STATIONS, WHOLE_ROUTE, RouteFigure, slices
from acompana.evaluation.selection import Selection
from acompana.matters.models import Matter

KIND = "intake"
COLUMNS = {"region": "region_id", "oficina": "office_id", "rama": "branch", "unidad": "unit"}


def journeys(selection: Selection, *extra: str) -> QuerySet[Any, dict[str, Any]]:
    """One row for each intake opened in the selection, with `at_1`… (first arrival at each station), `furthest` (the
    number of the most advanced station), `branch`, `unit` and the fields asked for."""
    arrivals = {
        f"at_{number}": Min("steps__taken_at", filter=Q(steps__to_state__in=station.states))
        for number, station in enumerate(STATIONS, 1)
    }
    furthest = [When(**{f"at_{number}__isnull": False}, then=Value(number)) for number in range(len(STATIONS), 1, -1)]
    rows: QuerySet[Any, dict[str, Any]] = (
        Matter.objects.filter(_place(selection))
        .order_by()
        .values(
            "id",
            "state",
            "opened_at",
            "office_id",
            *extra,
            region_id=F("company__region_id"),
            unit=F("intake__supervised_by"),
        )
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
    elif figure.slug == "demora":
        before = [Q(**{f"at_{number}__isnull": False}) for number in (range(1, station) if station else (1,))]
        rows = rows.filter(reduce(or_, before, Q(pk__in=[])), **{f"at_{station or len(STATIONS)}__isnull": False})
    else:
        ended = (*EXITS, ARRIVED)
        rows = rows.filter(state__in=figure.states) if figure.states else rows.exclude(state__in=ended)
        rows = rows.filter(furthest=station) if station else rows
    return rows.order_by("opened_at", "id")


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
        ended = (*EXITS, ARRIVED)
        return sum(
            count
            for (furthest, state), count in self.counts.items()
            if state not in ended and (not station or furthest == station)
        )

    def left(self, station: int = 0) -> int:
        return self.in_states(tuple(EXITS), station)

    def value(self, figure: RouteFigure, station: int) -> int:
        """A figure by its definition, as `rows_of` lists it."""
        if figure.slug == "llegaron":
            return self.reached(station)
        if figure.slug == "demora":
            times = self.times.get(station or WHOLE_ROUTE)
            return times.measured if times else 0
        return self.in_states(figure.states, station) if figure.states else self.here(station)


def funnel(selection: Selection) -> Funnel:
    """The whole selection as one funnel. Two queries."""
    return funnels(selection, "").get(None) or Funnel({}, {})


def funnels(selection: Selection, grouping: str) -> dict[Any, Funnel]:
    """A funnel for each region, office, branch or unit; under None if `grouping` is empty. Two queries."""
    column = COLUMNS[grouping] if grouping else "NULL"
    found: dict[Any, Funnel] = {}
    for group, furthest, state, count in _select(
        selection, f"SELECT {column}, furthest, state, COUNT(*) FROM journey GROUP BY 1, 2, 3"
    ):
        found.setdefault(group, Funnel({}, {})).counts[furthest, state] = count
    for group, station, measured, median, ninetieth in _select(selection, _times_sql(column)):
        found[group].times[station] = Times(measured, float(median), float(ninetieth))
    return found


def _select(selection: Selection, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of a statement over `journey`, the selection as a common table."""
    inner, inner_params = journeys(selection).query.sql_with_params()
    statement = f"WITH journey AS ({inner}){sql if sql.startswith(',') else ' ' + sql}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*inner_params, *params])
        return cursor.fetchall()


def _days(end: str, start: str) -> str:
    """Days between two instants, in the words of the database."""
    if connection.vendor == "postgresql":
        return f"EXTRACT(EPOCH FROM ({end} - {start})) / 86400.0"
    return f"julianday({end}) - julianday({start})"


def _times_sql(column: str) -> str:
    """Median and 90th percentile by nearest rank, as `commitments.rules.percentile`, in one pass over the journeys."""
    last = len(STATIONS)
    cases = [f"WHEN {WHOLE_ROUTE} THEN {_days(f'at_{last}', 'at_1')}"]
    for number in range(2, last + 1):
        before = [f"at_{earlier}" for earlier in range(number - 1, 0, -1)]
        start = f"COALESCE({', '.join(before)})" if len(before) > 1 else before[0]
        cases.append(f"WHEN {number} THEN {_days(f'at_{number}', start)}")
    numbers = " UNION ALL ".join(f"SELECT {number} AS n" for number in (WHOLE_ROUTE, *range(2, last + 1)))
    return f""",
        measured AS (
            SELECT {column} AS place, station.n AS station, CASE station.n {" ".join(cases)} END AS days
            FROM journey CROSS JOIN ({numbers}) AS station
        ),
        ranked AS (
            SELECT place, station, days,
                ROW_NUMBER() OVER (PARTITION BY place, station ORDER BY days) AS rank_here,
                COUNT(*) OVER (PARTITION BY place, station) AS many
            FROM measured WHERE days IS NOT NULL
        )
        SELECT place, station, MAX(many),
            MIN(CASE WHEN rank_here >= (many + 1) / 2 THEN days END),
            MIN(CASE WHEN rank_here >= (9 * many + 9) / 10 THEN days END)
        FROM ranked GROUP BY place, station"""


@dataclass(frozen=True, slots=True)
class Slice:
    """A month (or year) of the selection: how many opened then, and how many of those are pre-admitted today."""

    selection: Selection
    label: str
    opened: int
    preadmitted: int


def by_month(selection: Selection) -> list[Slice]:
    """The selection by the month in which intakes were opened. One query."""
    parts = slices(selection.period)
    zone = ZoneInfo(settings.TIME_ZONE)
    ends = [datetime.combine(part.after, time(), tzinfo=zone) for part in parts]
    cases = " ".join(f"WHEN opened_at < %s THEN {number}" for number in range(len(parts)))
    found = {
        number: (opened, arrived)
        for number, opened, arrived in _select(
            selection,
            f"SELECT CASE {cases} END, COUNT(*), SUM(CASE WHEN furthest = {len(STATIONS)} THEN 1 ELSE 0 END) "
            "FROM journey GROUP BY 1",
            [connection.ops.adapt_datetimefield_value(end) for end in ends],
        )
    }
    return [Slice(selection.within(part), part.label, *found.get(number, (0, 0))) for number, part in enumerate(parts)]
