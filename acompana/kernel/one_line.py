"""Texts of one line as they are kept, whichever way they come in: by a form, by a program, from a draft.

A browser lets nobody press Enter in a field of one line, but what is pasted, a program or a forged form brings line
breaks, and characters that turn the rest of a list around, so that a name shows what it is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_BREAKS = re.compile(r"[ \t]*[\t\n\v\f\r\x85\u2028\u2029]+[ \t]*")
# Marks that set the direction of what follows (UAX #9). Letters carry theirs in themselves.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """The text without breaks, which become a space, marks of direction and control characters; trimmed."""
    spaced = _BREAKS.sub(" ", text)
    return "".join(c for c in spaced if c not in _DIRECTIONS and unicodedata.category(c) != "Cc").strip()


def one_line_each(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, each text in one line."""
    return {name: one_line(value) if isinstance(value, str) else value for name, value in values.items()}
