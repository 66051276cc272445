"""Amending reference data on screen: names and new rows, with what a change touches; nothing is deleted (EXP-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst, slugify

from acompana.kernel.changes import open_change_set, record_change, snapshot
from acompana.kernel.models import Change
from acompana.kernel.refusals import Refused
from acompana.reference.models import Activity, Commune, CommuneAlias, SalesBracket, Sector
from acompana.reference.rules import normalise_words

AMENDED: dict[type[models.Model], tuple[str, ...]] = {
    Sector: ("name", "strategic"),
    Activity: ("name",),
    SalesBracket: ("label",),
}
CAP = 1000


@dataclass(frozen=True, slots=True)
class Use:
    """How many rows of one kind point at a row: counted no further than a thousand."""

    model: str
    label: str
    count: int

    @property
    def text(self) -> str:
        return "más de 1.000" if self.count > CAP else f"{self.count:,}".replace(",", ".")


def uses_of(row: models.Model) -> list[Use]:
    """What points at a row of reference data, from any room: one capped count for each kind that can."""
    found = []
    for relation in row._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.one_to_many) or relation.related_model is CommuneAlias:
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: row}).order_by()  # type: ignore[union-attr]
        if count := rows[: CAP + 1].count():
            label = f"{capfirst(model._meta.verbose_name)}: {relation.field.verbose_name}"  # type: ignore[union-attr]
            found.append(Use(model._meta.label_lower, label, count))
    return found


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change moves without pointing at the row, in a sentence; `query` asks the list of companies for it."""

    text: str
    query: str = ""


# Of a row, with the columns that would change and their new values; `retired_on` among them when it goes out of use.
Moves = Callable[[models.Model, Mapping[str, Any], date], Iterable[Moved]]
_moves: dict[str, Moves] = {}


def register_moves(room: str, moves: Moves) -> None:
    """A room above says what follows of a change of reference data; `room` so that doing it twice changes nothing."""
    _moves[room] = moves


def moves_of(row: models.Model, values: Mapping[str, Any], today: date) -> list[Moved]:
    """What a change of a row would move beside what points at it, as every room says it. Changes nothing."""
    if type(row) in AMENDED and "retired_on" not in values:
        _, wanted = _wanted(row, values)
        values = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    return [moved for moves in _moves.values() for moved in moves(row, values, today)]


def _open_set(title: str, actor: Any, now: datetime) -> Any:
    person_id = actor.person.pk if actor.person else None
    return open_change_set(kind="reference", title=title, person_id=person_id, now=now, channel="desk")


