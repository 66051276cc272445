"""A file as a stream of rows of text: encoding and delimiter found, its head read, its end looked at (FMT-1, FMT-2).

Memory stays flat: a text file is never held whole. A workbook is opened by a library that holds one sheet, which the
check of uploads keeps within bounds.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from acompana.files.rules import KINDS, MEGABYTE, check_archive, check_text
from acompana.kernel.refusals import Refused
from acompana.shell.words import number
from acompana.sources.encodings import OLD_ENCODINGS, old_encoding
from acompana.sources.mapping import SourceMapping, find_columns

BLOCK = 4 * MEGABYTE
SAMPLE = 256 * 1024
DELIMITERS = {"\t": "tabuladores", ";": "punto y coma", ",": "comas", "|": "barras"}
LONGEST_FIELD = 100_000  # a field beyond this is a quotation mark that nobody closed
LINES_OF_A_ROW = 2
TITLES = 10  # rows at the top of a file among which its heads are
SHEETS = 20  # of a workbook, that are looked at for the one with the columns
LENIENT = "acompana.cp1252"
FORMULA_WITHOUT_VALUE = re.compile(
    rb'<c r="([A-Z]+\d+)"[^>]*>\s*<f[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)

csv.field_size_limit(LONGEST_FIELD)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, in a file that otherwise is: as Windows wrote them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in broken), error.end


codecs.register_error(LENIENT, _as_windows)


@dataclass(slots=True)
class FileFacts:
    """What one pass over the bytes told: everything needed to read them as text."""

    encoding: str = "utf-8"
    name_of_encoding: str = "UTF-8"
    sha256: str = ""
    size: int = 0
    lines: int = 0
    ends_with_line: bool = True
    warnings: list[str] = field(default_factory=list)


def is_workbook(name: str) -> bool:
    return name.lower().endswith((".xlsx", ".xlsm"))


def look_at(path: Path) -> FileFacts:
    """Encoding, size, lines and fingerprint of a file. Refused if it is empty, or is not what its name says."""
    facts = FileFacts(size=path.stat().st_size)
    if not facts.size:
        raise Refused(f"«{path.name}» está vacío. Revisa que sea el archivo correcto.", "files:empty")
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    broken: bytes | None = None
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if is_workbook(path.name):
            check_archive(path.name, KINDS["xlsx"], file)
        else:
            check_text(path.name, KINDS["csv"], head[:8192])
        file.seek(0)
        last = b""
        while block := file.read(BLOCK):
            digest.update(block)
            facts.lines += block.count(b"\n")
            if broken is None and not is_workbook(path.name):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    # What another encoding would be told by: around the first byte that is not UTF-8.
                    broken = block[max(0, error.start - 2000) : error.start + SAMPLE]
            last = block
    facts.sha256 = digest.hexdigest()
    facts.ends_with_line = last.endswith((b"\n", b"\r", b"\n\x00"))
    if is_workbook(path.name):
        facts.name_of_encoding = "planilla Excel"
        _tell_formulas(facts, path)
    else:
        _name_encoding(facts, head, broken)
    return facts


def _tell_formulas(facts: FileFacts, path: Path) -> None:
    """Of a formula the value is read that was saved with it; where there is none, the cell would just seem empty."""
    cells = []
    with suppress(zipfile.BadZipFile, zlib.error, OSError):  # whoever reads its rows tells that it is broken
        cells = list(_formulas_without_value(path))
    if not cells:
        return
    told = f"1 celda con una fórmula sin su resultado ({cells[0]}): se lee como vacía"
    if len(cells) > 1:
        which = f"(la primera, {cells[0]})"
        told = f"{number(len(cells))} celdas con una fórmula sin su resultado {which}: se leen como vacías"
    facts.warnings.append(
        f"La planilla trae {told}, porque las fórmulas no se calculan. Ábrela en Excel, guárdala y súbela otra vez."
    )


def _formulas_without_value(path: Path) -> Iterator[str]:
    """The cells of every sheet, as its XML has them, a block at a time."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        for name in sorted(sheets, key=lambda name: (len(name), name))[:SHEETS]:
            with archive.open(name) as sheet:
                yield from _formulas_of_sheet(sheet)


