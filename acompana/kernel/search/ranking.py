"""What stands before what among the rows that were found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from acompana.kernel.search.backends import Terms

Row = tuple[int, str, int, int, str, str, int | None]  # id, kind, object_id, tier, text, code, company


@dataclass(frozen=True, slots=True)
class Nearness:
    """Whose things come first among those that answer alike.

    `own`: the ids of a person's companies, looked among before any others, so that none is cut; `of`: how near the
    companies of some ids are, 0 one's own, 1 those of one's place; who is not named is far.
    """

    own: frozenset[int]
    of: Callable[[Collection[int]], Mapping[int, int]]


FAR = 2


def closeness_of(row: Row, terms: Terms) -> int:
    """A number, the whole name, its beginning, a word's beginning, words apart, words but for the legal form,
    anywhere."""
    text, code = row[4], row[5]
    spaced = f" {terms.whole}"
    if any(begins and code.startswith(begins) for begins in (terms.code, terms.phone)):
        return 0
    if text == spaced:
        return 1
    if text.startswith(spaced):
        return 2
    if spaced in text:
        return 3
    if all(f" {word}" in text for word in terms.whole.split()):
        return 4
    return 5 if all(f" {pattern.lstrip()}" in text for pattern in terms.patterns) else 6


ALIKE = {0: 0, 1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 3}
"""Closeness as people see it: that a word of a name begins so says as much wherever it stands."""


def rank(row: Row, terms: Terms, near: Mapping[int, int], order: int) -> tuple[int, ...]:
    """Relation first; then how close it is; among what answers alike, one's own and that of one's place.

    `order`: that of its kind.
    """
    pk, _, _, tier, text, _, company_id = row
    closeness = closeness_of(row, terms)
    return tier, ALIKE[closeness], near.get(company_id or 0, FAR), closeness, order, len(text), pk


def standing_of(row: Row, terms: Terms, near: Mapping[int, int]) -> tuple[int, ...]:
    """What it is before others by, whatever its kind and name: those of one standing answer alike."""
    tier, alike, nearness = rank(row, terms, near, 0)[:3]
    return tier, alike, int(nearness > 0)
