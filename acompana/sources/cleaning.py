"""From a row of text to the values that are staged. Pure: the lists of the reference data come in as a `Lookup`.

What cannot be read is told and left out; a row is at fault only when nobody could say whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from acompana.companies.rules import match_key_of
from acompana.kernel.phones import normal_phone
from acompana.kernel.search.text import normalise
from acompana.shell.words import count_of, number
from acompana.sources.cells import (
    EMPTY,
    LONGEST_NAME,
    Doubt,
    bare_spelling,
    clean_number,
    clean_tax_category,
    clean_text,
    clean_website,
    clean_year,
    has_broken_letters,
    known,
    known_by_number,
    past_day,
    plain_dashes,
    read_rut,
)
from acompana.sources.mapping import ACTIVITIES, SourceMapping

REMEMBERED = 50_000  # distinct cells of a column; beyond it they are worked out each time
LONGEST_NOTES = 300
LOOK_BELOW = "Mira los avisos fila por fila."
FEWEST_ROWS = 5  # of fewer, a fifth says nothing


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
    today: date = date.max
    once_one: Collection[frozenset[int]] = ()  # pairs of regions of which the one was split from the other


# --- rows -------------------------------------------------------------------------------------------------------

FIXED = ("line", "number", "rut", "fault", "notes")
FIXED_TYPES = ("bigint", "bigint", "text", "text", "text")


def staged_columns(mapping: SourceMapping) -> dict[str, str]:
    """The columns of the table of work for a mapping, with their types."""
    columns = dict(zip(FIXED, FIXED_TYPES, strict=True))
    for filled in mapping.fields:
        columns |= dict(filled.columns)
    if mapping.has("legal_name"):
        columns["match_name"] = "text"
    if mapping.has("trade_name"):
        columns["match_trade_name"] = "text"
    if mapping.has("legal_name", "trade_name"):
        columns["words"] = "text"
    if mapping.has_activity:
        columns["activity_id"] = "bigint"
    if mapping.has_contact:
        columns |= dict.fromkeys(("contact_name", "contact_email", "contact_phone"), "text")
        columns |= dict.fromkeys(("contact_digits", "contact_position"), "text")
    return columns


Numbered = tuple[int, list[str]]  # a row of a file with its number


@dataclass(slots=True)
class Cleaned:
    """Of some rows of a file: as they are staged; by column of the file, in how many it could not be read; of how many
    the name lost letters, and the first of those names."""

    rows: list[list[Any]] = field(default_factory=list)
    doubted: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    broken_name: str = ""

    def count(self, other: Cleaned) -> None:
        """Adds what was seen in other rows, without the rows."""
        for at, many in other.doubted.items():
            self.doubted[at] = self.doubted.get(at, 0) + many
        self.broken += other.broken
        self.broken_name = self.broken_name or other.broken_name


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
        self.seen = Cleaned()
        self.days = [self.at[name] for name in ("started_on", "closed_on") if name in self.at]
        self.bare_communes = _told_apart(lookup.communes)
        self.activity_at = self.at["activity_id"] if mapping.subject == ACTIVITIES else None

    def _parts(self) -> list[tuple[int, int, Callable[[str], Any], dict[str, Any]]]:
        """Column of the file, place in the staged row, how it is cleaned, and what was cleaned already."""
        lookup = self.lookup
        ways: dict[str, tuple[str, Callable[[str], Any]]] = {
            "started_on": ("started_on", past_day(lookup.today)),
            "closed_on": ("closed_on", past_day(lookup.today)),
            "tax_category": ("tax_category", clean_tax_category),
            "address": ("address", clean_text),
            "sector": ("sector_id", known("el sector", lookup.sectors)),
            "sales_bracket": ("sales_bracket_id", known_by_number("el tramo de ventas", lookup.brackets)),
            "workers": ("workers", clean_number),
            "commercial_year": ("commercial_year", clean_year),
            "website": ("website", clean_website),
            "activity_code": ("activity_id", lambda text: _activity(text, lookup)),
            "activity_name": ("activity_id", known("la actividad", lookup.activities_by_name)),
        }
        return [
            (self.places[name], self.at[column], clean, {})
            for name, (column, clean) in ways.items()
            if name in self.places and column in self.at
        ]

    def batch(self, rows: Iterable[Numbered]) -> Cleaned:
        """The staged rows of rows of text, and what was seen in them."""
        self.seen = Cleaned()
        self.seen.rows = [self(line, row) for line, row in rows]
        return self.seen

    def _doubt(self, at: int) -> None:
        self.seen.doubted[at] = self.seen.doubted.get(at, 0) + 1

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
            self._names(row, staged, [])  # so that whoever mends the row knows of whom it is
            return staged
        staged[1], staged[2] = found
        notes: list[str] = []
        self._values(row, staged, notes)
        if self.has_place:
            self._place(row, staged, notes)
        if self.names:
            self._names(row, staged, notes)
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

    def _values(self, row: Sequence[str], staged: list[Any], notes: list[str]) -> None:
        for at, place, clean, seen in self.parts:
            text = row[at]
            value = seen.get(text, seen)
            if value is seen:
                value = clean(text)
                if len(seen) < REMEMBERED:
                    seen[text] = value
            if value.__class__ is Doubt:
                notes.append(value)
                self._doubt(at)
            else:
                staged[place] = value
        if len(self.days) == 2:
            started, closed = (staged[at] for at in self.days)
            if started and closed and closed < started:
                notes.append("el término de giro es anterior al inicio de actividades: no se toma")
                staged[self.days[1]] = None

    def _names(self, row: Sequence[str], staged: list[Any], notes: list[str]) -> None:
        spoken = ""
        for at, place, key in self.names:
            cell = row[at]
            text = clean_text(cell)
            if text is not None and not text[0].isalpha() and not any(map(str.isalpha, text)):
                notes.append(f"«{text[:40]}» no es un nombre")
                self._doubt(at)
            elif text is not None:
                if has_broken_letters(cell):
                    notes.append(f"«{text[:40]}» trae letras rotas")
                    self.seen.broken += 1
                    self.seen.broken_name = self.seen.broken_name or text
                if len(text) == LONGEST_NAME and len(" ".join(cell.split())) > LONGEST_NAME:
                    notes.append(f"el nombre es muy largo: se toman sus primeras {LONGEST_NAME} letras")
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
        notes += found[3]
        if found[3] and found[1] is None:  # beside a commune that is known, the region's name is told and not needed
            self._doubt(commune_at if commune_at is not None else self.places["region"])

    def _find_place(self, commune: str, region: str) -> tuple[int | None, int | None, int | None, tuple[str, ...]]:
        """Region, commune, office, and doubts. The commune decides, since regions were split in 2007 and 2018; the
        region's name counts where the commune is not known."""
        doubts = []
        named = self.lookup.region_of(region) if normalise(region) not in EMPTY else None
        spelling = normalise(commune)
        if spelling not in EMPTY:
            found = self.lookup.communes.get(spelling) or self.bare_communes.get(bare_spelling(spelling))
            if found is not None:
                if named not in (None, found[1]) and frozenset((named, found[1])) not in self.lookup.once_one:
                    doubts.append(f"la región «{region.strip()[:40]}» no es la de la comuna")
                return found[1], found[0], self.lookup.offices.get(found[1]), tuple(doubts)
            doubts.append(f"comuna desconocida: «{commune.strip()[:40]}»")
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
            self._doubt(self.places["contact_email"])
            email = None
        digits = "".join(c for c in phone if c.isdigit()) if phone else ""
        if phone is not None and len(digits) < 7:
            notes.append(f"«{phone}» no es un teléfono")
            self._doubt(self.places["contact_phone"])
            phone = None
        if email or phone:
            at = self.at["contact_name"]
            staged[at : at + 5] = (
                name or email or phone,
                email and email.lower(),
                phone and normal_phone(phone),
                digits[-9:] if phone else "",
                cell("contact_position", 80),
            )
        elif name:
            notes.append(f"«{name[:40]}» no trae correo ni teléfono que se entienda: no queda como contacto")


