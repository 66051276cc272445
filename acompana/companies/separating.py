"""Of a merge that may be undone: what goes back to each of the two, and what stands in the way (EXP-1, EXP-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

from acompana.companies.merge_relations import relations
from acompana.companies.models import Company, CompanyPair
from acompana.companies.permissions import may_merge
from acompana.companies.presenting import label_of
from acompana.kernel.changes import Turn, lines_of
from acompana.kernel.models import ChangeSet
from acompana.kernel.obstacles import obstacles_to
from acompana.kernel.rut import format_rut
from acompana.people.actors import Actor
from acompana.shell.words import count_of

MOST = 5  # reasons that are told


@dataclass(frozen=True, slots=True)
class Separation:
    """Who would be two again, and why not; no reason: it may be done."""

    kept: Company
    gone: Company
    why_not: tuple[str, ...]

    @property
    def kept_name(self) -> str:
        return names_apart(self.kept, self.gone)[0]

    @property
    def gone_name(self) -> str:
        return names_apart(self.kept, self.gone)[1]


def names_apart(one: Company, other: Company) -> tuple[str, str]:
    """What two companies are called on one page: by their names, and where both have the same, with what is of one
    alone: its RUT or that of its country, else the number of its record."""
    if one.name.casefold() != other.name.casefold():
        return one.name, other.name
    return _name_with_number(one), _name_with_number(other)


def _name_with_number(company: Company) -> str:
    if company.rut:
        return f"{company.name} (RUT {format_rut(company.rut)})"
    if company.foreign_tax_id:
        return f"{company.name} ({company.foreign_tax_id})"
    return f"{company.name} (sin RUT, ficha {company.pk})"


def separation_of(company: Company, change_set: ChangeSet, actor: Actor) -> Separation | None:
    """Of a merge in which the company stayed, for who may undo it; else None."""
    pair = (
        CompanyPair.objects.select_related("first", "second")
        .filter(change_set=change_set, state=CompanyPair.State.MERGED)
        .first()
    )
    if pair is None or company.pk not in (pair.first_id, pair.second_id):
        return None
    if not may_merge(actor, pair.first, pair.second):
        return None
    gone = pair.second if company.pk == pair.first_id else pair.first
    reasons = dict.fromkeys(obstacle.text for obstacle in obstacles_to(change_set))
    return Separation(company, gone, tuple(reasons)[:MOST])


def separations(company: Company, turns: Iterable[Turn], actor: Actor) -> dict[int, Separation]:
    """Of the merges that a history shows and that stand, by their change sets."""
    merges = [turn.change_set for turn in turns if turn.change_set.kind == "merge" and not turn.undone]
    found = {made.pk: separation_of(company, made, actor) for made in merges}
    return {pk: separation for pk, separation in found.items() if separation}


def rows_going_back(change_set: ChangeSet) -> list[str]:
    """How many of each kind of thing that hangs on them the merge had changed."""
    of_company = Company._meta.label_lower
    rows = change_set.changes.exclude(model=of_company).order_by().values_list("model", "object_id").distinct()
    words = {relation.model: (relation.one, relation.many) for relation in reversed(relations())}
    told = []
    for model, many in Counter(model for model, _ in rows).items():
        name = str(apps.get_model(model)._meta.verbose_name)
        told.append(count_of(many, *words.get(model, (name, name))))
    return sorted(told, key=lambda text: text.partition(" ")[2])


def values_going_back(change_set: ChangeSet, company: Company) -> list[dict[str, str]]:
    """The values of one of them that the merge had changed: as they are and as they will be, for `summary_list`. That
    it is part of the other no longer is what all of it says."""
    joined = label_of("merged_into")
    return [
        {"label": line.label, "value": f"{line.became or 'Sin dato'} → {line.was or 'Sin dato'}"}
        for line in lines_of(change_set, company)
        if line.label != joined
    ]
