"""Rows as a file for spreadsheets (FMT-5): CSV with `;`, a byte order mark, and no cell that runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

from acompana.evaluation.rules import safe_cell
from acompana.shell import words

MARK = "\ufeff"


class _Echo:
    """What `csv` writes to: gives each line back, so that a file of any size is never held whole."""

    def write(self, line: str) -> str:
        return line


def as_cell(value: Any) -> str:
    """A value as a person of Chile reads it in a cell: dates dd-mm-yyyy, decimal comma, shares in per cent."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{words.short_date(value)} {words.clock_time(value)}"
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return safe_cell(str(value))


def download(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file of that name (no extension), written while it is sent."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")

    def lines() -> Iterator[str]:
        yield MARK + writer.writerow([as_cell(cell) for cell in head])
        for row in rows:
            yield writer.writerow([as_cell(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
