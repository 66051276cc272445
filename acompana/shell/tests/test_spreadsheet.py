"""Files for spreadsheets: what is in them, and that nothing in them runs (FMT-5)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from acompana.shell.spreadsheet import safe_cell, unguarded, write_csv, write_xlsx

COLUMNS = ["Empresa", "Ventas", "Desde", "Exporta"]
ROWS = [("Viña Ñuble SpA", Decimal("1234.5"), date(2026, 9, 3), True), ("=cmd|' /C calc'!A0", None, None, False)]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+A1",
        "+1+1",
        "+1*2",
        "+ 1",
        "+(1)",
        "+1 ",
        " +1",
        "+1\n2",
        "-3",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "%cmd",
        "|cmd",
    ],
)
def test_a_cell_that_looks_like_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"


def test_other_cells_are_as_they_are():
    assert [safe_cell(text) for text in ("", "Viña", "41.203.875-4", "a=b")] == ["", "Viña", "41.203.875-4", "a=b"]


@pytest.mark.parametrize("text", ["+56 9 8919 0435", "+1 415 555 0100", "+56989190435"])
def test_a_telephone_is_written_as_it_is_and_reads_the_same_with_the_apostrophe_of_before(text):
    assert safe_cell(text) == text
    assert unguarded(text) == unguarded(f"'{text}") == text


def test_a_csv_is_as_a_spreadsheet_of_chile_reads_it():
    text = "".join(write_csv(COLUMNS, ROWS))
    assert text.startswith("\ufeffEmpresa;Ventas;Desde;Exporta\r\n")
    assert list(csv.reader(io.StringIO(text[1:]), delimiter=";"))[1:] == [
        ["Viña Ñuble SpA", "1234,50", "03-09-2026", "Sí"],
        ["'=cmd|' /C calc'!A0", "", "", "No"],
    ]


def test_a_number_below_zero_stays_a_number():
    assert list(write_csv(["Saldo"], [(-3,), (-2.5,)]))[1:] == ["-3\r\n", "-2,50\r\n"]


def test_a_workbook_holds_text_as_text_and_dates_as_dates():
    with write_xlsx(COLUMNS, iter(ROWS)) as file:
        content = file.read()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0] == COLUMNS
    assert rows[1] == ["Viña Ñuble SpA", 1234.5, date(2026, 9, 3), "Sí"]
    assert rows[2][0] == "=cmd|' /C calc'!A0"
    with ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_a_workbook_without_rows_has_its_columns():
    with write_xlsx(COLUMNS, []) as file:
        assert CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python() == [COLUMNS]


def test_an_instant_is_of_the_country_in_both():
    instant = datetime(2026, 9, 3, 15, 30, tzinfo=UTC)
    assert list(write_csv(["Cuándo"], [(instant,)]))[1] == "03-09-2026 11:30\r\n"
    with write_xlsx(["Cuándo"], [(instant,)]) as file:
        shown = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1][0]
    assert shown == datetime(2026, 9, 3, 11, 30)  # noqa: DTZ001  a spreadsheet knows no zone
