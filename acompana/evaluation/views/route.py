"""The route of intake as a funnel, by region, office, branch and supervising unit (INT-7, EVA-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from acompana.evaluation import queries
from acompana.evaluation.queries import Funnel, Slice
from acompana.evaluation.rules import (
    EXITS,
    GROUPINGS,
    HERE,
    LEFT,
    PART,
    REACHED,
    STATIONS,
    TIMED,
    WHOLE_ROUTE,
    few_words,
)
from acompana.evaluation.selection import Asked, Selection, asked
from acompana.evaluation.showing import (
    StationRow,
    begun,
    days,
    days_word,
    drawn_months,
    group_rows,
    grouping_tabs,
    in_days,
    percent,
    route_figure,
    station_rows,
    whole,
)
from acompana.people.access import ActorRequest, staff
from acompana.shell import words
from acompana.shell.spreadsheet import csv_response

LEFT_AS = tuple(figure.label for figure in EXITS.values())
HEAD = ("Grupo", "Estación", "Llegaron", "Del paso anterior", "Están aquí", *LEFT_AS)
TIMES_HEAD = ("Con demora medida", "Mediana, días corridos", "Percentil 90, días corridos")


def read(request: ActorRequest) -> Asked:
    return asked(request.GET, actor=request.actor, today=timezone.localdate(request.now))


def sections(chosen: Selection, current: str) -> list[dict[str, Any]]:
    """The two pages of figures, on the same selection."""
    pages = (("route", "Ruta de ingreso"), ("deadlines", "Plazos"))
    return [{"label": label, "href": chosen.href(name), "current": name == current} for name, label in pages]


def on_the_way_now(request: ActorRequest) -> str:
    """«Siguen en la ruta» of the page as it opens for this person, and of which intakes, for the first page of their
    desk. Three queries."""
    seen = read(request)
    many = words.count_of(queries.on_the_way(seen.selection).count(), "sigue en la ruta", "siguen en la ruta")
    period = words.within_sentence(seen.selection.period.label)
    return f"{many}, de los ingresos iniciados en los {period} · {seen.words}"


@staff
@require_safe
def route(request: ActorRequest) -> HttpResponse:
    """The funnel of what was opened in a period, whoever attends it."""
    seen = read(request)
    grouping = request.GET.get("por", "region")
    grouping = grouping if grouping in GROUPINGS else "region"
    chosen, figures = seen.selection, queries.figures(seen.selection, grouping)
    today = timezone.localdate(request.now)
    counted, months = figures.whole, begun(figures.months, today)
    rows = station_rows(chosen, counted)
    context = {
        "asked": seen,
        "sections": sections(chosen, "route"),
        "action": reverse("evaluation:route"),
        "counted": counted,
        "cards": cards(chosen, counted, whole(months, today)),
        "stations": rows,
        "drawn": [drawn(row) for row in rows],
        "grouping": grouping,
        "grouping_label": GROUPINGS[grouping],
        "groupings": grouping_tabs(chosen, grouping),
        "groups": group_rows(seen, grouping, figures.groups),
        **drawn_months(months, today),
        "series": series(months),
        "download": chosen.href("route_file"),
        "group_download": chosen.href("route_file", por=grouping),
    }
    return render(request, "evaluation/route.html", context)


def cards(chosen: Selection, counted: Funnel, months: list[Slice]) -> list[dict[str, Any]]:
    """The large numbers at the top; `months`: the whole ones, for their past."""
    last = len(STATIONS)
    times = counted.times.get(WHOLE_ROUTE)
    return [
        {
            "title": "Ingresos iniciados",
            "shown": route_figure(REACHED, 1, chosen, counted),
            "past": [month.opened for month in months],
            "definition": "Ingresos que empezaron en el período, sigan o no en la ruta.",
        },
        {
            "title": "Preadmitidas",
            "shown": route_figure(REACHED, last, chosen, counted),
            "unit": percent(counted.share()),
            "unit_shown": route_figure(PART, 0, chosen, counted),
            "tone": "good",
            "past": [month.preadmitted for month in months],
            "definition": "De los ingresos del período, los que hoy están preadmitidos, y qué parte son del total.",
        },
        {
            "title": "Siguen en la ruta",
            "shown": route_figure(HERE, 0, chosen, counted),
            "definition": "Ingresos del período que hoy están en alguna estación, sin haber terminado ni salido.",
        },
        {"title": "Salieron", "shown": route_figure(LEFT, 0, chosen, counted), "definition": LEFT.definition},
        {
            "title": "De ficha a preadmisión",
            "shown": route_figure(TIMED, 0, chosen, counted),
            "value": days(times.median if times else None),
            "unit": days_word(times.median) if times else "",
            "definition": "Mediana de los días corridos desde que empezó el ingreso hasta que quedó preadmitido."
            + (f" Nueve de cada diez, en {in_days(times.ninetieth)} o menos." if times else "")
            + (" Son pocos casos." if times and few_words(times.measured) else ""),
        },
    ]


def drawn(row: StationRow) -> dict[str, Any]:
    return {
        "label": row.station.label,
        "value": row.reached.value,
        "href": row.reached.href,
        "note": row.note,
        "note_href": row.timed.href if row.times else "",
        "share_href": row.part.href if row.share is not None else "",
    }


def series(months: list[Slice]) -> list[dict[str, Any]]:
    """The lines of the chart; each month of the table opens its list."""
    last = STATIONS[-1].slug
    return [
        {
            "label": "Iniciados",
            "values": [month.opened for month in months],
            "hrefs": [
                month.selection.href("list", figura=REACHED.slug, estacion=STATIONS[0].slug) for month in months
            ],
        },
        {
            "label": "Preadmitidas",
            "tone": "good",
            "values": [month.preadmitted for month in months],
            "hrefs": [month.selection.href("list", figura=REACHED.slug, estacion=last) for month in months],
        },
    ]


@staff
@require_safe
def route_file(request: ActorRequest) -> StreamingHttpResponse:
    """The funnel as a file, whole or by `por`."""
    seen = read(request)
    grouping = request.GET.get("por", "")
    head = (*HEAD, *TIMES_HEAD)
    if grouping not in GROUPINGS:
        rows = station_rows(seen.selection, queries.figures(seen.selection).whole)
        return csv_response("ruta-de-ingreso", head, lines("Todas", rows))
    groups = group_rows(seen, grouping, queries.figures(seen.selection, grouping).groups)
    found = (line for row in groups for line in lines(row.label, station_rows(row.selection, row.counted)))
    return csv_response(f"ruta-de-ingreso-por-{grouping}", head, found)


def lines(group: str, rows: list[StationRow]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        times = row.times
        yield (
            group,
            row.station.label,
            row.reached.value,
            percent(row.share),
            row.here.value,
            *(shown.value for shown in row.left),
            row.timed.value,
            times.median if times else None,
            times.ninetieth if times else None,
        )