def _formulas_of_sheet(sheet: IO[bytes]) -> Iterator[str]:
    rest = b""
    while block := rest + sheet.read(BLOCK):
        upto = block.rfind(b"</c>") + len(b"</c>")
        if upto < len(b"</c>"):  # no whole cell: the end of the sheet, or nothing that we know
            return
        yield from (found[1].decode() for found in FORMULA_WITHOUT_VALUE.finditer(block, 0, upto))
        rest = block[upto:]


def _name_encoding(facts: FileFacts, head: bytes, broken: bytes | None) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        facts.encoding, facts.name_of_encoding = "utf-16", "UTF-16"
    elif head.startswith(codecs.BOM_UTF8):
        facts.encoding, facts.name_of_encoding = "utf-8-sig", "UTF-8 con BOM"
    if broken is None or facts.encoding == "utf-16":
        return
    if _has_utf8_letters(broken) or facts.encoding == "utf-8-sig":
        facts.warnings.append(
            "El archivo mezcla dos codificaciones: casi todo viene en UTF-8 y algunas letras no. Se leyeron ambas; "
            "revisa los nombres con tildes."
        )
        facts.name_of_encoding += " con letras sueltas de Windows"
        return
    facts.encoding = old_encoding(broken)
    facts.name_of_encoding = OLD_ENCODINGS[facts.encoding]


def _has_utf8_letters(sample: bytes) -> bool:
    """Whether some letter with accent is written as UTF-8 does: two bytes that Latin-1 would read as «Ã³»."""
    return any(sample[i] in (0xC3, 0xC2) and 0x80 <= sample[i + 1] <= 0xBF for i in range(len(sample) - 1))


# --- rows -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Table:
    """A file open for reading: its head, and its rows as lists of text, from the first one on."""

    head: list[str]
    rows: Iterator[list[str]]
    close: Callable[[], None]
    delimiter: str = ""
    read_as: str = ""  # in words, after « se leyó »
    unread: str = ""  # a sentence on what else there is in the file


def open_table(path: Path, facts: FileFacts, mapping: SourceMapping | None = None) -> Table:
    """Opens a file by its mapping; without one, the way it shows by itself. Close it. Refused without a head."""
    try:
        table = _open_workbook(path, mapping) if is_workbook(path.name) else _open_text(path, facts, mapping)
    except csv.Error as error:
        raise Refused(_broken_csv(1), "FMT-1") from error
    if not any(name.strip() for name in table.head):
        table.close()
        raise Refused(f"«{path.name}» no trae encabezado: la primera fila debe decir las columnas.", "FMT-1")
    return table


def _open_text(path: Path, facts: FileFacts, mapping: SourceMapping | None) -> Table:
    file = path.open(encoding=facts.encoding, errors=LENIENT, newline="")
    first = [file.readline() for _ in range(TITLES)]
    delimiter = find_delimiter(first, mapping)
    titles = _titles_above([_parted(line, delimiter) for line in first], mapping)
    file.seek(0)
    for _ in range(titles):
        file.readline()
    read_as = f"separado por {DELIMITERS[delimiter]} y en {facts.name_of_encoding}"
    # Marks that are part of the text are a habit of the files as the source gives them: whoever saved one with another
    # separator let a program write it, and that one encloses in marks what holds its separator.
    if mapping is not None and not mapping.quoted and mapping.delimiter in ("", delimiter):
        plain = (line.rstrip("\r\n").split(delimiter) for line in file)
        return Table(_head(next(plain, [])), plain, file.close, delimiter, read_as)
    reader = csv.reader(file, delimiter=delimiter)
    head = _head(next(reader, []))
    return Table(head, _telling_broken_quotes(reader, delimiter), file.close, delimiter, read_as)


def _titles_above(first: Sequence[Sequence[str]], mapping: SourceMapping | None) -> int:
    """How many rows stand above that of the heads: with a mapping, the first with most of its columns; without one, or
    where no row has any, the first with most cells that say something in letters: a title stands alone in its row, or
    beside a date, and heads are names where the rows below have numbers."""
    fits = [
        (_columns_in(cells, mapping), sum(any(map(str.isalpha, cell)) for cell in cells)) if any(cells) else (0, 0)
        for cells in first
    ]
    return fits.index(max(fits)) if fits else 0


def _columns_in(cells: Sequence[str], mapping: SourceMapping | None) -> int:
    """How many of the mapping's columns a row of heads has."""
    return len(find_columns(mapping, _head(cells))[0]) if mapping else 0


