"""Activities of the tax service found by what people type: no room has a search of so few rows and so many words.

The register names trades («elaboración de aceites y grasas»), people name products («aceite de oliva»). Words match
from their beginning, whatever their number, accents or case; what exporters say is in `data/activity_words.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Protocol, TypeVar

from acompana.reference.models import Activity
from acompana.reference.operations import DATA
from acompana.reference.rules import normalise_words

LINKING = frozenset(
    {"a", "al", "con", "de", "del", "e", "el", "en", "la", "las", "lo", "los", "o", "para", "por", "que", "se", "sin"}
    | {"su", "sus", "u", "un", "una", "y"}
)
WHOLE = 3  # shorter words match only themselves
BEGUN = 4  # from so many letters on, a word that is being typed finds what is said, and may lose its «-es»
Phrase = tuple[str, ...]
Said = Mapping[Phrase, tuple[str, ...]]


class Named(Protocol):
    code: str
    name: str
    sub_line: str
    line_of_business: str


Row = TypeVar("Row", bound=Named)


@lru_cache(maxsize=8192)
def root(word: str) -> str:
    """A word without the mark of its number: «aceites», «aceite» → "aceit"; «nueces», «nuez» → "nuez"."""
    if len(word) <= WHOLE:
        return word
    bare = word.removesuffix("s")
    if len(bare) > BEGUN:
        bare = bare.removesuffix("e")
    return f"{bare[:-1]}z" if bare.endswith("c") else bare


@lru_cache(maxsize=8192)
def telling(text: str) -> Phrase:
    """The words that tell something, without accents or case."""
    return tuple(word for word in normalise_words(text).split() if word not in LINKING)


def begins(typed: str, word: str, least: int = WHOLE) -> bool:
    """Whether a word is the one that was typed, in any number, or begins as it."""
    return root(typed) == root(word) or (len(typed) >= least and word.startswith(typed))


@cache
def said_words() -> Said:
    """What exporters say, with the codes that it is, the likeliest first (the project's default)."""
    found: dict[Phrase, tuple[str, ...]] = {}
    for row in tomllib.loads((DATA / "activity_words.toml").read_text("utf-8"))["said"]:
        for words in row["words"]:
            known = found.get(telling(words), ())
            found[telling(words)] = (*known, *(code for code in row["codes"] if code not in known))
    return found


def rank(text: str, rows: Iterable[Row], said: Said) -> list[Row]:
    """The rows that have every word of the text, else those that have any, more words first. What is said of an
    activity comes before what its name says, that before its line, and who makes a thing before who sells it."""
    asked = telling(text)
    by_said = _codes_said(asked, said)
    found: list[tuple[tuple[int, int, int, bool, str], Row]] = []
    for row in rows:
        places = [telling(part) for part in (row.name, row.sub_line, row.line_of_business)]
        where = [_place_of(word, places) for word in asked]
        told = [by_said.get((number, row.code)) for number in range(len(asked))]
        matched = sum(place is not None or said_as is not None for place, said_as in zip(where, told, strict=True))
        if matched:
            likeliest = min((one for one in told if one is not None), default=len(said))
            place = min((one for one in where if one is not None), default=len(places))
            sells = row.code[:2] in ("45", "46", "47")
            found.append(((-matched, likeliest, place, sells, row.code), row))
    whole = [one for one in found if one[0][0] == -len(asked)]
    return [row for _, row in sorted(whole or found, key=lambda one: one[0])]


def _codes_said(asked: Phrase, said: Said) -> dict[tuple[int, str], int]:
    """By position of a word and code, how likely that code is meant by it: 0 is the likeliest."""
    found: dict[tuple[int, str], int] = {}
    for phrase, codes in said.items():
        for start in range(len(asked) - len(phrase) + 1):
            if not all(begins(a, b, BEGUN) for a, b in zip(asked[start:], phrase, strict=False)):
                continue
            for order, code in enumerate(codes):
                for position in range(start, start + len(phrase)):
                    found[position, code] = min(order, found.get((position, code), order))
    return found


def _place_of(word: str, places: Sequence[Phrase]) -> int | None:
    """In which of the places a word begins as this one; None in none."""
    for number, place in enumerate(places):
        if any(begins(word, other) for other in place):
            return number
    return None


def suggest_activities(text: str) -> list[Activity]:
    """Activities in use that are like what somebody typed, the likeliest first; by code if it is digits. One query."""
    rows = Activity.objects.filter(retired_on=None)
    if text.strip().isdigit():
        return list(rows.filter(code__startswith=text.strip()))
    return rank(text, rows, said_words()) if telling(text) else []
