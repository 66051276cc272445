"""The files of the rulebook: version 0 of every rule, checked when the application starts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

KINDS = ("term", "table")
STATUSES = ("protocol", "recommended", "project_default", "law")
REQUIRED_KEYS = ("id", "kind", "value", "label", "valid_from", "source", "status")
RULE_ID = re.compile(r"[A-Z]+-[0-9]+[a-z]?(-[a-z_]+)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is in force on a date: its value, and where that comes from. `version` 0 is the file.

    `began`: what is told of one company, where `starts_when` names a condition that may not hold for it."""

    id: str
    kind: str
    value: Mapping[str, Any]
    unit: str
    valid_from: date
    source: str
    status: str
    label: str
    label_en: str = ""
    starts_when: str = ""
    starts_when_en: str = ""
    began: str = ""
    began_en: str = ""
    who: str = ""
    who_en: str = ""
    note: str = ""
    book: str = ""
    version: int = 0
    fixed: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_term(self) -> bool:
        return self.kind == "term"

    @property
    def code(self) -> str:
        """The mark that people read: « DL-24-phone » has a name of its own, and is a figure of « DL-24 »."""
        return re.sub(r"-[a-z_]+$", "", self.id)


def freeze(value: Any) -> Any:
    """The same value that nobody can change: read-only mappings and tuples all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:
    """The value as plain dicts and lists, for JSON."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value


def leaves(value: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """The values of a table by their path: {"colours.regular": "dark_red"}; a list is one value."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = f"{path}.{key}".strip(".")
        found |= leaves(item, name) if isinstance(item, Mapping) else {name: item}
    return found


def rulebook_folder() -> Path:
    return Path(settings.PACKAGE) / "rulebook"


@cache
def load_rules() -> Mapping[str, tuple[Rule, ...]]:
    """Every rule of the files by id, each with its values from the oldest to the newest.

    A malformed entry is left out here; `find_faults` says what is wrong with it.
    """
    rules: dict[str, list[Rule]] = {}
    for book, row in _rows(rulebook_folder()):
        if not _faults_of_row(row):
            rules.setdefault(row["id"], []).append(_rule(book, row))
    return MappingProxyType(
        {key: tuple(sorted(found, key=lambda rule: rule.valid_from)) for key, found in rules.items()}
    )


def find_faults(folder: Path) -> list[str]:
    """What is wrong with the files, a sentence each: missing keys or source, bad values, gaps and overlaps."""
    faults: list[str] = []
    seen: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for book, row in _rows(folder):
        name = f"{book}: {row.get('id', '(no id)')}"
        faults += [f"{name}: {fault}" for fault in _faults_of_row(row)]
        seen.setdefault(str(row.get("id")), []).append((book, row))
    for rule_id, found in seen.items():
        faults += _faults_of_history(rule_id, found)
    return faults


def faults_of_term(value: Mapping[str, Any]) -> list[str]:
    """Why a value is not a term; empty if it is one. In Spanish, for the person who amends."""
    from acompana.kernel.terms import ROLLS, UNITS

    if missing := {"amount", "unit", "roll", "may_pause"} - set(value):
        return [f"Falta {', '.join(sorted(missing))}."]
    faults = []
    if isinstance(value["amount"], bool) or not isinstance(value["amount"], int) or not 0 <= value["amount"] <= 3650:
        faults.append("La cantidad es un número entero entre 0 y 3.650.")
    if value["unit"] not in UNITS:
        faults.append("La unidad no es una de las conocidas.")
    if value["roll"] not in ROLLS:
        faults.append("Di qué pasa si el último día no es hábil: nada, el siguiente o el anterior.")
    if value["unit"] == "hours" and value["roll"] != "none":
        faults.append("Un plazo en horas no se corre al día hábil.")
    if not isinstance(value["may_pause"], bool):
        faults.append("Di si el plazo admite pausas: sí o no.")
    return faults


def _rows(folder: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            yield path.stem, row


def _rule(book: str, row: Mapping[str, Any]) -> Rule:
    value = freeze(row["value"])
    return Rule(
        id=row["id"],
        kind=row["kind"],
        value=value,
        unit=value["unit"] if row["kind"] == "term" else row.get("unit", ""),
        valid_from=row["valid_from"],
        source=row["source"],
        status=row["status"],
        label=row["label"]["es"],
        label_en=row["label"].get("en", ""),
        starts_when=row.get("starts_when", {}).get("es", ""),
        starts_when_en=row.get("starts_when", {}).get("en", ""),
        began=row.get("began", {}).get("es", ""),
        began_en=row.get("began", {}).get("en", ""),
        who=row.get("who", {}).get("es", ""),
        who_en=row.get("who", {}).get("en", ""),
        note=row.get("note", ""),
        book=book,
        fixed=tuple(row.get("fixed", ())),
        choices=freeze(row.get("choices", {})),
        names=freeze(row.get("names", {})),
        words=freeze(row.get("words", {})),
    )


def _faults_of_row(row: Mapping[str, Any]) -> list[str]:
    faults = [f"{key} is missing" for key in REQUIRED_KEYS if not row.get(key)]
    faults += ["names is missing"] if row.get("kind") == "table" and not row.get("names") else []
    if faults:
        return faults
    if not RULE_ID.fullmatch(row["id"]):
        faults.append("the id is not of the form DL-1")
    if row["kind"] not in KINDS:
        faults.append(f"unknown kind {row['kind']!r}")
    if row["status"] not in STATUSES:
        faults.append(f"unknown status {row['status']!r}")
    if not isinstance(row["label"], Mapping) or not row["label"].get("es"):
        faults.append("the Spanish label is missing")
    if type(row["valid_from"]) is not date:
        faults.append("valid_from is not a date")
    if not isinstance(row["value"], Mapping):
        faults.append("the value is not a table of named values")
    elif row["kind"] == "table":
        faults += [
            f"the Spanish name of {path} is missing" for path in leaves(row["value"]) if path not in row["names"]
        ]
    else:
        faults += faults_of_term(row["value"])
        faults += [f"{key} is missing" for key in ("starts_when", "who") if not row.get(key)]
    return faults


def _faults_of_history(rule_id: str, found: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Each entry holds until the next begins, so that a gap cannot be; two from one day, or in two files, can."""
    faults = []
    if len({book for book, _ in found}) > 1:
        faults.append(f"{rule_id} is in more than one file")
    dates = [row.get("valid_from") for _, row in found]
    if len(set(dates)) < len(dates):
        faults.append(f"{rule_id} has two values from one date")
    if len({row.get("kind") for _, row in found}) > 1:
        faults.append(f"{rule_id} changes its kind")
    return faults
