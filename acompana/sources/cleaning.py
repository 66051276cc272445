"""From a row of text to the values that are staged. Pure: the lists of the reference data come in as a `Lookup`.

What cannot be read is told and left out; a row is at fault only when nobody could say whose it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from acompana.companies.rules import match_key_of
from acompana.kernel.phones import normal_phone
from acompana.kernel.rut import check_digit
from acompana.kernel.search.text import normalise
from acompana.shell.words import count_of, number
from acompana.sources.mapping import ACTIVITIES, SourceMapping

REMEMBERED = 50_000  # distinct cells of a column; beyond it they are worked out each time
LONGEST_NAME, LONGEST_WEBSITE, LONGEST_NOTES = 200, 200, 300
FEWEST_ROWS = 5  # of fewer, a fifth says nothing
EARLIEST, LATEST = date(1800, 1, 1), date(2100, 12, 31)
MONTHS = {
    name: at
    for at, name in enumerate(["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"], 1)
}
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]{3})[-/. ](\d{4})(?:[ T].*)?")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ T].*)?")
TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})")
RUT_SHAPE = re.compile(r"0*(\d{1,8}?)-?([0-9K])")
EMPTY = frozenset({"", "-", "--", ".", "null", "none", "n/a", "s/i", "sin informacion", "sin información", "#n/a"})


class Doubt(str):
    """Why a cell was left out; takes the place of its value."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the reference data know, by spelling in normal form."""

    communes: Mapping[str, tuple[int, int]]  # spelling → (commune, region)
    region_of: Callable[[str], int | None]
    offices: Mapping[int, int]  # region → office
    activities_by_code: Mapping[str, int]
    activities_by_name: Mapping[str, int]
    sectors: Mapping[str, int]
    brackets: Mapping[str, int]


# --- cells ------------------------------------------------------------------------------------------------------


def clean_text(text: str, longest: int = LONGEST_NAME) -> str | None:
    """Without the spaces and control characters that nobody sees; None if nothing is left."""
    words = " ".join(text.split())
    if not words.isprintable():
        words = "".join(c for c in words if c.isprintable())
    return words[:longest] if words.lower() not in EMPTY else None


def clean_date(text: str) -> date | Doubt | None:
    """dd-mm-yyyy, yyyy-mm-dd, dd/mm/yyyy and their like; 03-ene-2019 and 03012019 too."""
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    try:
        if found := YEAR_FIRST.fullmatch(plain):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := DAY_FIRST.fullmatch(plain) or TOGETHER.fullmatch(plain):
            month = MONTHS.get(found[2]) or int(found[2])
            day = date(int(found[3]), month, int(found[1]))
        else:
            return Doubt(f"no se entiende la fecha «{text.strip()[:20]}»")
    except ValueError:
        return Doubt(f"la fecha «{text.strip()[:20]}» no existe")
    return day if EARLIEST <= day <= LATEST else Doubt(f"la fecha «{text.strip()[:20]}» no puede ser")


def _iso_date(text: str) -> str | Doubt | None:
    """As both databases take it."""
    day = clean_date(text)
    return day.isoformat() if isinstance(day, date) else day


def clean_number(text: str) -> int | Doubt | None:
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    whole = plain.replace(".", "").split(",")[0] if "," in plain else plain.removesuffix(".0").replace(".", "")
    if whole.isascii() and whole.isdigit() and len(whole) <= 9:
        return int(whole)
    return Doubt(f"«{text.strip()[:20]}» no es un número")


def clean_year(text: str) -> int | Doubt | None:
    found = clean_number(text)
    if isinstance(found, int) and not 1990 <= found <= 2100:
        return Doubt(f"«{text.strip()[:20]}» no es un año")
    return found


TAX_CATEGORIES = {"1": "first", "primera": "first", "2": "second", "segunda": "second"}


def clean_tax_category(text: str) -> str | Doubt | None:
    plain = normalise(text)
    if plain in EMPTY:
        return None
    return TAX_CATEGORIES.get(plain.split()[0]) or Doubt(f"no se conoce la categoría «{text.strip()[:20]}»")