def _head(cells: Sequence[str]) -> list[str]:
    return [name.strip().lstrip("\ufeff") for name in cells]


def _parted(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def find_delimiter(first: Sequence[str], mapping: SourceMapping | None = None) -> str:
    """What parts the columns, by the lines at the top of a file: with a mapping, that under which one of them has most
    of its columns, and the declared one where several are as good; else that which is in most lines and most often."""

    def fits(mark: str) -> tuple[int, bool, int, int]:
        found = max((_columns_in(_parted(line, mark), mapping) for line in first if mark in line), default=0)
        is_declared = mapping is not None and bool(found) and mark == mapping.delimiter
        return found, is_declared, sum(mark in line for line in first), sum(line.count(mark) for line in first)

    return max(DELIMITERS, key=fits)


def _telling_broken_quotes(reader: Any, delimiter: str) -> Iterator[list[str]]:
    rows = iter(reader)
    while True:
        before = reader.line_num
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(_broken_csv(reader.line_num), "FMT-1") from error
        # Several lines with their separators in one cell are rows that a quotation mark swallowed.
        if reader.line_num - before > LINES_OF_A_ROW and any("\n" in cell and delimiter in cell for cell in row):
            raise Refused(_broken_csv(before + 1), "FMT-1")
        yield row


def _broken_csv(line: int) -> str:
    return (
        f"No se puede leer el archivo más allá de la línea {line}: parece que unas comillas se abren y no se cierran. "
        "Corrígelas, o indica en la fuente que las comillas son parte del texto."
    )


def _open_workbook(path: Path, mapping: SourceMapping | None) -> Table:
    try:
        book = CalamineWorkbook.from_path(str(path))
        name = _sheet_with_columns(book, mapping)
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, OSError, IndexError) as error:
        raise Refused(f"«{path.name}» está dañado o protegido y no se puede abrir.", "files:content") from error
    head, rows = _after_titles(([cell_text(cell) for cell in row] for row in sheet.iter_rows()), mapping)
    many = len(book.sheet_names) > 1
    read_as = f"la hoja «{name}» de la planilla Excel" if many else "como planilla Excel"
    unread = ""
    if many:
        others = ", ".join(f"«{other}»" for other in book.sheet_names if other != name)
        unread = (
            f"De la planilla se lee solo la hoja «{name}»; no {others[:200]}. Si traen filas, guárdalas por separado."
        )
    return Table(_head(head), rows, lambda: None, read_as=read_as, unread=unread)


def _sheet_with_columns(book: CalamineWorkbook, mapping: SourceMapping | None) -> str:
    """The sheet whose heads have most of the mapping's columns, without one the most heads; the first of those."""

    def fits(name: str) -> int:
        rows = ([cell_text(cell) for cell in row] for row in book.get_sheet_by_name(name).iter_rows())
        head = _head(_after_titles(rows, mapping)[0])
        return _columns_in(head, mapping) if mapping else sum(bool(cell) for cell in head)

    names: list[str] = book.sheet_names[:SHEETS]
    return names[0] if len(names) == 1 else max(names, key=fits)


def _after_titles(rows: Iterator[list[str]], mapping: SourceMapping | None) -> tuple[list[str], Iterator[list[str]]]:
    """The heads and what follows them."""
    first = list(islice(rows, TITLES))
    at = _titles_above(first, mapping)
    return (first[at] if first else []), chain(first[at + 1 :], rows)


def cell_text(cell: Any) -> str:
    """A cell of a workbook as text; of a formula, the value that was saved with it: it is never run."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Sí" if cell else "No"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell).replace(".", ",")  # 1,125 is not 1.125
    if isinstance(cell, datetime):
        return f"{cell:%d-%m-%Y}" if cell.time() == time() else f"{cell:%d-%m-%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return str(cell)


def numbered_rows(table: Table, after: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows with their number, the first one 1; those up to `after` are read past. Empty ones keep their number."""
    return islice(enumerate(table.rows, 1), after, None)


def first_rows(
    path: Path, facts: FileFacts, mapping: SourceMapping | None, count: int
) -> tuple[Table, list[list[str]]]:
    """The head and a few rows, for a page or a check."""
    table = open_table(path, facts, mapping)
    try:
        return table, list(islice(table.rows, count))
    finally:
        table.close()
