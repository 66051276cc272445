"""Which of the old encodings a file has, once it is not UTF-8: the one under which it is Spanish. Pure."""

from __future__ import annotations

import re

# In the order in which they are believed where nothing tells them apart.
OLD_ENCODINGS = {"cp1252": "Latin-1 (Windows)", "cp850": "DOS (850)", "mac_roman": "Macintosh"}
LETTERS = frozenset("áéíóúñüÁÉÍÓÚÑÜ")
SIGNS = frozenset("¿¡ºª°´«»‘’“”–—…·€")
FOREIGN = re.compile(r"[^\x00-\x7f]")


def old_encoding(sample: bytes) -> str:
    """Its letters and signs that Spanish has speak for an encoding, any other beyond ASCII against it."""
    return max(OLD_ENCODINGS, key=lambda encoding: _likeness(sample.decode(encoding, "replace")))


def _likeness(text: str) -> int:
    return sum(_weight(found[0], *_beside(text, found.start())) for found in FOREIGN.finditer(text))


def _beside(text: str, at: int) -> tuple[str, str]:
    return text[at - 1 : at] if at else "", text[at + 1 : at + 2]


def _weight(character: str, before: str, after: str) -> int:
    if character in SIGNS:
        return 1  # less than a letter: what one encoding has for a Ñ, another has for a dash
    if character not in LETTERS:
        return -2
    if not before.isalpha() and not after.isalpha():
        return 0  # no word of Spanish; a dash between two words, read wrongly
    # A capital amid small letters, or a small letter amid capitals: the é of one encoding is the Ú of another.
    amiss = before.islower() if character.isupper() else after.isupper()
    return -2 if amiss else 2
