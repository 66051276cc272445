"""Reads of sources and of what they say of a company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Model

from acompana.companies.models import Company
from acompana.companies.presenting import readable as present
from acompana.companies.rules import CHARACTERIZATION_FIELDS
from acompana.kernel import sets
from acompana.kernel.models import Change
from acompana.kernel.refusals import Refused
from acompana.sources.fields import ACTIVITY_BIT, CONTACT_BIT, FIELDS, PLACE, Field, fields_of
from acompana.sources.mapping import SourceMapping, places_of
from acompana.sources.models import Provenance, Run, Source
from acompana.sources.planning import CREATE, UPDATE, Tables
from acompana.sources.reading import first_rows, look_at
from acompana.sources.report import COUNTED, NAMED, readable


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


@dataclass(frozen=True, slots=True)
class Credit:
    """Who brought the value that a field has: a run of a source, or a person; and which sources agree with it.

    `line`: of the run's file, where it is still known. `run` is None where a person took the source's word.
    """

    label: str
    value: str
    source: Source | None
    run: Run | None
    line: int | None
    person: str
    at: datetime | None
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Last:
    """The last change of something that still holds."""

    change: Change | None
    run: Run | None

    @property
    def slug(self) -> str:
        if self.run is not None:
            return self.run.source.slug
        return self.change.source if self.change and self.change.action == Change.Action.UPDATED else ""

    def leaves(self, provenance: Provenance) -> bool:
        """Whether a source that held the value still does: an import takes it from those that it overwrites, a person
        who writes another one does not."""
        if self.change is None or self.run is not None or provenance.source.slug == self.slug:
            return True
        return (provenance.run.change_set_id or 0) > self.change.change_set_id


def words_of_sources(company: Company) -> tuple[list[Credit], list[Word], list[Provenance]]:
    """By field of which a source speaks, who brought its value; where sources say otherwise; and all who speak of a
    company. Whoever changed a field brought it, as its history tells: a source that says the same later agrees.

    Queries: two, one for each list in which a value is named, one each for activities and contacts, and two where a
    line has to be looked for in the rows that are kept of a run.
    """
    spoken = list(
        Provenance.objects.filter(company=company).select_related("source", "run").order_by("-run_id", "source__name")
    )
    names = _names(spoken)
    changes = _changes_that_hold(company)
    mine: list[Credit] = []
    for field in FIELDS:
        last = _last_of_field(changes, company, field)
        agreeing = [p for p in spoken if p.fields & field.bit and last.leaves(p)]
        if (agreeing or last.run) and (value := _value(company, field)):
            mine.append(_credit(field.label, value, last, agreeing))
    for label, rows in (
        ("Actividad del SII", company.activities.select_related("activity").order_by("-is_main", "id")),
        ("Contacto", company.contacts.filter(ended_on=None).order_by("name")),
    ):
        if any(provenance.fields & (ACTIVITY_BIT | CONTACT_BIT) for provenance in spoken):
            for row in rows:
                last = _made(changes, row)
                if last.run is not None:
                    mine.append(
                        _credit(label, str(row), last, [p for p in spoken if p.source_id == last.run.source_id])
                    )
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
    return _with_lines(mine, company, spoken), otherwise, spoken


def _changes_that_hold(company: Company) -> list[Change]:
    """What changed the company or its rows and was not undone for it, newest first. What a run did is undone object
    by object: it may have taken its activity away and left the company as it was."""
    undone: set[int | tuple[int, str, int]] = set()
    holding = []
    for change in (
        Change.objects.filter(record_model=Company._meta.label_lower, record_id=company.pk)
        .select_related("change_set__made_by", "change_set__import_run__source")
        .order_by("-id")
    ):
        of_import, set_id = change.change_set.kind == "import", change.change_set_id
        if ((set_id, change.model, change.object_id) if of_import else set_id) in undone:
            continue
        if (undoes := change.change_set.undoes_id) is not None:
            undone |= {undoes, (undoes, change.model, change.object_id)}
        else:
            holding.append(change)
    return holding


def _last_of_field(changes: Iterable[Change], company: Company, field: Field) -> _Last:
    names = {column.removesuffix("_id") for column, _ in field.columns} - {"office"}
    for change in changes:
        is_own = change.model == Company._meta.label_lower and change.object_id == company.pk
        if is_own and (change.action == Change.Action.CREATED or names & set(change.after or {})):
            return _last(change)
    return _Last(None, None)


def _made(changes: Iterable[Change], row: Model) -> _Last:
    label = row._meta.label_lower
    made = (c for c in changes if c.model == label and c.object_id == row.pk and c.action == Change.Action.CREATED)
    # The rows of a company that an import creates are told with the company alone.
    with_company = (c for c in changes if c.model == Company._meta.label_lower and c.action == Change.Action.CREATED)
    found = next(made, None) or next(with_company, None)
    return _last(found) if found is not None else _Last(None, None)


def _last(change: Change) -> _Last:
    return _Last(change, getattr(change.change_set, "import_run", None))


def _credit(label: str, value: str, last: _Last, agreeing: Sequence[Provenance]) -> Credit:
    """`agreeing`: who holds the same, newest run first; of a company without history, the first of them brought it."""
    teller = next((p for p in agreeing if p.source.slug == last.slug), None)
    if last.change is None:
        teller = agreeing[-1]
    run = last.run or (teller.run if teller else None)
    source = teller.source if teller else (last.run.source if last.run else None)
    made = last.change.change_set if last.change is not None else None
    return Credit(
        label=label,
        value=value,
        source=source,
        run=run,
        line=teller.line if teller is not None and run is not None and teller.run_id == run.pk else None,
        person=(str(made.made_by) if made.made_by else "El sistema") if made is not None and last.run is None else "",
        at=made.made_at if made is not None else None,
        also=tuple(dict.fromkeys(p.source.name for p in agreeing if source is None or p.source_id != source.pk)),
    )


def _with_lines(credits: list[Credit], company: Company, spoken: Sequence[Provenance]) -> list[Credit]:
    """The credits with the line of those whose source has spoken again since, or still has the row of another run:
    a source's provenance names one run and one line."""
    wanted = {credit.run.pk: credit.run for credit in credits if credit.run is not None and credit.line is None}
    if not wanted:
        return credits
    there = set(connection.introspection.table_names())
    asked, params = [], []
    for provenance in spoken:  # what its newest run wrote over
        table = Tables.of(provenance.run).known
        if table in there:
            asked.append(f"SELECT run_id, line FROM {table} WHERE id = %s")
            params.append(provenance.pk)
    for run in wanted.values():  # read through, as nothing finds a company in it
        table = Tables.of(run).plan
        if table in there and run.staged <= COUNTED:
            asked.append(
                f"SELECT {run.pk}, min(line) FROM {table} WHERE company_id = %s AND action IN ({CREATE}, {UPDATE})"
            )
            params.append(company.pk)
    found = sets.rows(" UNION ALL ".join(asked), params) if asked else []
    lines = {run: line for run, line in found if line is not None}
    return [
        replace(credit, line=lines.get(credit.run.pk)) if credit.run is not None and credit.line is None else credit
        for credit in credits
    ]


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
