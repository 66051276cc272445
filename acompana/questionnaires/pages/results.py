"""The result and the curve of repeated measures, for the parts that show them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from acompana.companies.models import Company
from acompana.questionnaires.content import GapInstrument, gap_instrument
from acompana.questionnaires.definition import Definition
from acompana.questionnaires.forms import plain
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import (
    answers_of,
    compare,
    definition_of,
    responses_of,
)
from acompana.questionnaires.rules import Gap, Result, score

GAPS_SHOWN = 5
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ShownGap:
    text: str
    dimension: str
    missing: str  # of the points of its dimension, as the bars show them
    maximum: str
    lost: str  # of the total
    closes: tuple[GapInstrument, ...]


def result_context(response: Response) -> dict[str, Any]:
    """For `questionnaires/parts/result.html` (INT-22): band, bars, gaps with what closes each, how it was computed.

    The part wants it under the name `shown`: {% include "questionnaires/parts/result.html" with shown=result %}.
    """
    definition = definition_of(response)
    result = score(definition, answers_of(response))
    gaps = [_shown_gap(definition, result, gap) for gap in result.gaps]
    return {
        "response": response,
        "version": response.version,
        "definition": definition,
        "result": result,
        "points": plain(result.points),
        "band": definition.band(result.band),
        "bars": _bars(result),
        "gaps": gaps[:GAPS_SHOWN],
        "more_gaps": gaps[GAPS_SHOWN:],
        "computed": _computed(result),
        "cut_offs": _cut_offs(definition),
    }


def _shown_gap(definition: Definition, result: Result, gap: Gap) -> ShownGap:
    of = next(dimension for dimension in result.dimensions if dimension.slug == gap.dimension)
    return ShownGap(
        text=gap.text,
        dimension=definition.dimension(gap.dimension).label,
        missing=plain(gap.missing),
        maximum=plain(of.maximum),
        lost=plain(max(gap.lost.quantize(TENTH, ROUND_HALF_UP), TENTH)),
        closes=tuple(gap_instrument(slug) for slug in gap.closes),
    )


def _bars(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "label": dimension.label,
            "value": float(dimension.share),
            "display": f"{plain(dimension.points)} de {plain(dimension.maximum)}",
        }
        for dimension in result.dimensions
    ]


def _computed(result: Result) -> list[dict[str, str]]:
    return [
        {
            "label": dimension.label,
            "explanation": dimension.explanation,
            "points": plain(dimension.points),
            "maximum": plain(dimension.maximum),
            "share": plain(dimension.share),
            "weight": plain(dimension.weight),
            "contribution": plain(dimension.contribution),
        }
        for dimension in result.dimensions
    ]


def _cut_offs(definition: Definition) -> list[dict[str, str]]:
    """Each band with its stretch, highest first: «desde 65», «desde 40 y menos de 65»."""
    rows, above = [], None
    for band in definition.bands:
        text = f"desde {plain(band.from_points)}"
        if above is not None:
            text = f"{text} y menos de {above}" if band.from_points else f"menos de {above}"
        rows.append({"label": band.label, "stretch": text, "meaning": band.meaning})
        above = plain(band.from_points)
    return rows


def curve_context(company: Company, instrument: str) -> dict[str, Any]:
    """For `questionnaires/parts/curve.html`: repeated measures of a company as a line and a table (EXP-19)."""
    measures = compare(responses_of(company=company, instrument=instrument))
    return {
        "measures": measures,
        "labels": [f"{measure.at:%d-%m-%Y}" for measure in measures],
        "series": [{"label": "Puntaje", "values": [float(measure.points) for measure in measures]}],
    }
