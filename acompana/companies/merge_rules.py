"""What a merge decides about values, without database or clock: which side's value stays, and what must be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acompana.companies.likeness import names_agree, words_of_name
from acompana.companies.matching import ALIKE_NAME, valid_rut_in

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
        theirs_says_all, mine_says_all = _contained(mine, theirs), _contained(theirs, mine)
        default = GONE if theirs_says_all and not mine_says_all else KEPT
        asks = not theirs_says_all and not mine_says_all
        if group == "trade_name" and default == GONE:
            # It would be what everybody reads from now on: a person looks, and a mistyped card is not offered first.
            asks = True
            if _is_mistyped(gone["trade_name"], kept["legal_name"]):
                default = KEPT
        found.append(Choice(group, fields, default, asks))
    return found


def _is_mistyped(name: str, known: str) -> bool:
    words, right = words_of_name(name), words_of_name(known)
    return not set(words) <= set(right) and names_agree(words, right) >= ALIKE_NAME


def _contained(less: list[Any], more: list[Any]) -> bool:
    """Whether one side says nothing that the other does not say."""
    return all(a in EMPTY or a == b for a, b in zip(less, more, strict=True))


def values_after(kept: Mapping[str, Any], gone: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """The values that the company that stays takes from the other. Raises ValueError for a choice that is none."""
    taken: dict[str, Any] = {}
    for choice in choices_between(kept, gone):
        side = chosen.get(choice.group, choice.default)
        if side not in (KEPT, GONE):
            raise ValueError(f"not a side: {side}")
        if side == GONE:
            taken |= {name: gone[name] for name in choice.fields if gone[name] != kept[name]}
    typed = valid_rut_in(taken.get("foreign_tax_id") or "")
    if typed and typed in (kept["rut"], gone["rut"]):
        taken.pop("foreign_tax_id", None)  # a RUT that was typed there: the company has it where it belongs
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
