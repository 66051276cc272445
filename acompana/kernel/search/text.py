"""One normal form of text for searching and matching, the same in Python and in SQL.

Lower case, without accents, punctuation turned into single spaces: « Café-Ñandú S.A. » → "cafe nandu s a".
The definition uses only what both databases can do alike: compatibility decomposition, removal of combining marks,
ASCII lower case and a short table of letters that do not decompose.
"""

from __future__ import annotations

import re
import unicodedata

FOLD_FROM = "ABCDEFGHIJKLMNOPQRSTUVWXYZØøĐđŁłÆŒÞ"
FOLD_TO = "abcdefghijklmnopqrstuvwxyzooddllæœþ"
_FOLD = str.maketrans(FOLD_FROM, FOLD_TO)
_MARKS = re.compile("[\u0300-\u036f]+")
# Everything in ASCII that is neither letter nor digit, Latin-1 punctuation, and the general punctuation block.
SEPARATORS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f]+"
_SEPARATORS = re.compile(SEPARATORS)


def normalise(text: str) -> str:
    """The normal form of a text; an empty text stays empty."""
    # Letters of Latin-1 and its extension change one by one: a look-up each, and what becomes ASCII is done. An import
    # normalises two million names.
    quick = text.translate(_LETTERS)
    if quick.isascii():
        return " ".join(quick.split())
    return _normalise(text)


def _normalise(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.replace("\x00", " "))
    return _SEPARATORS.sub(" ", _MARKS.sub("", text).translate(_FOLD)).strip()


_LETTERS = {
    code: _SEPARATORS.sub(" ", _MARKS.sub("", unicodedata.normalize("NFKD", chr(code))).translate(_FOLD))
    for code in range(1, 0x180)
} | {0: " "}


LEGAL_FORM = re.compile(
    r" (?:(?:y )?(?:cia|compania)|s ?p ?a|l ?t ?d ?a|limitada|s ?a|e ?i ?r ?l|sociedad por acciones|sociedad anonima"
    r"(?: abierta| cerrada)?|(?:sociedad de |empresa individual de )?responsabilidad limitada)$"
)


def without_legal_form(normal: str) -> str:
    """A normal form without what kind of company stands at its end, which people mistake: « R Ñandú y Cía. Ltda. » →
    "r nandu". Unchanged where no word of three letters would be left (EXP-1)."""
    rest = normal
    while found := LEGAL_FORM.search(rest):
        rest = rest[: found.start()]
    return rest if any(len(word) >= 3 for word in rest.split()) else normal


def words_of(text: str) -> list[str]:
    return normalise(text).split()
