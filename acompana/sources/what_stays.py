"""What undoing a run would do and what it did: what goes, what stays and why.

Questions of pages, and the pieces of SQL by which `undoing` acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from acompana.companies.models import Company
from acompana.kernel import sets
from acompana.kernel.models import ChangeSet
from acompana.sources.contacts import count_still_given
from acompana.sources.fields import ACTIVITY_BIT, CONTACT_BIT, RELATION_BIT
from acompana.sources.mapping import SourceMapping
from acompana.sources.models import Run
from acompana.sources.planning import COMPANY, CREATE, LEAVE, UPDATE, Tables
from acompana.sources.standing import SINCE, TOUCHED_SINCE, UNDONE

LOOKED_THROUGH = 100_000
ROWS = {"companies_companyactivity": "companies.companyactivity", "companies_contact": "companies.contact"}
BESIDE = ACTIVITY_BIT | CONTACT_BIT | RELATION_BIT  # bits that are no value of the company itself
# A row `p` wrote values of the company itself, and `before` has what they were; of a file of activities, one of many.
WROTE = f"(p.changed & ~{ACTIVITY_BIT | CONTACT_BIT}) <> 0"
OF_IMPORT = ("companies_companyactivity", "companies_contact", "sources_provenance")

# What the system itself keeps about a company, or that somebody looked at it: nobody's work, and it goes with it.
DERIVED = {
    "companies_waitingmatch": "1 = 1",
    "matters_presence": "1 = 1",
    "companies_companypair": "x.state = 'open'",
}


def references() -> Iterator[tuple[str, str]]:
    """Every table that may hold something of a company, whatever room it is of, beside what an import itself made."""
    for relation in Company._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            table = cast("Any", relation).related_model._meta.db_table
            if table not in OF_IMPORT:
                yield table, cast("Any", relation).field.column


class WhatStays:
    """Of one run that is to be taken back, or was."""

    def __init__(self, run: Run) -> None:
        self.run, self.tables = run, Tables.of(run)

    @property
    def stays(self) -> str:
        """SQL: what a row `p` wrote of a company `c` stays, since somebody or another load did something with it after
        the run, or another source says the same after it. The run's change set comes as the one parameter."""
        return f"({TOUCHED_SINCE} OR EXISTS (SELECT 1 FROM sources_provenance o WHERE {self._confirms}))"

    @property
    def _confirms(self) -> str:
        """SQL: provenance `o`, of a later load of another source, that says that a company is there which a row `p`
        made, or what the row changed."""
        return (
            f"o.company_id = c.id AND o.source_id + 0 <> {self.run.source_id} AND o.run_id > {self.run.pk} "
            f"AND (p.action = {CREATE} OR (o.fields & p.changed & ~{BESIDE}) <> 0)"
        )

    @property
    def can_look(self) -> bool:
        """Whether its rows are there, and few enough to look through while somebody waits."""
        return self.run.has_rows and self.run.staged <= LOOKED_THROUGH

    def preview(self) -> dict[str, int] | None:
        """How many companies would go and come back, and how many stay as they are now; None for a run too long to
        look through while somebody waits."""
        run = self.run
        if run.staged > LOOKED_THROUGH:
            return None
        whole = [0, run.staged]
        removed = sets.value(
            f"SELECT count(*) FROM ({self.untouched_creations()}) AS doomed", [*whole, run.change_set_id]
        )
        back = sets.value(
            f"SELECT count(DISTINCT c.id) FROM {self.tables.plan} p JOIN {self.tables.before} b "
            f"ON b.company_id = p.company_id JOIN {COMPANY} c ON c.id = b.company_id "
            f"WHERE p.action = {UPDATE} AND {WROTE} AND NOT {self.stays}",
            [run.change_set_id],
        )
        rows_alone = sets.value(f"SELECT count(*) FROM {self.tables.plan} p WHERE action = {UPDATE} AND NOT {WROTE}")
        back += rows_alone
        touched = run.created + run.updated
        if run.undone_at is not None:  # what stayed is all that the plan still has
            touched = sets.value(f"SELECT count(*) FROM {self.tables.plan} WHERE action IN ({CREATE}, {UPDATE})")
        touched += self.taken(whole)
        return {"removed": removed, "back": back, "kept": touched - removed - back}

    @property
    def is_taken(self) -> str:
        """SQL: of a row `p` that left its company as it is, a person took what the source says since: it is theirs."""
        return (
            f"(p.action = {LEAVE} AND p.fresh = 1 AND EXISTS (SELECT 1 FROM sources_provenance t "
            f"WHERE t.company_id = p.company_id AND t.run_id = {self.run.pk} AND t.kept <> p.kept))"
        )

    def taken(self, lines: list[int] | None = None) -> int:
        """Of how many companies that the run left as they were, a person took what it said: they stay too."""
        found: int = sets.value(
            f"SELECT count(*) FROM {self.tables.plan} p WHERE p.line > %s AND p.line <= %s AND {self.is_taken}",
            lines or [0, self.run.staged],
        )
        return found

    def staying(self, limit: int) -> list[tuple[int, str]]:
        """Some of the companies that would stay as they are now, with their names; for a run that has a preview."""
        run = self.run
        return self._named(
            f"WHERE (p.action = {UPDATE} AND {WROTE} AND {self.stays}) OR (p.action = {CREATE} "
            f"AND c.id NOT IN ({self.untouched_creations()})) OR {self.is_taken}",
            [run.change_set_id, 0, run.staged, run.change_set_id],
            limit,
        )

    def stayed(self, limit: int) -> list[tuple[int, str]]:
        """Some of the companies that stayed as they were when the run was taken back, with their names; of a run whose
        rows are still there, and none of one too long to look through."""
        if not self.can_look:
            return []
        undoing = ChangeSet.objects.filter(undoes=self.run.change_set_id).values_list("pk", flat=True).first()
        return self._named(
            f"WHERE p.action = {CREATE} OR (p.action = {UPDATE} AND {WROTE} AND NOT EXISTS "
            "(SELECT 1 FROM kernel_change h WHERE h.model = 'companies.company' AND h.object_id = c.id "
            f"AND h.change_set_id = %s)) OR {self.is_taken}",
            [undoing],
            limit,
        )

    def going(self) -> dict[str, int]:
        """What would go of companies that otherwise stay: the activities and contacts that the run added, and what it
        gave to people who were there. For a run that has a preview."""
        stay = (
            f"SELECT c.id FROM {self.tables.before} b JOIN {COMPANY} c ON c.id = b.company_id "
            f"JOIN {self.tables.plan} p ON p.company_id = c.id WHERE p.action = {UPDATE} AND {WROTE} AND {self.stays}"
        )
        mine = self.run.change_set_id
        activities, contacts = (
            sets.value(f"SELECT count(*) {self.added_rows(table, stay)}", [mine, mine]) for table in ROWS
        )
        given = count_still_given(stay, [mine], change_set_id=mine)
        return {"activities": activities, "contacts": contacts, "given": given}

    def gone(self) -> dict[str, int]:
        """What went of the companies that stayed, of a run that was undone and has a preview."""
        told = dict(
            sets.rows(
                "SELECT h.model || h.action, count(DISTINCT h.object_id) FROM kernel_changeset u JOIN kernel_change h "
                "ON h.change_set_id = u.id WHERE u.undoes_id = %s AND h.record_model = 'companies.company' AND "
                f"h.record_id IN (SELECT company_id FROM {self.tables.plan} WHERE action = {UPDATE}) AND NOT EXISTS "
                "(SELECT 1 FROM kernel_change o WHERE o.model = 'companies.company' AND o.object_id = h.record_id "
                "AND o.change_set_id = u.id) GROUP BY h.model, h.action",
                [self.run.change_set_id],
            )
        )
        activities, contacts = (told.get(f"{model}deleted", 0) for model in ROWS.values())
        return {
            "activities": activities,
            "contacts": contacts,
            "given": told.get("companies.contactupdated", 0),
        }

    def later_runs(self) -> tuple[int, list[tuple[int, int, bool]]]:
        """The runs that changed companies after this one and stand, or say the same of them, by which those stay: of
        how many companies in all, and of each run its number, that of its companies and whether it changed any, newest
        first. For a run that has a preview."""
        wrote = f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
        which = f"(p.action = {CREATE} OR (p.action = {UPDATE} AND {WROTE}))"
        pairs = (
            f"SELECT r.id AS run_id, c.id AS company_id, 1 AS changed {wrote}"
            "JOIN kernel_change h ON h.record_model = 'companies.company' AND h.record_id = c.id "
            "JOIN kernel_changeset hs ON hs.id = h.change_set_id JOIN sources_run r ON r.change_set_id = hs.id "
            f"WHERE {which} AND {SINCE} UNION SELECT o.run_id, c.id, 0 {wrote}"
            f"JOIN sources_provenance o ON {self._confirms} WHERE {which}"
        )
        params = [self.run.change_set_id]
        found = sets.rows(
            "SELECT run_id, count(DISTINCT company_id), max(changed) "
            f"FROM ({pairs}) AS pairs GROUP BY run_id ORDER BY run_id DESC",
            params,
        )
        total = sum(count for _, count, _ in found)
        if len(found) > 1:
            total = sets.value(f"SELECT count(DISTINCT company_id) FROM ({pairs}) AS pairs", params)
        return total, [(pk, count, changed == 1) for pk, count, changed in found]

    def left_by_undone(self) -> list[tuple[int, int]]:
        """The runs that were undone and still have a hand in companies to which this one, undone too, gave back what
        they had. Number of the run and of the companies, newest first; none of a run too long to look through."""
        if self.run.undone_at is None or self.run.staged > LOOKED_THROUGH:
            return []
        found = sets.rows(
            "SELECT r.id, count(DISTINCT h.object_id) FROM kernel_change g JOIN kernel_change h "
            "ON h.model = 'companies.company' AND h.object_id = g.record_id "
            "JOIN kernel_changeset hs ON hs.id = h.change_set_id JOIN sources_run r ON r.change_set_id = hs.id "
            "WHERE g.change_set_id = (SELECT id FROM kernel_changeset WHERE undoes_id = %s) "
            "AND g.record_model = 'companies.company' AND r.undone_at IS NOT NULL AND r.id <> %s "
            f"AND r.undone_kept > 0 AND r.has_rows AND NOT {UNDONE} GROUP BY r.id ORDER BY r.id DESC",
            [self.run.change_set_id, self.run.pk],
        )
        return [(pk, count) for pk, count in found]

    def _named(self, where: str, params: list[Any], limit: int) -> list[tuple[int, str]]:
        """Some companies of the run that are there, by name."""
        found = sets.rows(
            "SELECT c.id, CASE WHEN c.trade_name <> '' THEN c.trade_name ELSE c.legal_name END AS name "
            f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id {where} "
            f"ORDER BY name LIMIT {int(limit)}",
            params,
        )
        return [(pk, name) for pk, name in found]

    def _activities_said_since(self) -> str:
        """SQL: companies with the activities that later loads of other sources say, as far as their rows are still
        there; empty where there is none."""
        later = Run.objects.filter(pk__gt=self.run.pk, has_rows=True, is_trial=False, undone_at=None, is_whole=True)
        return " UNION ALL ".join(
            f"SELECT q.company_id, w.activity_id FROM {tables.plan} q JOIN {tables.staged} w ON w.line = q.line "
            "WHERE q.company_id IS NOT NULL AND w.activity_id IS NOT NULL AND w.fault IS NULL"
            for run in later.exclude(change_set=None).exclude(source=self.run.source_id)
            if SourceMapping.of(run.mapping).has_activity
            for tables in [Tables.of(run)]
        )

    def untouched_creations(self) -> str:
        held = " ".join(
            f"AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.{column} = c.id AND NOT ({DERIVED.get(table, '1 = 0')}))"
            for table, column in references()
        )
        return (
            f"SELECT c.id FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
            f"WHERE p.line > %s AND p.line <= %s AND p.action = {CREATE} AND NOT {self.stays} "
            f"{held} AND NOT EXISTS (SELECT 1 FROM companies_contact k JOIN companies_consent o "
            "ON o.contact_id = k.id WHERE k.company_id = c.id)"
        )

    def added_rows(self, table: str, companies: str) -> str:
        """SQL: the activities or contacts `x` that the run added to companies that were there before (`companies`: SQL
        for their ids); the run's change set comes last. Who agreed to something stays, and what a later load
        of another source says too."""
        if table == "companies_contact":
            spared = " AND NOT EXISTS (SELECT 1 FROM companies_consent o WHERE o.contact_id = x.id)"
        else:
            said = self._activities_said_since()
            spared = f" AND (x.company_id, x.activity_id) NOT IN ({said})" if said else ""
        return (
            f"FROM {table} AS x WHERE x.company_id IN ({companies}) AND x.id IN (SELECT object_id FROM kernel_change "
            f"WHERE change_set_id = %s AND action = 'created' AND model = '{ROWS[table]}'){spared}"
        )
