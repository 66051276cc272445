"""In which row of its file a run found what it is credited with, and which sources say the same of an activity: asked
of the tables of work of those runs whose rows are still there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from acompana.companies.models import Company
from acompana.kernel import sets
from acompana.sources import states
from acompana.sources.crediting import Credit
from acompana.sources.fields import ACTIVITY_BIT
from acompana.sources.mapping import SourceMapping
from acompana.sources.models import Provenance, Run
from acompana.sources.planning import CREATE, UPDATE, Tables
from acompana.sources.report import COUNTED


def with_lines(credits: list[Credit], company: Company, spoken: Sequence[Provenance]) -> list[Credit]:
    """The credits with the line of those whose source has spoken again since, or still has the row of another run:
    a source's provenance names one run and one line. Two queries, where a line is wanted."""
    wanted = {
        (credit.run.pk, credit.company_id): credit.run
        for credit in credits
        if credit.run is not None and credit.line is None and credit.activity_id is None
    }
    if not wanted:
        return credits
    there = set(connection.introspection.table_names())
    asked, params = [], []
    for provenance in spoken:  # what its newest run wrote over
        table = Tables.of(provenance.run).known
        if table in there:
            asked.append(f"SELECT run_id, CAST(%s AS bigint), line FROM {table} WHERE id = %s")
            params += [company.pk, provenance.pk]
    for (_, company_id), run in wanted.items():  # read through, as nothing finds a company in it
        table = Tables.of(run).plan
        if table in there and run.staged <= COUNTED:
            asked.append(
                f"SELECT {run.pk}, CAST(%s AS bigint), min(line) FROM {table} WHERE company_id = %s "
                f"AND action IN ({CREATE}, {UPDATE})"
            )
            params += [company_id, company_id]
    found = sets.rows(" UNION ALL ".join(asked), params) if asked else []
    lines = {(run, company_id): line for run, company_id, line in found if line is not None}
    return [
        replace(one, line=lines.get((one.run.pk, one.company_id)))
        if one.run is not None and (one.run.pk, one.company_id) in wanted and one.line is None and not one.activity_id
        else one
        for one in credits
    ]


def with_rows_of_activities(credits: list[Credit], company: Company, spoken: Sequence[Provenance]) -> list[Credit]:
    """The credits of activities with their own row of the file, which may have several of one company, and with the
    other sources that have a row of the same. Of a run whose rows are gone, or too many, nothing is said. Two queries.
    """
    mine = [credit for credit in credits if credit.activity_id is not None]
    if not mine:
        return credits
    runs = {run.pk: run for run in _runs_to_look_into(mine, spoken)}
    lines: dict[tuple[int, int, int], int | None] = {}
    said: dict[int, list[str]] = {}
    for run, company_id, activity_id, line in _rows_of_activities(runs.values(), mine, company):
        lines[run, company_id, activity_id] = line
        if runs[run].undone_at is None:
            said.setdefault(activity_id, []).append(runs[run].source.name)
    return [_told_by_rows(credit, lines, said) if credit.activity_id is not None else credit for credit in credits]


def _told_by_rows(credit: Credit, lines: dict[tuple[int, int, int], int | None], said: dict[int, list[str]]) -> Credit:
    assert credit.run is not None
    assert credit.activity_id is not None
    line = lines.get((credit.run.pk, credit.company_id, credit.activity_id))
    others = sorted(set(said.get(credit.activity_id, ())) - {credit.run.source.name})
    return replace(credit, line=line or credit.line, also=tuple(others))


def _runs_to_look_into(credits: Iterable[Credit], spoken: Iterable[Provenance]) -> Iterator[Run]:
    """Those that brought something first, then the newest; together no more rows than somebody may wait for."""
    credited = {credit.run.pk for credit in credits if credit.run is not None}
    sources = {provenance.source_id for provenance in spoken}
    kept = Run.objects.filter(source__in=sources, is_trial=False, has_rows=True, is_whole=True)
    room = COUNTED
    for run in sorted(kept.select_related("source"), key=lambda run: (run.pk not in credited, -run.pk)):
        is_of_use = run.pk in credited or (run.applied > 0 and run.state != states.UNDOING)
        if is_of_use and run.staged <= room and SourceMapping.of(run.mapping).has_activity:
            room -= run.staged
            yield run


def _rows_of_activities(runs: Iterable[Run], credits: Sequence[Credit], company: Company) -> list[tuple[Any, ...]]:
    """Run, company, activity, and the line by which the run wrote it, if it did."""
    companies = sorted({company.pk, *(credit.company_id for credit in credits)})
    activities = sorted({credit.activity_id for credit in credits if credit.activity_id is not None})
    wrote = f"p.action = {CREATE} OR (p.action = {UPDATE} AND (p.changed & {ACTIVITY_BIT}) <> 0)"
    asked, params = [], []
    for run in runs:
        tables = Tables.of(run)
        # Of a run that was cancelled, what was planned ahead was never applied; one that is undone counts back.
        upto = run.applied if run.undone_at is None and run.state != states.UNDOING else run.staged
        asked.append(
            f"SELECT {run.pk}, p.company_id, s.activity_id, min(CASE WHEN {wrote} THEN p.line END) "
            f"FROM {tables.plan} p JOIN {tables.staged} s ON s.line = p.line "
            f"WHERE p.line <= %s AND p.company_id IN ({_places(companies)}) "
            f"AND s.activity_id IN ({_places(activities)}) GROUP BY p.company_id, s.activity_id"
        )
        params += [upto, *companies, *activities]
    return sets.rows(" UNION ALL ".join(asked), params) if asked else []


def _places(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))
