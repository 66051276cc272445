"""Reads of sources and of what they say of a company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acompana.companies.models import Company, CompanyActivity, Contact
from acompana.companies.presenting import readable as present
from acompana.companies.rules import CHARACTERIZATION_FIELDS
from acompana.kernel.refusals import Refused
from acompana.sources.credited_rows import with_lines, with_rows_of_activities
from acompana.sources.crediting import Credit, History, credit, credit_activity, credit_person
from acompana.sources.fields import ACTIVITY_BIT, CONTACT_BIT, FIELDS, PLACE, Field, fields_of
from acompana.sources.mapping import SourceMapping, places_of
from acompana.sources.models import Provenance, Source
from acompana.sources.reading import first_rows, look_at
from acompana.sources.report import NAMED, readable


def source_of_file(path: Path) -> Source | None:
    """The source whose mapping fits the columns of a file best; None if none fits."""
    facts = look_at(path)
    best: tuple[int, Source] | None = None
    for source in Source.objects.filter(retired_on=None).order_by("-is_shipped", "pk"):
        mapping = SourceMapping.of(source.mapping)
        table, _ = first_rows(path, facts, mapping, 1)
        try:
            fits = len(places_of(mapping, table.head))
        except Refused:
            continue
        if best is None or fits > best[0]:
            best = (fits, source)
    return best[1] if best else None


@dataclass(frozen=True, slots=True)
class Word:
    """What a source says of a field where the agency has another value."""

    field: str
    label: str
    value: str
    other: str
    provenance: Provenance
    may_take: bool = False


def words_of_sources(company: Company) -> tuple[list[Credit], list[Word], list[Provenance]]:
    """By field of which a source speaks, who brought its value; where sources say otherwise; and all who speak of a
    company. Whoever changed a field brought it, as its history tells: a source that says the same later agrees.

    Queries: two, one for each list in which a value is named, one each for activities and contacts and one or two for
    their history; two where a line has to be looked for in the rows that are kept of a run, two more for activities.
    """
    spoken = list(
        Provenance.objects.filter(company=company).select_related("source", "run").order_by("-run_id", "source__name")
    )
    names = _names(spoken)
    activities, people = _rows_beside(company, spoken)
    history = History(company, [*activities, *people])
    mine: list[Credit] = []
    for field in FIELDS:
        last = history.last_of_field(field)
        agreeing = [p for p in spoken if p.fields & field.bit and last.leaves(p)]
        if (agreeing or last.run) and (value := _value(company, field)):
            mine.append(credit(company, field.label, value, last, agreeing))
    mine += [one for row in activities if (one := credit_activity(history, row, spoken)) is not None]
    mine += [one for person in people for one in credit_person(history, person, spoken)]
    otherwise = [
        Word(
            field.name,
            field.label,
            _value(company, field) or "sin dato",
            _said(field, provenance.said or {}, names),
            provenance,
            may_take=field.name == "place" or field.name in CHARACTERIZATION_FIELDS,
        )
        for provenance in spoken
        if provenance.run.undone_at is None  # what was undone offers nothing any more
        for field in fields_of(provenance.kept)
    ]
    mine = with_rows_of_activities(with_lines(mine, company, spoken), company, spoken)
    return mine, otherwise, spoken


def _rows_beside(company: Company, spoken: Sequence[Provenance]) -> tuple[list[CompanyActivity], list[Contact]]:
    """Its activities and people, where some source speaks of such."""
    if not any(provenance.fields & (ACTIVITY_BIT | CONTACT_BIT) for provenance in spoken):
        return [], []
    activities = company.activities.select_related("activity").order_by("-is_main", "id")
    return list(activities), list(company.contacts.filter(ended_on=None).order_by("name", "id"))


def _value(company: Company, field: Field) -> str:
    if field is PLACE:
        return ", ".join(str(place) for place in (company.commune, company.region) if place)
    return present(company, field.name)


def _names(spoken: Iterable[Provenance]) -> dict[str, dict[int, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for provenance in spoken:
        for column in NAMED:
            if value := (provenance.said or {}).get(column.removesuffix("_id")):
                wanted[column].add(value)
    return {c: {pk: str(o) for pk, o in NAMED[c]._default_manager.in_bulk(ids).items()} for c, ids in wanted.items()}


def _said(field: Field, said: Mapping[str, Any], names: Mapping[str, Mapping[int, str]]) -> str:
    columns = ["commune_id", "region_id"] if field is PLACE else [field.column]
    told = [(c, said.get(c.removesuffix("_id"))) for c in columns]
    return ", ".join(readable(field, c, value, names) for c, value in told if value not in (None, ""))
