"""The declared mapping of a source: which column fills which field, and how its file is read. Pure: data in, data out.

It is kept as JSON with the source, and again with each run, so that a run is read to its end as it began.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from acompana.kernel.refusals import Refused
from acompana.kernel.search.text import normalise
from acompana.sources.fields import (
    ACTIVITY_BIT,
    BY_NAME,
    CONTACT_BIT,
    CONTACT_TARGETS,
    FIELDS,
    LONE_NAMES,
    OF_A_PERSON,
    PLACE,
    TARGETS,
    Field,
)

SHIPPED = Path(__file__).parent / "data" / "shipped.toml"
COMPANIES, ACTIVITIES = "companies", "activities"
LONG_HEAD = 15  # letters from which a head that was cut is still the same head


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file; without a field it is read past."""

    column: str
    field: str = ""
    only_empty: bool = False


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """How a source's files are read. `delimiter`: what usually parts their columns; each file shows its own (see
    `reading.find_delimiter`). `quoted`: quotation marks enclose texts, in files parted by that delimiter."""

    columns: tuple[Column, ...]
    subject: str = COMPANIES
    delimiter: str = ""
    quoted: bool = True
    rut_without_digit: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> SourceMapping:
        """From the JSON of a source or a run."""
        columns = tuple(
            Column(str(c.get("column", "")), str(c.get("field", "")), bool(c.get("only_empty")))
            for c in kept.get("columns", ())
        )
        return cls(
            columns,
            str(kept.get("subject") or COMPANIES),
            str(kept.get("delimiter", "")),
            bool(kept.get("quoted", True)),
            bool(kept.get("rut_without_digit")),
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}

    def column_of(self, field: str) -> str:
        return next((c.column for c in self.columns if c.field == field), "")

    def has(self, *fields: str) -> bool:
        return any(c.field in fields for c in self.columns)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a company that a file of this source may fill; of the company itself, a file of activities
        says its tax category alone."""
        if self.subject == ACTIVITIES:
            return tuple(field for field in FIELDS if field.name == "tax_category" and self.has(field.name))
        named = [field for field in FIELDS if self.has(field.name)]
        if self.has("commune", "region"):
            named.append(PLACE)
        return tuple(sorted(named, key=lambda field: field.bit))

    @property
    def has_activity(self) -> bool:
        return self.has("activity_code", "activity_name")

    @property
    def has_contact(self) -> bool:
        return self.subject == COMPANIES and self.has(*CONTACT_TARGETS)

    @property
    def only_empty_bits(self) -> int:
        bits = 0
        for column in self.columns:
            if column.only_empty:
                name = "place" if column.field in ("commune", "region") else column.field
                bits |= BY_NAME[name].bit if name in BY_NAME else 0
        return bits

    @property
    def bits(self) -> int:
        bits = sum(field.bit for field in self.fields)
        return bits | (ACTIVITY_BIT if self.has_activity else 0) | (CONTACT_BIT if self.has_contact else 0)


def check_mapping(mapping: SourceMapping) -> None:
    """Refused, with what to mend, if no file could be read by it."""
    chosen = [column.field for column in mapping.columns if column.field]
    for target in TARGETS:
        if chosen.count(target.slug) > 1:
            raise Refused(f"Dos columnas dicen «{target.label}». Deja una sola.", "EXP-2")
    if "rut" not in chosen:
        raise Refused("Indica qué columna trae el RUT: por él se reconoce a cada empresa.", "EXP-2")
    if mapping.subject == ACTIVITIES and not mapping.has_activity:
        raise Refused("Indica qué columna trae la actividad.", "FMT-1")
    if mapping.subject == COMPANIES and len(chosen) < 2:
        raise Refused("Indica al menos una columna más que el RUT.", "EXP-2")


# --- heads ------------------------------------------------------------------------------------------------------


def same_head(declared: str, found: str) -> bool:
    """Whether a head of a file is the one declared, whatever its accents and case, also where one of them was cut."""
    left, right = normalise(declared), normalise(found)
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    return len(short) >= LONG_HEAD and long.startswith(short)


def find_columns(mapping: SourceMapping, head: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each field's column stands in a file, and the columns that it lacks."""
    places: dict[str, int] = {}
    missing = []
    for column in mapping.columns:
        if not column.field:
            continue
        at = _place_of(column.column, head)
        if at is not None:
            places[column.field] = at
        else:
            missing.append(column.column)
    return places, missing


