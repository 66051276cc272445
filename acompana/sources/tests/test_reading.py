"""Files as they come: encodings, delimiters, workbooks, and what is wrong with them."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from acompana.kernel.refusals import Refused
from acompana.sources.encodings import old_encoding
from acompana.sources.mapping import Column, SourceMapping, shipped
from acompana.sources.reading import first_rows, look_at, open_table

TEXT = "RUT;Razón social;Año\n41203875-4;Viña Ñandú Limitada;2019\n" + "1-9;Peñalolén Ó Ü;2020\n" * 40


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 con BOM"),
        ("latin-1", "Latin-1 (Windows)"),
        ("cp1252", "Latin-1 (Windows)"),
        ("utf-16", "UTF-16"),
        ("cp850", "DOS (850)"),
    ],
)
def test_encodings_are_found(tmp_path, encoding, told):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    facts = look_at(path)
    table, rows = first_rows(path, facts, None, 2)
    assert facts.name_of_encoding == told
    assert table.head == ["RUT", "Razón social", "Año"]
    assert rows[0] == ["41203875-4", "Viña Ñandú Limitada", "2019"]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("latin-1", "Latin-1 (Windows)"), ("cp850", "DOS (850)"), ("mac_roman", "Macintosh")],
)
@pytest.mark.parametrize(
    "name", ["MUÑOZ INGENIERÍA", "COMPAÑÍA AÑEJA", "VIÑA", "CORTÉS Y CÍA", "Peñalolén Ó Ü", "Núñez", "Ñuble «Sur»"]
)
def test_an_old_encoding_is_told_by_what_spanish_writes(tmp_path, encoding, told, name):
    path = tmp_path / "a.csv"
    path.write_bytes(f"RUT;NOMBRE\n41203875-4;{name}\n".encode(encoding))
    facts = look_at(path)
    assert (facts.name_of_encoding, first_rows(path, facts, None, 1)[1]) == (told, [["41203875-4", name]])


@pytest.mark.parametrize("name", ["Uvas – Vinos", "D’Angelo", "«El Faro»", "N° 5", "PERé"])
def test_where_nothing_tells_them_apart_it_is_that_of_windows(name):
    assert old_encoding(name.encode("cp1252")) == "cp1252"


def test_two_encodings_in_one_file_are_read_and_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("RUT;Nombre\n1;Viña\n".encode() + "2;Peñón\n".encode("latin-1"))
    facts = look_at(path)
    _, rows = first_rows(path, facts, None, 5)
    assert rows == [["1", "Viña"], ["2", "Peñón"]]
    assert "mezcla dos codificaciones" in facts.warnings[0]


@pytest.mark.parametrize("mark", ["\t", ";", ",", "|"])
def test_the_delimiter_is_that_of_the_head(tmp_path, mark):
    path = tmp_path / "a.csv"
    path.write_text(f'RUT{mark}Nombre{mark}Año\n1{mark}"Uvas{mark} y más"{mark}2\n')
    table, rows = first_rows(path, look_at(path), None, 1)
    assert (len(table.head), rows) == (3, [["1", f"Uvas{mark} y más", "2"]])


TAX_HEAD = ("RUT", "DV", "COD_SUBTIPO", "RAZON_SOCIAL", "FECHA_INICIO_VIG", "FECHA_TG_VIG")


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_a_declared_delimiter_gives_way_to_the_one_of_the_file(tmp_path, mark):
    path = tmp_path / "a.txt"
    name = f"Uvas{mark} y más" if mark != "\t" else "Uvas, y más"
    cells = ("41203875", "4", "12", f'"{name}"' if mark != "\t" else name, "03-09-2019", "")
    path.write_text(f"{mark.join(TAX_HEAD)}\n{mark.join(cells)}\n")
    mapping = next(one.mapping for one in shipped() if one.slug == "sii-nombres")
    table, rows = first_rows(path, look_at(path), mapping, 1)
    assert (tuple(table.head), rows[0][3], table.delimiter) == (TAX_HEAD, name, mark)


def test_a_name_with_the_marks_of_another_delimiter_is_no_reason_to_change(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("RUT\tDV\tRazón social; de ayer, y de hoy; y de mañana\n1\t9\tUvas\n")
    columns = (Column("RUT", "rut"), Column("DV", "dv"), Column("Razón social; de ayer, y de hoy", "legal_name"))
    table, _ = first_rows(path, look_at(path), SourceMapping(columns, delimiter="\t"), 1)
    assert len(table.head) == 3


def test_quotation_marks_may_be_part_of_a_name(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text('RUT\tNombre\n1\tRestaurante "El Faro\n2\tOtro\n')
    mapping = SourceMapping((Column("RUT", "rut"), Column("Nombre", "legal_name")), delimiter="\t", quoted=False)
    assert first_rows(path, look_at(path), mapping, 5)[1] == [["1", 'Restaurante "El Faro'], ["2", "Otro"]]


def test_marks_that_nobody_closed_are_told_with_their_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('RUT;Nombre\n1;"Uvas\n' + "2;Otro nombre cualquiera\n" * 6000)
    table = open_table(path, look_at(path))
    with pytest.raises(Refused, match="comillas"):
        list(table.rows)
    table.close()


def test_a_mark_that_swallows_a_few_rows_is_told_with_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('RUT;Nombre\n1;"Uno\n2;Dos\n3;Tres\n4;Cuatro\n')
    with pytest.raises(Refused, match="más allá de la línea 2: parece que unas comillas"):
        list(open_table(path, look_at(path)).rows)
    path.write_text('RUT;Nombre\n1;"Uno\n y Medio"\n2;Dos\n')
    assert len(list(open_table(path, look_at(path)).rows)) == 2


def test_of_a_workbook_the_sheet_with_the_columns_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Portada").write_row(0, 0, ["Informe", "del", "año", "2025"])
        sheet = book.add_worksheet("Datos")
        sheet.write_row(0, 0, ["RUT", "Nombre"])
        sheet.write_row(1, 0, ["41.203.875-4", "Uvas"])
    mapping = SourceMapping((Column("RUT", "rut"), Column("Nombre", "legal_name")))
    table = open_table(path, look_at(path), mapping)
    assert (table.head, table.read_as) == (["RUT", "Nombre"], "la hoja «Datos» de la planilla Excel")
    assert list(table.rows) == [["41.203.875-4", "Uvas"]]
    assert table.unread.startswith("De la planilla se lee solo la hoja «Datos»; no «Portada».")


def test_titles_above_the_heads_are_read_past(tmp_path):
    text, book = tmp_path / "a.csv", tmp_path / "a.xlsx"
    text.write_text("Informe de empresas\n\nRUT;Nombre\n1;Uno\n2;Dos\n")
    with xlsxwriter.Workbook(book) as made:
        for at, row in enumerate((["Informe de empresas"], [], ["RUT", "Nombre"], ["1", "Uno"], ["2", "Dos"])):
            if at == 0:
                sheet = made.add_worksheet()
            sheet.write_row(at, 0, row)
    for path in (text, book):
        table = open_table(path, look_at(path))
        assert (table.head, list(table.rows)) == (["RUT", "Nombre"], [["1", "Uno"], ["2", "Dos"]])
    text.write_text("RUT\n1\n2\n")
    assert open_table(text, look_at(text)).head == ["RUT"]


@pytest.mark.parametrize("title", [["Fecha del informe:", "01-11-2026"], ["Informe", "de", "empresas", "activas"]])
@pytest.mark.parametrize("kind", ["a.csv", "a.xlsx"])
def test_a_title_of_several_cells_is_not_taken_for_the_heads(tmp_path, kind, title):
    rows = [title, [], ["RUT", "Nombre", "Comuna", "2024"], ["41203875-4", "Uno, dos, y tres", "Arica", "5"]]
    path = tmp_path / kind
    if kind == "a.csv":
        path.write_text("\n".join(";".join(row) for row in rows) + "\n")
    else:
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    mapping = SourceMapping((Column("RUT", "rut"), Column("Nombre", "legal_name")))
    for declared in (None, mapping) if len(title) == 2 else (mapping,):
        table = open_table(path, look_at(path), declared)
        assert (table.head, list(table.rows)) == (rows[2], rows[3:])
        table.close()


def test_heads_of_which_one_says_nothing_are_still_the_heads(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeff;RUT;Nombre;2024\n0;41203875-4;Uvas;5\n1;41880114-7;Vinos, y más; 6\n")
    assert open_table(path, look_at(path)).head == ["", "RUT", "Nombre", "2024"]


def test_a_workbook_is_read_and_its_formulas_are_not_run(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_row(0, 0, ["RUT", "Nombre", "Desde", "Trabajadores"])
    sheet.write_string(1, 0, "41203875-4")
    sheet.write_formula(1, 1, '=HYPERLINK("http://x","Uvas")', None, "Uvas")
    sheet.write_number(1, 2, 43711, day)
    sheet.write_number(1, 3, 12)
    book.close()
    table, rows = first_rows(path, look_at(path), None, 5)
    assert table.head == ["RUT", "Nombre", "Desde", "Trabajadores"]
    assert rows == [["41203875-4", "Uvas", "03-09-2019", "12"]]


def test_formulas_without_their_result_are_told_with_their_cell(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["RUT", "Nombre"])
        for line in range(1, 4):
            sheet.write_string(line, 0, "41203875-4")
            sheet.write_formula(line, 1, '=CONCAT("Uvas","y")', None, "Uvas")
    assert look_at(path).name_of_encoding == "planilla Excel"
    assert look_at(path).warnings == []
    unsaved = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(unsaved, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"<v>Uvas</v>", b"<v></v>", 1).replace(b"<v>Uvas</v>", b"", 1)
            other.writestr(name, content)
    assert look_at(unsaved).warnings == [
        "La planilla trae 2 celdas con una fórmula sin su resultado (la primera, B2): se leen como vacías, porque las "
        "fórmulas no se calculan. Ábrela en Excel, guárdala y súbela otra vez."
    ]


def test_a_workbook_that_grows_when_opened_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    path.write_bytes(content.getvalue())
    with pytest.raises(Refused, match="demasiado"):
        look_at(path)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "vacío"),
        ("a.csv", b"PK\x03\x04 no text", "dice ser"),
        ("a.xlsx", b"RUT;Nombre\n1;2\n", "dañado"),
        ("a.csv", b"\n\n\n", "encabezado"),
    ],
)
def test_a_file_unlike_its_name_is_refused(tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refused, match=why):
        first_rows(path, look_at(path), None, 1)
