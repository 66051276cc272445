"""How deadlines are kept: by rule, office and person (EVA-13)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from acompana.commitments.queries import FIGURES
from acompana.commitments.rules import unit_taken
from acompana.evaluation.deadlines import (
    BY,
    KeptIn,
    by_month,
    deadline_rows,
    deadline_rows_and_parts,
    rows_of,
    thresholds,
)
from acompana.evaluation.rules import DEADLINE_FIGURES, Thresholds, share
from acompana.evaluation.selection import Selection
from acompana.evaluation.showing import DeadlineRow, begun, deadline_figures, drawn_months, percent, whole
from acompana.evaluation.views.route import read, sections
from acompana.people.access import ActorRequest, staff
from acompana.people.rules import brief_office_name
from acompana.shell import words
from acompana.shell.navigation import Detail
from acompana.shell.spreadsheet import csv_response

OFFICES_ON_FIRST_PAGE = 5


def chosen_by(request: ActorRequest) -> str:
    by = request.GET.get("por", "")
    return by if by in BY else ""


def overdue_now(request: ActorRequest) -> str:
    """«Vencidos hoy» of the page as it opens for this person, and of what was promised when, for the first page of
    their desk. Three queries."""
    seen = read(request)
    rows = rows_of(DEADLINE_FIGURES["vencidos"], seen.selection, request.now)
    many = words.count_of(rows.count(), "vencido hoy", "vencidos hoy")
    return f"{many}, de lo prometido en los {words.within_sentence(seen.selection.period.label)} · {seen.words}"


def most_overdue(request: ActorRequest) -> list[Detail]:
    """The offices with the most «Vencidos hoy», each with its list. Three queries."""
    chosen, figure = read(request).selection, DEADLINE_FIGURES["vencidos"]
    found = rows_of(figure, chosen, request.now).order_by().values_list("office__code", "office__name")
    many = found.annotate(many=Count("pk")).order_by("-many", "office__code")[:OFFICES_ON_FIRST_PAGE]
    return [
        Detail(brief_office_name(name), count, chosen.where("oficina", code).href("list", figura=figure.slug))
        for code, name, count in many
    ]


@staff
@require_safe
def deadlines(request: ActorRequest) -> HttpResponse:
    """Compliance of what was promised in a period."""
    seen, by = read(request), chosen_by(request)
    chosen = seen.selection
    rows, parts = deadline_rows_and_parts(chosen, request.now, by)
    today = timezone.localdate(request.now)
    judged = thresholds(today)
    months = begun(by_month(chosen, request.now), today)
    context = {
        "asked": seen,
        "sections": sections(chosen, "deadlines"),
        "action": reverse("evaluation:deadlines"),
        "by": by,
        "by_label": BY[by],
        "tabs": [
            {"label": label, "href": chosen.href("deadlines", por=slug) + "#desglose", "current": slug == by}
            for slug, label in BY.items()
        ],
        "rows": rows,
        "broken_down": parts,
        "bars": [bar(row) for row in rows if row.row.settled],
        "cards": cards(chosen, rows, whole(months, today), judged),
        "legend": judged.legend(),
        **drawn_months(months, today),
        "series": series(months),
        "download": chosen.href("deadlines_file"),
        "by_download": chosen.href("deadlines_file", por=by),
        "definitions": list(DEADLINE_FIGURES.values()),
    }
    return render(request, "evaluation/deadlines.html", context)


def cards(
    chosen: Selection, rows: list[DeadlineRow], months: list[KeptIn], judged: Thresholds
) -> list[dict[str, Any]]:
    """The health of the deadlines in four numbers, over every rule."""
    counts: Counter[str] = Counter({name: 0 for name in FIGURES})
    for row in rows:
        counts.update({name: getattr(row.row, name) for name in FIGURES})
    shown = deadline_figures(chosen, counts)
    kept = share(counts["in_time"], counts["settled"])
    return [
        {
            "title": "Se cumplió en plazo",
            "value": percent(kept),
            "unit": f"de {words.number(counts['settled'])}",
            "grade": judged.grade(kept),
            "shown": shown["resueltos"],
            "past": [100 * (share(month.in_time, month.settled) or 0) for month in months],
            "definition": "Cumplidos a más tardar en su fecha, entre los que ya se cumplieron o ya vencieron.",
        },
        {
            "title": "Vencidos hoy",
            "shown": shown["vencidos"],
            "tone": "late" if counts["overdue_now"] else "",
            "definition": DEADLINE_FIGURES["vencidos"].definition,
        },
        {"title": "Corriendo", "shown": shown["corriendo"], "definition": DEADLINE_FIGURES["corriendo"].definition},
        {"title": "Prometidos", "shown": shown["prometidos"], "definition": DEADLINE_FIGURES["prometidos"].definition},
    ]


def bar(row: DeadlineRow) -> dict[str, Any]:
    kept = row.figures["en_plazo"]
    return {
        "label": f"{row.row.rule} · {row.label}",
        "value": 100 * (row.row.share_in_time or 0),
        "display": row.share_words,
        "note": f"{kept.value} de {row.row.settled}",
        "href": row.figures["resueltos"].href,
        "tone": row.grade.tone if row.grade else "plain",
        "grade": row.grade,
    }


def series(months: list[KeptIn]) -> list[dict[str, Any]]:
    return [
        {
            "label": "Ya medibles",
            "tone": "plain",
            "values": [month.settled for month in months],
            "hrefs": [month.selection.href("list", figura="resueltos") for month in months],
        },
        {
            "label": "En plazo",
            "tone": "good",
            "values": [month.in_time for month in months],
            "hrefs": [month.selection.href("list", figura="en-plazo") for month in months],
        },
    ]


@staff
@require_safe
def deadlines_file(request: ActorRequest) -> StreamingHttpResponse:
    """Compliance as a file, per rule and what `por` says."""
    seen, by = read(request), chosen_by(request)
    figures = DEADLINE_FIGURES.values()
    head = ["Plazo", "Descripción", *([BY[by]] if by else []), *(figure.label for figure in figures)]
    found = (
        [
            row.row.rule,
            row.label,
            *([row.who] if by else []),
            *(row.figures[figure.slug.replace("-", "_")].value for figure in figures),
            row.share_words,
            row.row.median,
            row.row.ninetieth,
            unit_taken(row.row.unit),
        ]
        for row in deadline_rows(seen.selection, request.now, by)
    )
    return csv_response("plazos", [*head, "Parte en plazo", "Mediana", "Percentil 90", "Unidad de la demora"], found)
