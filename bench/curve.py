"""The curve of growth as a picture, by the product's own charts, with its styles inside so that it stands alone."""

from __future__ import annotations

from html import escape
from typing import Any

SHOWN = ("search, common terms", "list of region and sector", "company with 50 entries", "region × status")
TONES = ("#0b5cad", "#b3261e", "#1b7f3b", "#7a4fbf")


def draw(by_size: dict[int, Any]) -> str:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_TZ=True)
    from acompana.shell.charts import line_chart

    first = next(iter(by_size.values()))["reads"]
    series = [
        {"label": name, "values": [found["reads"][name]["http"]["p50"] for found in by_size.values()]}
        for name in SHOWN
        if name in first
    ]
    chart = line_chart([f"{size:,}" for size in by_size], series)
    width, height = chart["width"], chart["height"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 320} {height + 40}" font-family="sans-serif" '
        'font-size="13"><title>p50 in milliseconds by number of companies</title><g transform="translate(60 10)">'
    ]
    for line in chart["grid"]:
        parts.append(f'<path d="M0 {line["y"]}H{width}" stroke="#ccc"/>')
        parts.append(f'<text x="-8" y="{line["y"]}" dy="4" text-anchor="end">{escape(line["text"])}</text>')
    for line, tone in zip(chart["lines"], TONES, strict=False):
        parts.append(f'<path d="{line["path"]}" fill="none" stroke="{tone}" stroke-width="2"/>')
        parts.append(f'<text x="{width + 8}" y="{line["label_y"]}" dy="4" fill="{tone}">')
        parts.append(f"{escape(line['last'])} ms · {escape(line['label'])}</text>")
    step = width / max(len(by_size) - 1, 1)
    for number, label in enumerate(chart["labels"]):
        parts.append(f'<text x="{number * step:.0f}" y="{height + 22}" text-anchor="middle">{label}</text>')
    return "".join([*parts, "</g></svg>\n"])
