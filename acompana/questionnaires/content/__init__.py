"""The shipped instruments, one TOML file each, what closes gaps, and what to read to prepare. Project defaults."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from acompana.questionnaires.definition import read_definition

FOLDER = Path(__file__).parent
CATALOGUE = "gap_instruments"
MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class Material:
    """What a company may read to prepare in a topic; the project's default, not official (INT-11, INT-22)."""

    slug: str
    title: str
    summary: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapInstrument:
    """Something that the agency or another body offers and that closes a gap (SER-2); `material` begins it."""

    slug: str
    name: str
    summary: str
    material: Material | None = None
    website: str = ""


def shipped_definitions() -> dict[str, dict[str, Any]]:
    """The content files by instrument, checked; raises DefinitionError."""
    definitions = {}
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem in (CATALOGUE, MATERIALS):
            continue
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        definitions[read_definition(data).instrument] = data
    return definitions


@cache
def gap_instruments() -> dict[str, GapInstrument]:
    """The default catalogue of what closes gaps, by slug."""
    rows = tomllib.loads((FOLDER / f"{CATALOGUE}.toml").read_text(encoding="utf-8"))["instruments"]
    known = materials()
    return {
        row["slug"]: GapInstrument(
            row["slug"], row["name"], row["summary"], known.get(row.get("material", "")), row.get("website", "")
        )
        for row in rows
    }


@cache
def materials() -> dict[str, Material]:
    """What a company may read to prepare, by topic, in the order to read it."""
    rows = tomllib.loads((FOLDER / f"{MATERIALS}.toml").read_text(encoding="utf-8"))["materials"]
    return {row["slug"]: Material(row["slug"], row["title"], row["summary"], tuple(row["points"])) for row in rows}


def gap_instrument(slug: str) -> GapInstrument:
    """What a gap names; a name that is not in the catalogue stands for itself."""
    return gap_instruments().get(slug) or GapInstrument(slug, slug, "")
