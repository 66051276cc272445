"""Geometry of the figures. Pure: numbers in, places out; the templates draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import ceil
from typing import Any

from acompana.shell import words
from acompana.shell.components import look


def bar_rows(rows: Iterable[Any], maximum: float | None = None) -> list[dict[str, Any]]:
    """`label, value` and optionally `display, href, tone, note`; the longest bar is 100 long."""
    found = list(rows)
    top = maximum or max((float(look(r, "value") or 0) for r in found), default=0) or 1
    return [
        {
            "label": look(r, "label"),
            "value": look(r, "value"),
            "display": look(r, "display") or words.number(look(r, "value")),
            "href": look(r, "href", ""),
            "tone": look(r, "tone", "") or "blue",
            "note": look(r, "note", ""),
            "note_href": look(r, "note_href", ""),
            "share_href": look(r, "share_href", ""),
            "grade": look(r, "grade", None),
            "length": f"{max(0.0, min(100.0, 100 * float(look(r, 'value') or 0) / top)):.2f}",
        }
        for r in found
    ]


def funnel_rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Bars with the share that came on from the station before."""
    shown = bar_rows(rows)
    before: float | None = None
    for row in shown:
        value = float(row["value"] or 0)
        row["share"] = f"{words.number(100 * value / before, 0)} %" if before else ""
        before = value
    return shown


def nice_top(value: float) -> float:
    """The next round number at or above a value: 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0:
        return 1
    power = 10 ** (len(str(int(value))) - 1) if value >= 1 else 1
    for step in (1, 2, 2.5, 4, 5, 10):
        if step * power >= value:
            return step * power
    return 10 * power


WIDTH, HEIGHT, PAD = 100, 160, 10
TICKS = 12  # labels that fit under the plot; the table has them all
PHONE_TICKS = 4  # of those, the ones that fit on a phone


def _places(values: Sequence[float], top: float, width: float, height: float, pad: float) -> list[tuple[float, float]]:
    step = width / max(1, len(values) - 1)
    return [(i * step, height - pad - (height - 2 * pad) * v / top) for i, v in enumerate(values)]


def _path(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'M' if i == 0 else 'L'}{x:.2f} {y:.2f}" for i, (x, y) in enumerate(places))


def line_chart(labels: Sequence[str], series: Iterable[Any], lacking: Sequence[str] = ()) -> dict[str, Any]:
    """Lines over the same labels. The plot stretches in width only, so its heights are pixels and its words keep
    their size. Each series: `label, values`, optionally `tone`, and `hrefs`: where each figure of the table opens.
    `lacking`: of the first and the last label, what they lack to be whole; the line to them is another one."""
    lines = list(series)
    first_is_part, last_is_part = bool(lacking and lacking[0]), bool(len(lacking) > 1 and lacking[-1])
    top = nice_top(max((float(v) for line in lines for v in look(line, "values")), default=1))
    shown = []
    for line in lines:
        places = _places([float(v) for v in look(line, "values")], top, WIDTH, HEIGHT, PAD)
        shown.append(
            {
                "label": look(line, "label"),
                "tone": look(line, "tone", "") or "blue",
                "path": _path(places[first_is_part : len(places) - last_is_part]),
                "parts": [
                    *([_path(places[:2])] if first_is_part else []),
                    *([_path(places[-2:])] if last_is_part and len(places) > 1 + first_is_part else []),
                ],
                "end_y": f"{places[-1][1]:.1f}" if places else "0",
                "last": words.number(look(line, "values")[-1]) if places else "",
            }
        )
    _keep_apart(shown)
    grid = [
        {"y": f"{HEIGHT - PAD - (HEIGHT - 2 * PAD) * part:.1f}", "text": words.number(top * part)}
        for part in (0, 0.5, 1)
    ]
    named = [f"{label} ({lacks})" if lacks else label for label, lacks in zip_longest(labels, lacking, fillvalue="")]
    table = [{"label": label, "cells": [_cell(line, i) for line in lines]} for i, label in enumerate(named)]
    every = ceil(len(labels) / TICKS) or 1
    on_phones = every * (ceil(len(labels) / every / PHONE_TICKS) or 1)
    from_last = [(label, len(labels) - 1 - i) for i, label in enumerate(labels)]
    ticks = [{"text": "" if at % every else label, "on_phones": at % on_phones == 0} for label, at in from_last]
    return {
        "lines": shown,
        "grid": grid,
        "labels": labels,
        "ticks": ticks,
        "lacking": [f"{label}, {lacks}" for label, lacks in zip(labels, lacking, strict=False) if lacks],
        "table": table,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _cell(line: Any, number: int) -> dict[str, str]:
    hrefs = look(line, "hrefs", "")
    return {"text": words.number(look(line, "values")[number]), "href": hrefs[number] if hrefs else ""}


def _keep_apart(lines: list[dict[str, Any]], distance: float = 30) -> None:
    """Two labels at the end of lines never stand on each other."""
    ordered = sorted(lines, key=lambda line: float(line["end_y"]))
    above = -distance
    for line in ordered:
        place = max(float(line["end_y"]), above + distance)
        line["label_y"] = f"{place:.1f}"
        above = place


def sparkline(values: Sequence[float]) -> dict[str, str]:
    """A small line of the past, 100 × 24, and the place of its last point."""
    if not values:
        return {"path": "", "x": "0", "y": "0"}
    low, high = min(values), max(values)
    span = (high - low) or 1
    places = _places([v - low for v in values], span, 96, 24, 4)
    return {"path": _path(places), "x": f"{places[-1][0]:.1f}", "y": f"{places[-1][1]:.1f}"}