def clean_website(text: str) -> str | Doubt | None:
    found = clean_text(text, LONGEST_WEBSITE)
    if found is None:
        return None
    address = found if found.lower().startswith(("http://", "https://")) else f"https://{found}"
    if len(address) > LONGEST_WEBSITE or not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", address):
        return Doubt(f"«{found[:40]}» no es un sitio web")
    return address


def known(what: str, by_spelling: Mapping[str, int]) -> Callable[[str], int | Doubt | None]:
    """A cell that names a row of the reference data."""

    def clean(text: str) -> int | Doubt | None:
        plain = normalise(text)
        if plain in EMPTY:
            return None
        return by_spelling.get(plain) or Doubt(f"{what} desconocida: «{text.strip()[:40]}»")

    return clean


def read_rut(text: str, digit: str | None, *, without_digit: bool) -> tuple[int, str] | str:
    """Number and RUT of a row; or the sentence that says why it has none (IDN-3).

    `digit`: what the column of digits says; None if the file has no such column.
    """
    if digit is not None and text.isdigit() and text.isascii():  # as the tax service writes it
        number = int(text)
        if 0 < number <= 99_999_999 and check_digit(number) == digit:
            return number, f"{number}{digit}"
    plain = text.replace(".", "").replace(" ", "").replace("\u2010", "-").upper()
    if not plain:
        return "Falta el RUT."
    if digit is not None and plain.isascii() and plain.isdigit():
        mark = digit.strip().upper()
        if not mark:
            return f"El RUT {plain} viene sin dígito verificador."
    elif plain.isascii() and plain.isdigit() and without_digit:
        mark = ""
    else:
        found = RUT_SHAPE.fullmatch(plain)
        if found is None:
            return f"«{text.strip()[:20]}» no es un RUT."
        plain, mark = found[1], found[2]
        if "-" not in text and check_digit(int(plain)) != mark:
            return (
                f"El RUT {text.strip()[:12]} viene sin dígito verificador, o su dígito no corresponde. "
                "Si todos vienen sin dígito, dilo en la fuente."
            )
    number = int(plain)
    if not 0 < number <= 99_999_999:
        return f"«{text.strip()[:20]}» no es un RUT."
    right = check_digit(number)
    if mark and mark != right:
        return f"El dígito verificador de {number}-{mark[:3]} no corresponde."
    return number, f"{number}{right}"


# --- rows -------------------------------------------------------------------------------------------------------

FIXED = ("line", "number", "rut", "fault", "notes")
FIXED_TYPES = ("bigint", "bigint", "text", "text", "text")


def staged_columns(mapping: SourceMapping) -> dict[str, str]:
    """The columns of the table of work for a mapping, with their types."""
    columns = dict(zip(FIXED, FIXED_TYPES, strict=True))
    for field in mapping.fields:
        columns |= dict(field.columns)
    if mapping.has("legal_name"):
        columns["match_name"] = "text"
    if mapping.has("trade_name"):
        columns["match_trade_name"] = "text"
    if mapping.has("legal_name", "trade_name"):
        columns["words"] = "text"
    if mapping.has_activity:
        columns["activity_id"] = "bigint"
    if mapping.has_contact:
        columns |= {"contact_name": "text", "contact_email": "text", "contact_phone": "text", "contact_digits": "text"}
    return columns


