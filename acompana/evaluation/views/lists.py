"""The list behind each figure, on a page and as a file of the same rows (EVA-17, EXP-31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from acompana.commitments import queries as commitments
from acompana.commitments.models import Commitment
from acompana.commitments.rules import unit_taken
from acompana.companies.models import Company
from acompana.evaluation import deadlines, queries
from acompana.evaluation.rules import (
    BRANCHES,
    DEADLINE_FIGURES,
    NUMBER_OF,
    PART,
    REACHED,
    ROUTE_FIGURES,
    STATIONS,
    TIMED,
    WHOLE_ROUTE,
    DeadlineFigure,
    RouteFigure,
    few_words,
    share,
)
from acompana.evaluation.selection import Asked
from acompana.evaluation.showing import days, in_days, percent, took
from acompana.evaluation.views.route import read
from acompana.intake.states import INTAKE
from acompana.kernel.rut import format_rut
from acompana.people.access import ActorRequest, staff
from acompana.people.rules import brief_office_name
from acompana.reference.rules import brief_region_name
from acompana.shell import words
from acompana.shell.spreadsheet import csv_response

ROWS = 50
CHUNK = 1000
# Told under the name of the company on the page, in a column of their own in the file.
BESIDE = ("Qué", "RUT", "Región")
STATE_LABELS = {state.slug: state.label for state in INTAKE.states}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: what it is, where it opens, and its cells under the heads of the list."""

    label: str
    sub: str
    href: str
    cells: list[Any]


class Behind(Protocol):
    """What is behind a figure: its name, its rows, and how a stretch of them is told."""

    title: str
    definition: str
    back: str
    seen: Asked
    head: tuple[str, ...]

    def told(self) -> str:
        """What the figure says of these rows where it does not count them: a share, a median; else empty."""

    def rows(self) -> QuerySet[Any, Any]: ...

    def lines(self, rows: Iterable[Any]) -> list[Line]: ...


FIELDS = ("number", "state_since", "company_id", "company__legal_name", "company__trade_name", "company__rut")
MORE_FIELDS = ("office__name", "owner__given_names", "owner__family_names", "company__region__short_name")


class Intakes:
    """Intakes behind a figure of the funnel."""

    head: tuple[str, ...] = (
        "RUT",
        "Región",
        "Oficina",
        "Rama",
        "Abierto",
        "Está en",
        "Desde",
        "Días desde la anterior",
        "Responsable",
    )

    def __init__(self, figure: RouteFigure, station: int, seen: Asked) -> None:
        self.figure, self.station, self.seen = figure, station, seen
        where = f" · {STATIONS[station - 1].label}" if station else ""
        self.title, self.definition = f"{figure.label}{where}", figure.definition
        self.back = seen.selection.href("route")

    def told(self) -> str:
        if self.figure not in (PART, TIMED):
            return ""
        counted = queries.figures(self.seen.selection).whole
        if self.figure is PART:
            arrived = words.number(counted.reached(self.station or len(STATIONS)))
            of = words.number(counted.value(PART, self.station))
            where = f"llegaron a «{STATIONS[self.station - 1].label}»" if self.station else "quedaron preadmitidos"
            return f"{percent(counted.share(self.station))}: {arrived} de {of} {where}."
        times = counted.times.get(self.station or WHOLE_ROUTE)
        if times is None:
            return ""
        few = " Son pocos casos." if few_words(times.measured) else ""
        return f"Mediana: {in_days(times.median)}. Nueve de cada diez, en {in_days(times.ninetieth)} o menos.{few}"

    def rows(self) -> QuerySet[Any, Any]:
        return queries.rows_of(self.figure, self.station, self.seen.selection, *FIELDS, *MORE_FIELDS)

    def lines(self, rows: Iterable[dict[str, Any]]) -> list[Line]:
        return [self._line(row) for row in rows]

    def _line(self, row: dict[str, Any]) -> Line:
        owner = f"{row['owner__given_names'] or ''} {row['owner__family_names'] or ''}".strip()
        company = row["company_id"]
        href = Company(pk=company).get_absolute_url() if company else ""
        return Line(
            label=row["company__trade_name"] or row["company__legal_name"] or row["number"],
            sub=row["number"],
            href=href,
            cells=[
                format_rut(row["company__rut"] or ""),
                row["company__region__short_name"] or "Sin región",
                row["office__name"],
                BRANCHES[row["branch"]],
                row["opened_at"],
                STATE_LABELS.get(row["state"], row["state"]),
                row["state_since"],
                queries.days_to(self.station, row),
                owner or "Sin responsable",
            ],
        )


def _responsible(row: Commitment) -> str:
    """Who owes it; of what nobody had taken, who fulfilled it."""
    if row.owner is None and row.fulfilled_by is not None:
        return f"Lo cumplió {row.fulfilled_by.full_name}"
    return row.owner.full_name if row.owner else "Sin responsable"


