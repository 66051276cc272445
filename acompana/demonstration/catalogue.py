"""What the demonstration draws from: lines of business, places and words, read from `data/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.text import capfirst

from acompana.companies.counting import words_of

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of business: where it is found, what it sells (with its tariff heading), how its companies are called."""

    slug: str
    sector: str
    activity: str
    offer: str
    weight: float
    regions: Mapping[str, float]
    names: tuple[str, ...]
    products: tuple[tuple[str, str], ...]
    markets: tuple[str, ...]
    exporters: float

    def weight_in(self, region: str) -> float:
        return self.weight * self.regions.get(region, self.regions.get("*", 0))


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the demonstration: its share of the companies, its words, its communes by weight."""

    region: str
    weight: float
    words: tuple[str, ...]
    communes: Mapping[str, float]


def _read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def lines() -> tuple[Line, ...]:
    return tuple(
        Line(
            **{
                **row,
                "names": tuple(row["names"]),
                "products": tuple((description, heading) for description, heading in row["products"]),
                "markets": tuple(row["markets"]),
            }
        )
        for row in _read("lines.toml")["line"]
    )


@cache
def places() -> tuple[Place, ...]:
    return tuple(
        Place(region, row["weight"], tuple(row["words"]), row["communes"])
        for region, row in _read("places.toml").items()
        if isinstance(row, dict)
    )


@cache
def nature() -> tuple[str, ...]:
    """Words for names that are of no region."""
    return tuple(_read("places.toml")["nature"])


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """What people write, by occasion."""
    return {name: tuple(said) for name, said in _read("words.toml").items() if name != "open"}


@cache
def answers_to(question: str) -> tuple[str, ...]:
    """What is written at an open question of a questionnaire, by its slug."""
    return tuple(_read("words.toml")["open"].get(question, ()))


def action_fact(kind: str) -> str:
    """What the logbook says of an action that counts, by its kind in rule DEF-3."""
    return f"{capfirst(words_of(kind))}, acción que cuenta"
