"""A check and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Violation:
    """What does not hold, in a sentence that names the row."""

    check: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """A named invariant: what must hold, and who looks for where it does not."""

    name: str
    holds: str
    find: Callable[[datetime], Iterator[str]]