class Cleaner:
    """Turns the rows of one file into staged rows; `places` says where each field's column is.

    Called a million times: what a column said before is remembered, and each part knows its place in the staged row.
    """

    def __init__(self, mapping: SourceMapping, places: Mapping[str, int], width: int, lookup: Lookup) -> None:
        self.places, self.width, self.lookup = places, width, lookup
        self.without_digit = mapping.rut_without_digit
        self.columns = tuple(staged_columns(mapping))
        self.at = {column: place for place, column in enumerate(self.columns)}
        self.blank: list[Any] = [None] * len(self.columns)
        self.rut_at, self.digit_at = places["rut"], places.get("dv")
        self.parts = self._parts()
        self.names = [
            (places[name], self.at[name], self.at[key])
            for name, key in (("trade_name", "match_trade_name"), ("legal_name", "match_name"))
            if name in places and key in self.at
        ]
        self.has_place, self.has_contact = "region_id" in self.at, mapping.has_contact
        self.seen_places: dict[tuple[str, str], tuple[int | None, int | None, int | None, tuple[str, ...]]] = {}
        self.doubted: Counter[int] = Counter()  # by column of the file, in how many rows it could not be read
        self.activity_at = self.at["activity_id"] if mapping.subject == ACTIVITIES else None

    def _parts(self) -> list[tuple[int, int, Callable[[str], Any], dict[str, Any]]]:
        """Column of the file, place in the staged row, how it is cleaned, and what was cleaned already."""
        lookup = self.lookup
        ways: dict[str, tuple[str, Callable[[str], Any]]] = {
            "started_on": ("started_on", _iso_date),
            "closed_on": ("closed_on", _iso_date),
            "tax_category": ("tax_category", clean_tax_category),
            "address": ("address", clean_text),
            "sector": ("sector_id", known("sector", lookup.sectors)),
            "sales_bracket": ("sales_bracket_id", known("tramo de ventas", lookup.brackets)),
            "workers": ("workers", clean_number),
            "commercial_year": ("commercial_year", clean_year),
            "website": ("website", clean_website),
            "activity_code": ("activity_id", lambda text: _activity(text, lookup)),
            "activity_name": ("activity_id", known("actividad", lookup.activities_by_name)),
        }
        return [
            (self.places[name], self.at[column], clean, {})
            for name, (column, clean) in ways.items()
            if name in self.places and column in self.at
        ]

    def __call__(self, line: int, row: Sequence[str]) -> list[Any]:
        """The staged row of a row of text."""
        staged = self.blank.copy()
        staged[0] = line
        if len(row) != self.width:
            staged[3] = self._misshapen(row)
            return staged
        digit = row[self.digit_at] if self.digit_at is not None else None
        found = read_rut(row[self.rut_at], digit, without_digit=self.without_digit)
        if isinstance(found, str):
            staged[3] = found
            self._names(row, staged)  # so that whoever mends the row knows of whom it is
            return staged
        staged[1], staged[2] = found
        notes: list[str] = []
        for at, place, clean, seen in self.parts:
            text = row[at]
            value = seen.get(text, seen)
            if value is seen:
                value = clean(text)
                if len(seen) < REMEMBERED:
                    seen[text] = value
            if value.__class__ is Doubt:
                notes.append(value)
                self.doubted[at] += 1
            else:
                staged[place] = value
        if self.has_place:
            self._place(row, staged, notes)
        if self.names:
            self._names(row, staged)
        if self.has_contact:
            self._contact(row, staged, notes)
        if self.activity_at is not None and staged[self.activity_at] is None:
            staged[3] = f"{notes[0][0].upper()}{notes[0][1:]}." if notes else "Falta la actividad."
        if notes:
            staged[4] = "; ".join(notes)[:LONGEST_NOTES]
        return staged

    def _misshapen(self, row: Sequence[str]) -> str:
        if not any(cell.strip() for cell in row):
            return "La fila está vacía."
        brings = count_of(len(row), "columna", "columnas")
        return f"La fila trae {brings} y el encabezado {self.width}: está corrida o cortada."

    def _names(self, row: Sequence[str], staged: list[Any]) -> None:
        spoken = ""
        for at, place, key in self.names:
            text = clean_text(row[at])
            if text is not None:
                plain = normalise(text)
                staged[place], staged[key] = text, match_key_of(plain)
                spoken = f"{spoken} {plain}"
        if spoken:
            staged[self.at["words"]] = spoken[:500]

    def _place(self, row: Sequence[str], staged: list[Any], notes: list[str]) -> None:
        commune_at, region_at = self.places.get("commune"), self.places.get("region")
        told = (row[commune_at] if commune_at is not None else "", row[region_at] if region_at is not None else "")
        found = self.seen_places.get(told)
        if found is None:
            found = self._find_place(*told)
            if len(self.seen_places) < REMEMBERED:
                self.seen_places[told] = found
        at = self.at["region_id"]
        staged[at : at + 3] = found[:3]
        if found[3]:
            notes += found[3]
            self.doubted[commune_at if commune_at is not None else self.places["region"]] += 1

    def _find_place(self, commune: str, region: str) -> tuple[int | None, int | None, int | None, tuple[str, ...]]:
        """Region, commune, office, and doubts. The commune decides, since regions were split in 2007 and 2018; the
        region's name counts where the commune is not known."""
        doubts = []
        spelling = normalise(commune)
        if spelling not in EMPTY:
            found = self.lookup.communes.get(spelling)
            if found is not None:
                return found[1], found[0], self.lookup.offices.get(found[1]), ()
            doubts.append(f"comuna desconocida: «{commune.strip()[:40]}»")
        named = self.lookup.region_of(region) if normalise(region) not in EMPTY else None
        if named is None and normalise(region) not in EMPTY:
            doubts.append(f"región desconocida: «{region.strip()[:40]}»")
        return named, None, self.lookup.offices.get(named) if named else None, tuple(doubts)

    def _contact(self, row: Sequence[str], staged: list[Any], notes: list[str]) -> None:
        def cell(name: str, longest: int) -> str | None:
            at = self.places.get(name)
            return clean_text(row[at], longest) if at is not None else None

        name, email, phone = cell("contact_name", 120), cell("contact_email", 254), cell("contact_phone", 20)
        if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
            notes.append(f"«{email[:40]}» no es un correo")
            self.doubted[self.places["contact_email"]] += 1
            email = None
        digits = "".join(c for c in phone if c.isdigit()) if phone else ""
        if phone is not None and len(digits) < 7:
            notes.append(f"«{phone}» no es un teléfono")
            self.doubted[self.places["contact_phone"]] += 1
            phone = None
        if email or phone:
            at = self.at["contact_name"]
            staged[at : at + 4] = (
                name or email or phone,
                email and email.lower(),
                phone and normal_phone(phone),
                digits[-9:] if phone else "",
            )
        elif name:
            notes.append(f"«{name[:40]}» no trae correo ni teléfono que se entienda: no queda como contacto")


