"""Rows as a file for spreadsheets (FMT-5), the one way of the house: CSV or XLSX, and no cell that runs as a formula.

return csv_response("empresas", ["Empresa", "RUT"], rows)      # rows: any iterable, read once, never held whole
return xlsx_response("empresas", ["Empresa", "RUT"], rows)
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from acompana.shell import words

MARK = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_OF_A_SHEET = 1_048_576
LONGEST_CELL = 32_767
SHOWN = ("=", "+", "-", "@", "|", "%")
TELEPHONE = re.compile(r"\+[0-9]+(?: [0-9]+)*")


def safe_cell(text: str) -> str:
    """Text that a spreadsheet shows and never runs: what begins like a formula is led by an apostrophe.
    Digits after a plus, as telephones are written, compute nothing and go without."""
    if TELEPHONE.fullmatch(text):
        return text
    start = text.lstrip()[:1]
    return f"'{text}" if start in SHOWN or text[:1] in ("\t", "\r", "\n") else text


def unguarded(text: str) -> str:
    """The text of a cell of ours that comes back: without the apostrophe that kept it from being run."""
    return text[1:] if text[:1] == "'" and text[1:].lstrip()[:1] in SHOWN else text


def as_cell(value: Any) -> str:
    """A value as a person of Chile reads it in a cell: dates dd-mm-yyyy, decimal comma, yes and no in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, datetime):
        return f"{words.short_date(value)} {words.clock_time(value)}"
    if isinstance(value, date):
        return words.short_date(value)
    if isinstance(value, float | Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return safe_cell(str(value))


# --- CSV --------------------------------------------------------------------------------------------------------


class _Echo:
    """What `csv` writes to: gives each line back, so that a file of any size is never held whole."""

    def write(self, line: str) -> str:
        return line


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV with `;`, a byte order mark and the columns' names first."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield MARK + writer.writerow([as_cell(cell) for cell in columns])
    for row in rows:
        yield writer.writerow([as_cell(cell) for cell in row])


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file of that name (no extension), written while it is sent."""
    answer = StreamingHttpResponse(write_csv(columns, rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


# --- XLSX -------------------------------------------------------------------------------------------------------


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A workbook, open for reading at its beginning; it lives on disk and goes with its closing.

    Text is text: never a formula, a number or a link. Dates and numbers are such, in the manner of Chile. More rows
    than a sheet holds go on in the next one.
    """
    file = TemporaryFile()  # noqa: SIM115  the caller closes it
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd-mm-yyyy"})
    instant, decimal = book.add_format({"num_format": "dd-mm-yyyy hh:mm"}), book.add_format({"num_format": "#,##0.00"})
    sheet, line = None, ROWS_OF_A_SHEET
    for row in rows:
        if line == ROWS_OF_A_SHEET:
            sheet, line = _new_sheet(book, columns, bold), 1
        for column, value in enumerate(row):
            _write(sheet, line, column, value, day=day, instant=instant, decimal=decimal)
        line += 1
    if sheet is None:
        _new_sheet(book, columns, bold)
    book.close()
    file.seek(0)
    return file


def _new_sheet(book: Any, columns: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.set_column(column, column, min(max(len(name) + 2, 12), 40))
        sheet.write_string(0, column, name, bold)
    return sheet


def _write(sheet: Any, line: int, column: int, value: Any, *, day: Any, instant: Any, decimal: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, column, "Sí" if value else "No")
    elif isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        sheet.write_datetime(line, column, local, instant)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, day)
    elif isinstance(value, float | Decimal):
        sheet.write_number(line, column, value, decimal)
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, str(value)[:LONGEST_CELL])


def xlsx_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A workbook of that name (no extension)."""
    return FileResponse(write_xlsx(columns, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