class Commitments:
    """Commitments behind a figure of compliance."""

    head: tuple[str, ...] = (
        "Plazo",
        "Qué",
        "Oficina",
        "Responsable",
        "Empezó",
        "Vence",
        "Cumplido",
        "Cómo va",
        "Demora",
        "Unidad",
    )

    def __init__(self, figure: DeadlineFigure, request: ActorRequest, seen: Asked) -> None:
        self.figure, self.seen, self.now = figure, seen, request.now
        self.rule = request.GET.get("regla", "")[:20]
        owner = request.GET.get("responsable", "")
        self.owner = owner if owner == deadlines.NOBODY or owner.isdecimal() else ""
        self.title = f"{figure.label}{f' · {self.rule}' if self.rule else ''}"
        self.definition = figure.definition
        self.back = seen.selection.href("deadlines")

    def told(self) -> str:
        if self.figure.name not in ("settled", "done"):
            return ""
        kept = deadlines.kept_in(self.seen.selection, self.now, rule=self.rule, owner=self.owner)
        if kept is None:
            return ""
        if self.figure.name == "settled":
            part = percent(share(kept.in_time, kept.settled))
            return f"{part}: {words.number(kept.in_time)} de {words.number(kept.settled)} se cumplieron en plazo."
        if kept.median is None or kept.ninetieth is None:
            return ""
        most = took(kept.ninetieth, kept.unit)
        return f"Mediana: {took(kept.median, kept.unit)}. Nueve de cada diez, en {most} o menos."

    def rows(self) -> QuerySet[Any, Any]:
        return deadlines.rows_of(
            self.figure, self.seen.selection, self.now, rule=self.rule, owner=self.owner
        ).select_related("fulfilled_by")

    def lines(self, rows: Iterable[Commitment]) -> list[Line]:
        found = list(rows)
        taken = commitments.times_of(found, self.now)
        paused = set(Commitment.objects.paused().filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
        units: dict[str, str] = {}
        for row in found:
            if row.rule not in units:
                units[row.rule] = unit_taken(commitments.unit_of(row.rule, timezone.localdate(self.now)))
        return [self._line(row, taken.get(row.pk), row.pk in paused, units[row.rule]) for row in found]

    def _line(self, row: Commitment, taken: float | None, paused: bool, unit: str) -> Line:
        return Line(
            label=row.company.name if row.company else row.what,
            sub=row.matter.number if row.matter else "",
            href=row.get_absolute_url(),
            cells=[
                row.rule,
                row.what,
                row.office.name,
                _responsible(row),
                row.starts_at,
                row.due_at,
                row.fulfilled_at,
                self._standing(row, paused),
                taken,
                unit if taken is not None else "",
            ],
        )

    def _standing(self, row: Commitment, paused: bool) -> str:
        if row.fulfilled_at is not None:
            return "En plazo" if row.was_kept else "Fuera de plazo"
        if paused:
            return "En pausa"
        return "Vencido" if row.due_at < self.now else "Corriendo"


def behind(request: ActorRequest) -> Behind:
    """What an address asks for. An unknown figure or station gives the intakes that were opened."""
    seen, name = read(request), request.GET.get("figura", "")
    if name in DEADLINE_FIGURES:
        return Commitments(DEADLINE_FIGURES[name], request, seen)
    station = NUMBER_OF.get(request.GET.get("estacion", ""), 0)
    figure = ROUTE_FIGURES.get(name, REACHED)
    return Intakes(figure, station, seen)


def unknown(request: ActorRequest, found: Behind) -> str:
    """What the address names that there is not, and what is listed instead; empty where all is known or left out."""
    figure, station = request.GET.get("figura", ""), request.GET.get("estacion", "")
    if figure and figure not in DEADLINE_FIGURES and figure not in ROUTE_FIGURES:
        return f"La cifra «{figure[:40]}» no existe. Esta lista es otra: «{found.title}»."
    if station and station not in NUMBER_OF:
        return f"La estación «{station[:40]}» no existe. Esta lista es otra: «{found.title}»."
    return ""


@staff
@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """The rows that a figure counts."""
    found = behind(request)
    page = Paginator(found.rows(), ROWS).get_page(request.GET.get("page"))
    context = {
        "behind": found,
        "told": found.told(),
        "unknown": unknown(request, found),
        "asked": found.seen,
        "page": page,
        "head": [name for name in found.head if name not in BESIDE],
        "lines": [shown(line, found.head) for line in found.lines(page)],
        "download": f"{reverse('evaluation:list_file')}?{request.GET.urlencode()}",
    }
    return render(request, "evaluation/list.html", context)


BRIEF: dict[str, Callable[[Any], str]] = {"Oficina": brief_office_name, "Región": brief_region_name}


def shown(line: Line, head: tuple[str, ...]) -> dict[str, Any]:
    """A line with its cells as words, each beside its head for a narrow screen."""
    pairs = zip(head, line.cells, strict=True)
    told = [(name, BRIEF[name](value) if name in BRIEF else value) for name, value in pairs]
    cells = [{"head": name, **as_words(value)} for name, value in told if name not in BESIDE]
    beside = [value for name, value in told if name in BESIDE and value]
    return {"line": line, "cells": cells, "beside": " · ".join([*beside, *([line.sub] if line.sub else [])])}


def as_words(value: Any) -> dict[str, Any]:
    if isinstance(value, float) or value is None:
        return {"text": days(value), "number": True}
    return {"text": words.short_date(value) or str(value), "date": isinstance(value, datetime)}


@staff
@require_safe
def list_file(request: ActorRequest) -> StreamingHttpResponse:
    """The same rows as a file, all of them."""
    found = behind(request)
    return csv_response(slugify(f"lista {found.title}"), ("Empresa", "Número", *found.head), file_lines(found))


def file_lines(found: Behind) -> Iterator[list[Any]]:
    """Every row, told a thousand at a time."""
    chunk: list[Any] = []
    for row in found.rows().iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from ([line.label, line.sub, *line.cells] for line in found.lines(chunk))
            chunk = []
    yield from ([line.label, line.sub, *line.cells] for line in found.lines(chunk))
