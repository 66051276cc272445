"""The shipped instruments, one TOML file each, and the catalogue of what closes gaps. Defaults of the project."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from acompana.questionnaires.definition import read_definition

FOLDER = Path(__file__).parent
CATALOGUE = "gap_instruments"


@dataclass(frozen=True, slots=True)
class GapInstrument:
    """Something that the agency or another body offers and that closes a gap (SER-2)."""

    slug: str
    name: str
    summary: str


def shipped_definitions() -> dict[str, dict[str, Any]]:
    """The content files by instrument, checked; raises DefinitionError."""
    definitions = {}
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem == CATALOGUE:
            continue
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        definitions[read_definition(data).instrument] = data
    return definitions


@cache
def gap_instruments() -> dict[str, GapInstrument]:
    """The default catalogue of what closes gaps, by slug."""
    rows = tomllib.loads((FOLDER / f"{CATALOGUE}.toml").read_text(encoding="utf-8"))["instruments"]
    return {row["slug"]: GapInstrument(row["slug"], row["name"], row["summary"]) for row in rows}


def gap_instrument(slug: str) -> GapInstrument:
    """What a gap names; a name that is not in the catalogue stands for itself."""
    return gap_instruments().get(slug) or GapInstrument(slug, slug, "")