def _place_of(declared: str, head: Sequence[str]) -> int | None:
    exact = [i for i, found in enumerate(head) if normalise(found) == normalise(declared)]
    return next(iter(exact or [i for i, found in enumerate(head) if same_head(declared, found)]), None)


def columns_to_offer(mapping: SourceMapping, head: Sequence[str]) -> tuple[list[Column], list[Column]]:
    """The columns of a sample, each with what the mapping reads in it; and those that it reads and are not there."""
    read: dict[int, Column] = {}
    missing = []
    for column in mapping.columns:
        at = _place_of(column.column, head) if column.field else None
        if at is not None and at not in read:
            read[at] = column
        elif column.field:
            missing.append(column)
    return [replace(read.get(at, Column(name)), column=name) for at, name in enumerate(head)], missing


def places_of(mapping: SourceMapping, head: Sequence[str], read_as: str = "") -> dict[str, int]:
    """Where each field's column stands in a file. Refused if one is missing, with those that the file lacks, how it
    was read (`read_as`, of the table that was opened) and the heads that it has."""
    places, missing = find_columns(mapping, head)
    if missing:
        named = ", ".join(f"«{name}»" for name in missing[:-1])
        named += f" y «{missing[-1]}»" if named else f"«{missing[-1]}»"
        lacks = f"falta la columna {named}" if len(missing) == 1 else f"faltan {len(missing)} columnas: {named}"
        there = ", ".join(f"«{name[:40]}»" for name in head[:25] if name) or "ninguna"
        read = f" Se leyó {read_as}." if read_as else ""
        raise Refused(f"Al archivo le {lacks}.{read} Trae estas columnas: {there}.", "FMT-1")
    return places


def suggest(head: Sequence[str]) -> tuple[Column, ...]:
    """A mapping for a file that nobody has declared: each field once, by the best of the heads that may say it."""
    plain = [_joined(normalise(name.replace("º", "°"))) for name in head]  # or Nº would be « no »
    fields = [""] * len(head)
    for target in TARGETS:
        for name in map(_joined, target.names):
            if name in plain and not fields[at := plain.index(name)]:
                fields[at] = target.slug
                break
    alone = [at for at, name in enumerate(plain) if name in map(_joined, LONE_NAMES)]
    if len(alone) == 1:
        fields[alone[0]] = _whose_name(alone[0], plain, fields)
    return tuple(Column(name, field) for name, field in zip(head, fields, strict=True))


def _joined(name: str) -> str:
    return name.replace(" ", "")


def _whose_name(at: int, plain: Sequence[str], fields: Sequence[str]) -> str:
    """What a « Nombre » says that does not say whose: the company's legal name, if no other column does; beside one,
    the contact's if it stands next to what is a person's; else the trade name. Nothing if that one is there too."""
    if "legal_name" not in fields:
        return "legal_name"
    beside = [place for place in (at - 1, at + 1) if 0 <= place < len(fields)]
    persons = [plain[p] in map(_joined, OF_A_PERSON) or fields[p] in CONTACT_TARGETS for p in beside]
    if any(persons) and "contact_name" not in fields:
        return "contact_name"
    return "trade_name" if "trade_name" not in fields else ""


# --- what is shipped --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shipped:
    slug: str
    name: str
    about: str
    is_register: bool
    mapping: SourceMapping


def shipped() -> tuple[Shipped, ...]:
    """The sources that come with the system."""
    return tuple(
        Shipped(raw["slug"], raw["name"], raw["about"], raw["is_register"], SourceMapping.of(raw))
        for raw in tomllib.loads(SHIPPED.read_text("utf-8"))["source"]
    )