def _activity(text: str, lookup: Lookup) -> int | Doubt | None:
    digits = text.strip().split(".")[0]
    if digits.lower() in EMPTY:
        return None
    return lookup.activities_by_code.get(digits.zfill(6)) or Doubt(f"código de actividad desconocido: «{digits[:12]}»")


def _told_apart(communes: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Communes by their bare spelling, where only one of them has it."""
    by_bare: dict[str, set[tuple[int, int]]] = {}
    for spelling, place in communes.items():
        by_bare.setdefault(bare_spelling(spelling), set()).add(place)
    return {bare: places.pop() for bare, places in by_bare.items() if len(places) == 1}


# --- whether the file is what it says ---------------------------------------------------------------------------


def shifted_column(rows: Sequence[Sequence[str]], places: Mapping[str, int], head: Sequence[str]) -> str | None:
    """The head of the column in which the RUTs really are, if it is not theirs; None if they are where they should."""
    if not rows:
        return None

    def share(at: int) -> float:
        told = [row[at] for row in rows if len(row) > at]
        right = sum(bool(re.fullmatch(r"[\d.]{5,11}(-?[\dkK])?", plain_dashes(text).strip())) for text in told)
        return right / len(rows)

    mine = share(places["rut"])
    if mine >= 0.5:
        return None
    best = max(range(len(head)), key=share, default=0)
    return head[best] if share(best) > 0.5 else None


def lost_letters(broken: int, name: str) -> str:
    """A sentence on names whose letters were lost before the file came here; empty if there are none."""
    if not broken:
        return ""
    rows = "En 1 fila el nombre trae" if broken == 1 else f"En {number(broken)} filas el nombre trae"
    return (
        f"{rows} letras rotas, como «{name[:40]}»: el archivo se dañó antes de llegar aquí. Pide uno sano; si lo "
        "importas, los nombres quedan así."
    )


def unread_columns(doubted: Mapping[int, int], rows: int, head: Sequence[str]) -> str:
    """A sentence on the columns that could not be read in more than a fifth of the rows; empty if there is none."""
    found = [(head[at], count) for at, count in sorted(doubted.items()) if count * 5 > rows >= FEWEST_ROWS]
    if not found:
        return ""
    told = ", ni ".join(f"«{name}» en {number(count)}" for name, count in found)
    return f"De {number(rows)} filas no se pudo leer {told}. ¿Están corridas las columnas del archivo? {LOOK_BELOW}"


def unread_as_told(warnings: Iterable[str]) -> list[str]:
    """By column that could not be read, in words: «Comuna» no se leerá en 9 de 10 filas. As `unread_columns` said it
    among the sentences that are kept of a file."""
    for sentence in warnings:
        if told := re.fullmatch(r"De ([\d.]+) filas no se pudo leer (.+)\. ¿Están corridas .+", sentence, re.DOTALL):
            columns = re.findall(r"(«.+?») en ([\d.]+)(?=, ni «|$)", told[2], re.DOTALL)
            return [f"{name} no se leerá en {count} de {told[1]} filas" for name, count in columns]
    return []
