"""Staged rows with what was seen in them: what two processes that clean one file hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Numbered = tuple[int, list[str]]  # a row of a file with its number


@dataclass(slots=True)
class Cleaned:
    """Of some rows of a file: as they are staged; by column of the file, in how many it could not be read; of how many
    the name lost letters, and the first of those names."""

    rows: list[list[Any]] = field(default_factory=list)
    doubted: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    broken_name: str = ""

    @property
    def plain(self) -> tuple[Any, ...]:
        """What makes it again, without a class."""
        return self.rows, self.doubted, self.broken, self.broken_name

    def count(self, other: Cleaned) -> None:
        """Adds what was seen in other rows, without the rows."""
        for at, many in other.doubted.items():
            self.doubted[at] = self.doubted.get(at, 0) + many
        self.broken += other.broken
        self.broken_name = self.broken_name or other.broken_name
