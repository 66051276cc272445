"""What a merge decides about values, without database or clock: which side's value stays, and what must be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEPT, GONE = "kept", "gone"

# What is chosen together: an address of one company and the commune of the other is nobody's place.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "legal_name": ("legal_name",),
    "trade_name": ("trade_name",),
    "kind": ("kind", "country", "foreign_tax_id"),
    "place": ("region", "commune", "address"),
    "website": ("website",),
    "started_on": ("started_on",),
    "closed_on": ("closed_on",),
    "tax_category": ("tax_category",),
    "sector": ("sector",),
    "offer": ("offer",),
    "size": ("sales_bracket", "workers", "commercial_year"),
    "exported_recently": ("exported_recently",),
    "women_role": ("women_role",),
    "certifications": ("certifications",),
    "sells_online": ("sells_online",),
    "programme_interest": ("programme_interest",),
    "origin": ("origin", "origin_detail"),
    "potential": ("potential", "potential_on"),
    "office": ("office",),
    "executive": ("executive",),
}
LABELS = {"place": "Dónde está", "size": "Tamaño", "origin": "De dónde viene", "kind": "Clase y país"}
# Both sides always have one of these; a difference alone is no reason to ask when one side is a bare card.
EMPTY = (None, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of fields with a value on some side: which one stays, and whether a person may choose otherwise."""

    group: str
    fields: tuple[str, ...]
    default: str
    differs: bool


def choices_between(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> list[Choice]:
    """What each side has of every group; a side without any value gives way, and equal values need no choice."""
    found = []
    for group, fields in GROUPS.items():
        mine, theirs = [kept[name] for name in fields], [gone[name] for name in fields]
        if all(value in EMPTY for value in mine) and all(value in EMPTY for value in theirs):
            continue
        only_theirs = all(value in EMPTY for value in mine) or _says_more(mine, theirs)
        differs = any(a != b for a, b in zip(mine, theirs, strict=True)) and not all(v in EMPTY for v in theirs)
        found.append(Choice(group, fields, GONE if only_theirs else KEPT, differs and not _contained(theirs, mine)))
    return found


def _contained(less: list[Any], more: list[Any]) -> bool:
    """Whether one side says nothing that the other does not say."""
    return all(a in EMPTY or a == b for a, b in zip(less, more, strict=True))


def _says_more(mine: list[Any], theirs: list[Any]) -> bool:
    return _contained(mine, theirs) and not _contained(theirs, mine)


def values_after(kept: Mapping[str, Any], gone: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """The values that the company that stays takes from the other. Raises ValueError for a choice that is none."""
    taken: dict[str, Any] = {}
    for choice in choices_between(kept, gone):
        side = chosen.get(choice.group, choice.default)
        if side not in (KEPT, GONE):
            raise ValueError(f"not a side: {side}")
        if side == GONE:
            taken |= {name: gone[name] for name in choice.fields if gone[name] != kept[name]}
    return taken


def stands_first(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether the first company is the one that should stay: who has a RUT, who has a relation, an executive, who was
    worked with last, who came first."""

    def weight(side: Mapping[str, Any]) -> tuple[bool, bool, bool, str, int]:
        return (
            bool(side["rut"]),
            side["related_on"] is not None,
            side["executive"] is not None,
            str(side["last_worked_on"] or ""),
            -int(side["pk"]),
        )

    return weight(mine) >= weight(theirs)
