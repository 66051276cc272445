"""What becomes, in a merge, of everything that hangs on a company or a contact. Each room says it of its own tables.

    register_relation(MergeRelation("matters.matter", "company", "asunto", "asuntos", Manner.MOVES))

A table that points to a company or a contact and says nothing here fails a test: a merge forgets nothing (EXP-1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from acompana.kernel.changes import on_undo


class Manner(StrEnum):
    """MOVES: points to the company that stays, with history. STAYS: points where it pointed, and is read through the
    merge (the logbook, which nobody changes). BY_HAND: the merge itself decides, row by row. PASSES: derived or
    fleeting; it is made anew or forgotten."""

    MOVES = "moves"
    STAYS = "stays"
    BY_HAND = "by_hand"
    PASSES = "passes"


@dataclass(frozen=True, slots=True)
class MergeRelation:
    """One foreign key. `clash`: fields of which the company may have each value once; among rows of `clash_among`,
    those that the other company has too stay behind, hidden and whole, until the merge is undone. Without fields, of
    the rows of `clash_among` a company may have one.
    `open`: which of the rows are under way; they are counted in the preview, and named by `tell`. `in_step` brings up
    to date what depends on the moved rows, here and after an undoing."""

    model: str
    field: str
    one: str
    many: str
    manner: Manner
    clash: tuple[str, ...] = ()
    clash_among: Q | None = None
    open: Q | None = None
    in_step: Callable[[Sequence[int]], None] | None = None
    tell: Callable[[Any], str] = str

    @property
    def key(self) -> tuple[str, str]:
        return self.model, self.field

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)


_relations: dict[tuple[str, str], MergeRelation] = {}


def register_relation(relation: MergeRelation) -> None:
    """Called once by the room that owns the table; again changes nothing."""
    _relations[relation.key] = relation
    if relation.in_step is not None:
        on_undo(relation.table, relation.in_step)


def relations(*manners: Manner) -> list[MergeRelation]:
    """Every relation declared, in the order in which rooms declared them."""
    return [relation for relation in _relations.values() if not manners or relation.manner in manners]


def register_own_relations() -> None:
    """The registry's own tables."""
    for model, field, one, many, manner, clash in (
        ("companies.company", "merged_into", "ficha fusionada antes", "fichas fusionadas antes", Manner.BY_HAND, ()),
        ("companies.contact", "company", "contacto", "contactos", Manner.BY_HAND, ()),
        ("companies.contact", "same_as", "contacto repetido", "contactos repetidos", Manner.BY_HAND, ()),
        ("companies.consent", "contact", "consentimiento", "consentimientos", Manner.STAYS, ()),
        ("companies.mandate", "company", "acceso", "accesos", Manner.BY_HAND, ()),
        ("companies.validation", "company", "validación", "validaciones", Manner.BY_HAND, ()),
        ("companies.assignment", "company", "asignación", "asignaciones", Manner.BY_HAND, ()),
        ("companies.countingaction", "company", "acción que cuenta", "acciones que cuentan", Manner.MOVES, ()),
        ("companies.product", "company", "producto", "productos", Manner.MOVES, ("description", "heading_id")),
        ("companies.companyactivity", "company", "actividad", "actividades", Manner.MOVES, ("activity_id",)),
        (
            "companies.declaredexport",
            "company",
            "exportación declarada",
            "exportaciones declaradas",
            Manner.MOVES,
            ("year", "market_id"),
        ),
        (
            "companies.marketinterest",
            "company",
            "mercado de interés",
            "mercados de interés",
            Manner.MOVES,
            ("country_id",),
        ),
        ("companies.companypair", "first", "par por revisar", "pares por revisar", Manner.BY_HAND, ()),
        ("companies.companypair", "second", "par por revisar", "pares por revisar", Manner.BY_HAND, ()),
        ("companies.waitingmatch", "company", "comparación", "comparaciones", Manner.PASSES, ()),
    ):
        register_relation(MergeRelation(model, field, one, many, manner, clash))