def _activity(text: str, lookup: Lookup) -> int | Doubt | None:
    digits = text.strip().split(".")[0]
    if digits.lower() in EMPTY:
        return None
    return lookup.activities_by_code.get(digits.zfill(6)) or Doubt(f"código de actividad desconocido: «{digits[:12]}»")


# --- whether the file is what it says ---------------------------------------------------------------------------


def shifted_column(rows: Sequence[Sequence[str]], places: Mapping[str, int], head: Sequence[str]) -> str | None:
    """The head of the column in which the RUTs really are, if it is not theirs; None if they are where they should."""
    if not rows:
        return None

    def share(at: int) -> float:
        told = [row[at] for row in rows if len(row) > at]
        right = sum(bool(re.fullmatch(r"[\d.]{5,11}(-?[\dkK])?", text.strip())) for text in told)
        return right / len(rows)

    mine = share(places["rut"])
    if mine >= 0.5:
        return None
    best = max(range(len(head)), key=share, default=0)
    return head[best] if share(best) > 0.5 else None


def unread_columns(doubted: Mapping[int, int], rows: int, head: Sequence[str]) -> str:
    """A sentence on the columns that could not be read in more than a fifth of the rows; empty if there is none."""
    found = [(head[at], count) for at, count in sorted(doubted.items()) if count * 5 > rows >= FEWEST_ROWS]
    if not found:
        return ""
    told = ", ni ".join(f"«{name}» en {number(count)}" for name, count in found)
    return (
        f"De {number(rows)} filas no se pudo leer {told}. ¿Están corridas las columnas del archivo? "
        "Mira los avisos fila por fila."
    )