def propose(row: models.Model, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an amendment would change of a row: label, as it is, as it would be. Changes nothing.

    Refused: a table whose rows are not named here, an empty name, one that is too long or that another row in use has,
    and no change at all.
    """
    names, wanted = _wanted(row, values)
    model: Any = type(row)
    title_column = names[0]
    title = wanted[title_column]
    if not title:
        raise Refused("Escribe el nombre.")
    if len(title) > model._meta.get_field(title_column).max_length:
        raise Refused("El nombre es demasiado largo.")
    others = model.objects.filter(retired_on=None).exclude(pk=row.pk).values_list(title_column, flat=True)
    if title != getattr(row, title_column) and _is_among(title, others):
        raise Refused(f"Ya hay una fila en uso que se llama «{title}».")
    found = [
        (capfirst(str(model._meta.get_field(name).verbose_name)), _words(getattr(row, name)), _words(wanted[name]))
        for name in names
        if getattr(row, name) != wanted[name]
    ]
    if not found:
        raise Refused("No cambiaste nada.")
    return found


def _is_among(title: str, others: Iterable[str]) -> bool:
    """Whether a name is there already, but for accents and case: in Python, since SQLite compares ASCII alone so."""
    return normalise_words(title) in {normalise_words(other) for other in others}


def _words(value: Any) -> str:
    return ("Sí" if value else "No") if isinstance(value, bool) else str(value)


def _wanted(row: models.Model, values: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    names = AMENDED.get(type(row))
    if names is None:
        raise Refused("Esta tabla viene de una norma: sus filas no se cambian aquí.")
    wanted = {name: values.get(name, getattr(row, name)) for name in names}
    return names, {n: " ".join(v.split()) if isinstance(v, str) else bool(v) for n, v in wanted.items()}


@transaction.atomic
def amend(*, row: models.Model, values: Mapping[str, Any], actor: Any, now: datetime) -> models.Model:
    """Names a row otherwise; everything that points at it reads the new name. Its history keeps the old one.

    Refused as `propose` is.
    """
    model: Any = type(row)
    stored = model.objects.select_for_update().get(pk=row.pk)
    proposed = propose(stored, values)
    names, wanted = _wanted(stored, values)
    before = snapshot(stored, names)
    for name, value in wanted.items():
        setattr(stored, name, value)
    if isinstance(stored, Activity):
        words = f"{stored.name} {stored.sub_line} {stored.line_of_business}"
        stored.search_text = normalise_words(words)
    stored.amended_on = timezone.localdate(now)
    stored.save()
    title = "; ".join(f"{label}: {was} → {becomes}" for label, was, becomes in proposed)
    record_change(stored, change_set=_open_set(title, actor, now), before=before, after=snapshot(stored, names))
    return stored


@transaction.atomic
def add_sector(*, name: str, strategic: bool, actor: Any, now: datetime) -> Sector:
    """A sector more. Refused: no name, or one that is there (bring it back if it is out of use)."""
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused("Escribe el nombre del sector.")
    slug = slugify(name)[:50]
    known = dict(Sector.objects.values_list("slug", "name"))
    if not slug or slug in known or _is_among(name, known.values()):
        raise Refused(f"Ya hay un sector «{name}». Si está fuera de uso, vuelve a usarlo.")
    sector = Sector.objects.create(slug=slug, name=name, strategic=strategic, amended_on=timezone.localdate(now))
    record_change(sector, change_set=_open_set(f"Sector nuevo: {sector}", actor, now))
    return sector


@transaction.atomic
def add_spelling(*, commune: Commune, spelling: str, actor: Any, now: datetime) -> CommuneAlias:
    """Another way in which registers write a commune. Refused: empty, or it is that of a commune already."""
    text = normalise_words(spelling)[:60]
    if not text:
        raise Refused("Escribe cómo aparece la comuna.")
    known = CommuneAlias.objects.select_related("commune").filter(spelling=text).first()
    if known is not None:
        raise Refused(f"«{text}» ya se lee como {known.commune}.")
    alias = CommuneAlias.objects.create(commune=commune, spelling=text)
    made = _open_set(f"{commune}: también «{text}»", actor, now)
    record_change(alias, change_set=made, record=commune)
    return alias


def added_spellings(commune: Commune) -> QuerySet[CommuneAlias]:
    """The spellings of a commune that somebody added; the others came with the system, and an upgrade brings them."""
    added = Change.objects.filter(
        model=CommuneAlias._meta.label_lower,
        action=Change.Action.CREATED,
        record_model=Commune._meta.label_lower,
        record_id=commune.pk,
    )
    return CommuneAlias.objects.filter(commune=commune, pk__in=added.values("object_id")).order_by("spelling")


@transaction.atomic
def remove_spelling(*, commune: Commune, alias_id: int, actor: Any, now: datetime) -> str:
    """Takes away a spelling that somebody added by mistake; gives it. What was read by it stays as it is.

    Refused: it is not there any more, or came with the system.
    """
    alias = added_spellings(commune).select_for_update().filter(pk=alias_id).first()
    if alias is None:
        raise Refused("Solo se quita una forma que añadió la agencia, y esa ya no está entre ellas.")
    made = _open_set(f"{commune}: ya no «{alias.spelling}»", actor, now)
    record_change(alias, change_set=made, before=snapshot(alias), record=commune)
    alias.delete()
    return alias.spelling
