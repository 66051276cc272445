"""Taking a whole run back, in sets: companies it made that nobody touched since go, values it changed come back.

What somebody touched since stays as it is, and is counted: nothing is lost in silence (EXP-5). A stretch of lines at a
time, each a transaction of its own; begun and stopped, it goes on. The plan keeps the rows of what stayed, so that the
run can be undone again for those, once what came later was undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.db import transaction
from django.db.models import F

from acompana.companies.models import Company
from acompana.companies.search import index_companies
from acompana.kernel import sets
from acompana.kernel.changes import open_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.search.backends import TABLE as SEARCH
from acompana.kernel.search.keeping import index_rows
from acompana.sources import states
from acompana.sources.contacts import HISTORY, count_still_given, empty_again, given_more
from acompana.sources.indexing import forget_contacts
from acompana.sources.models import Run
from acompana.sources.planning import COMPANY, CREATE, LEAVE, STRETCH, UPDATE
from acompana.sources.standing import SINCE, TOUCHED_SINCE, UNDONE
from acompana.sources.working import ReadClock, Tell, Work

LOOKED_THROUGH = 100_000
ROWS = {"companies_companyactivity": "companies.companyactivity", "companies_contact": "companies.contact"}
OF_IMPORT = ("companies_companyactivity", "companies_contact", "sources_provenance")

# What the system itself keeps about a company, or that somebody looked at it: nobody's work, and it goes with it.
DERIVED = {
    "companies_waitingmatch": "1 = 1",
    "matters_presence": "1 = 1",
    "companies_companypair": "x.state = 'open'",
}


def _references() -> Iterator[tuple[str, str]]:
    """Every table that may hold something of a company, whatever room it is of, beside what an import itself made."""
    for relation in Company._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            table = cast("Any", relation).related_model._meta.db_table
            if table not in OF_IMPORT:
                yield table, cast("Any", relation).field.column


class Undoing:
    """Takes back what a run did, from its last line to its first."""

    def __init__(self, run: Run, *, read_clock: ReadClock, tell: Tell = lambda done, total: None) -> None:
        self.run, self.tell, self.read_clock = run, tell, read_clock
        self.work = Work(run, read_clock=read_clock)
        self.tables = self.work.tables

    def __call__(self) -> None:
        run = self.run
        undoing = ChangeSet.objects.filter(undoes=run.change_set_id).first()
        if undoing is None:
            with transaction.atomic():
                # Of a run that was cancelled, the stretch planned ahead: it was never applied.
                sets.run(f"DELETE FROM {self.tables.plan} WHERE line > %s", [run.applied])
                undoing = open_change_set(
                    kind="undo",
                    title=f"Deshace: {run.change_set}",
                    person_id=run.undone_by_id,
                    now=self.read_clock(),
                    channel="import",
                    undoes=run.change_set,
                )
        # `applied` counts back down to nothing, so that a run killed here goes on too.
        total = run.staged
        while run.applied > 0:
            after = max(0, run.applied - STRETCH)
            with transaction.atomic():
                sets.look_up_by_index()
                counts = self._stretch(after, run.applied, undoing)
                self.work.note(applied=after, **counts)
            self.tell(total - run.applied, total)
        self.work.move_to(states.UNDONE, undone_at=self.read_clock(), holder="")

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
            f"SELECT count(*) FROM ({self._untouched_creations()}) AS doomed", [*whole, run.change_set_id]
        )
        back = sets.value(
            f"SELECT count(DISTINCT c.id) FROM {self.tables.plan} p JOIN {self.tables.before} b "
            f"ON b.company_id = p.company_id JOIN {COMPANY} c ON c.id = b.company_id "
            f"WHERE p.action = {UPDATE} AND NOT {TOUCHED_SINCE}",
            [run.change_set_id],
        )
        rows_alone = sets.value(
            f"SELECT count(*) FROM {self.tables.plan} p WHERE action = {UPDATE} "
            f"AND NOT EXISTS (SELECT 1 FROM {self.tables.before} b WHERE b.company_id = p.company_id)"
        )
        back += rows_alone
        touched = run.created + run.updated
        if run.undone_at is not None:  # what stayed is all that the plan still has
            touched = sets.value(f"SELECT count(*) FROM {self.tables.plan} WHERE action IN ({CREATE}, {UPDATE})")
        touched += self.taken(whole)
        return {"removed": removed, "back": back, "kept": touched - removed - back}

    @property
    def _is_taken(self) -> str:
        """SQL: of a row `p` that left its company as it is, a person took what the source says since: it is theirs."""
        return (
            f"(p.action = {LEAVE} AND p.fresh = 1 AND EXISTS (SELECT 1 FROM sources_provenance t "
            f"WHERE t.company_id = p.company_id AND t.run_id = {self.run.pk} AND t.kept <> p.kept))"
        )

    def taken(self, lines: list[int] | None = None) -> int:
        """Of how many companies that the run left as they were, a person took what it said: they stay too."""
        found: int = sets.value(
            f"SELECT count(*) FROM {self.tables.plan} p WHERE p.line > %s AND p.line <= %s AND {self._is_taken}",
            lines or [0, self.run.staged],
        )
        return found

    def staying(self, limit: int) -> list[tuple[int, str]]:
        """Some of the companies that would stay as they are now, with their names; for a run that has a preview."""
        run = self.run
        return self._named(
            f"WHERE (p.action = {UPDATE} AND b.company_id IS NOT NULL AND {TOUCHED_SINCE}) OR (p.action = {CREATE} "
            f"AND c.id NOT IN ({self._untouched_creations()})) OR {self._is_taken}",
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
            f"WHERE p.action = {CREATE} OR (p.action = {UPDATE} AND b.company_id IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM kernel_change h WHERE h.model = 'companies.company' AND h.object_id = c.id "
            f"AND h.change_set_id = %s)) OR {self._is_taken}",
            [undoing],
            limit,
        )

    def going(self) -> dict[str, int]:
        """What would go of companies that otherwise stay: the activities and contacts that the run added, and what it
        gave to people who were there. For a run that has a preview."""
        stay = (
            f"SELECT c.id FROM {self.tables.before} b JOIN {COMPANY} c ON c.id = b.company_id "
            f"JOIN {self.tables.plan} p ON p.company_id = c.id WHERE p.action = {UPDATE} AND {TOUCHED_SINCE}"
        )
        mine = self.run.change_set_id
        activities, contacts = (
            sets.value(f"SELECT count(*) {self._added_rows(table, stay)}", [mine, mine]) for table in ROWS
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

    def later_runs(self) -> tuple[int, list[tuple[int, int]]]:
        """The runs that changed companies after this one and stand, by which those stay: of how many companies in all,
        and the number of each run with that of its companies, newest first. For a run that has a preview."""
        of = (
            f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
            f"LEFT JOIN {self.tables.before} b ON b.company_id = c.id "
            "JOIN kernel_change h ON h.record_model = 'companies.company' AND h.record_id = c.id "
            "JOIN kernel_changeset hs ON hs.id = h.change_set_id JOIN sources_run r ON r.change_set_id = hs.id "
            f"WHERE (p.action = {CREATE} OR (p.action = {UPDATE} AND b.company_id IS NOT NULL)) AND {SINCE}"
        )
        params = [self.run.change_set_id]
        found = sets.rows(f"SELECT r.id, count(DISTINCT c.id) {of} GROUP BY r.id ORDER BY r.id DESC", params)
        total = sets.value(f"SELECT count(DISTINCT c.id) {of}", params) if len(found) > 1 else sum(n for _, n in found)
        return total, [(pk, count) for pk, count in found]

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
            f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
            f"LEFT JOIN {self.tables.before} b ON b.company_id = c.id {where} ORDER BY name LIMIT {int(limit)}",
            params,
        )
        return [(pk, name) for pk, name in found]

    def _stretch(self, after: int, upto: int, undoing: ChangeSet) -> dict[str, F]:
        stretch = [after, upto]
        doomed, put_back = f"{self.tables.plan}_d", f"{self.tables.plan}_b"
        sets.make_table(doomed, {"id": "bigint"})
        sets.make_table(put_back, {"id": "bigint"})
        sets.run(f"INSERT INTO {doomed} {self._untouched_creations()}", [*stretch, self.run.change_set_id])
        sets.run(
            f"INSERT INTO {put_back} SELECT b.company_id FROM {self.tables.before} b "
            f"JOIN {self.tables.plan} p ON p.company_id = b.company_id AND p.action = {UPDATE} "
            f"JOIN {COMPANY} c ON c.id = b.company_id WHERE p.line > %s AND p.line <= %s AND NOT {TOUCHED_SINCE}",
            [*stretch, self.run.change_set_id],
        )
        self._take_away_rows(stretch, undoing)
        self._take_away_what_people_got(stretch, undoing)
        removed = self._remove(doomed, undoing)
        back = self._put_back(put_back, undoing)
        self._put_back_provenance(stretch, put_back)
        touched = sets.value(
            f"SELECT count(*) FROM {self.tables.plan} WHERE line > %s AND line <= %s AND action IN "
            f"({CREATE}, {UPDATE})",
            stretch,
        )
        only_rows = sets.value(
            f"SELECT count(*) FROM {self.tables.plan} p WHERE line > %s AND line <= %s AND action = {UPDATE} "
            f"AND NOT EXISTS (SELECT 1 FROM {self.tables.before} b WHERE b.company_id = p.company_id)",
            stretch,
        )
        index_companies(sets.value_list(f"SELECT id FROM {put_back}"))
        touched += self.taken(stretch)
        self._keep_what_stayed(stretch, doomed, put_back)
        sets.drop_table(doomed)
        sets.drop_table(put_back)
        return {
            "undone_removed": F("undone_removed") + removed,
            "undone_put_back": F("undone_put_back") + back + only_rows,
            "undone_kept": F("undone_kept") + touched - removed - back - only_rows,
        }

    def _keep_what_stayed(self, stretch: list[int], doomed: str, put_back: str) -> None:
        """In the plan, beside the rejected rows, which somebody may want as a file again."""
        sets.run(
            f"DELETE FROM {self.tables.plan} AS p WHERE line > %s AND line <= %s AND "
            f"((action = {LEAVE} AND NOT {self._is_taken}) "
            f"OR (action = {CREATE} AND company_id IN (SELECT id FROM {doomed})) "
            f"OR (action = {UPDATE} AND (company_id IN (SELECT id FROM {put_back}) OR NOT EXISTS "
            f"(SELECT 1 FROM {self.tables.before} b WHERE b.company_id = p.company_id))))",
            stretch,
        )

    def _untouched_creations(self) -> str:
        held = " ".join(
            f"AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.{column} = c.id AND NOT ({DERIVED.get(table, '1 = 0')}))"
            for table, column in _references()
        )
        return (
            f"SELECT c.id FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
            f"WHERE p.line > %s AND p.line <= %s AND p.action = {CREATE} AND NOT {TOUCHED_SINCE} "
            f"{held} AND NOT EXISTS (SELECT 1 FROM companies_contact k JOIN companies_consent o "
            "ON o.contact_id = k.id WHERE k.company_id = c.id)"
        )

    def _added_rows(self, table: str, companies: str) -> str:
        """SQL: the activities or contacts `x` that the run added to companies that were there before (`companies`: SQL
        for their ids); the run's change set comes last. Who agreed to something stays."""
        spared = (
            " AND NOT EXISTS (SELECT 1 FROM companies_consent o WHERE o.contact_id = x.id)"
            if table == "companies_contact"
            else ""
        )
        return (
            f"FROM {table} AS x WHERE x.company_id IN ({companies}) AND x.id IN (SELECT object_id FROM kernel_change "
            f"WHERE change_set_id = %s AND action = 'created' AND model = '{ROWS[table]}'){spared}"
        )

    def _take_away_rows(self, stretch: list[int], undoing: ChangeSet) -> None:
        changed = f"SELECT company_id FROM {self.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE}"
        for table, model in ROWS.items():
            chosen = self._added_rows(table, changed)
            params = [*stretch, self.run.change_set_id]
            if table == "companies_contact":
                forget_contacts(f"SELECT x.id {chosen}", params)
            sets.run(
                f"{HISTORY}) SELECT %s, 'deleted', h.model, h.object_id, h.record_model, h.record_id, h.label, '' "
                f"FROM kernel_change h WHERE h.change_set_id = %s AND h.action = 'created' AND h.model = '{model}' "
                f"AND h.object_id IN (SELECT x.id {chosen})",
                [undoing.pk, self.run.change_set_id, *params],
            )
            sets.run(f"DELETE {chosen}", params)

    def _take_away_what_people_got(self, stretch: list[int], undoing: ChangeSet) -> None:
        """The e-mail or the telephone that somebody lacked before."""
        if not self.work.plan.mapping.has_contact:
            return
        changed = f"SELECT company_id FROM {self.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE}"
        empty_again(changed, stretch, change_set_id=self.run.change_set_id, undoing_id=undoing.pk)
        ids = sets.value_list(given_more(changed), [undoing.pk, *stretch])
        if ids:
            index_rows("contact", ids)

    def _remove(self, doomed: str, undoing: ChangeSet) -> int:
        chosen = f"(SELECT id FROM {doomed})"
        sets.run(
            f"{HISTORY}) SELECT %s, 'deleted', 'companies.company', c.id, 'companies.company', c.id, "
            "substr(CASE WHEN c.trade_name <> '' THEN c.trade_name ELSE c.legal_name END, 1, 200), '' "
            f"FROM {COMPANY} c WHERE c.id IN {chosen}",
            [undoing.pk],
        )
        for table, column in _references():
            if table in DERIVED:
                sets.run(f"DELETE FROM {table} WHERE {column} IN {chosen}")
        for table in OF_IMPORT:
            sets.run(f"DELETE FROM {table} WHERE company_id IN {chosen}")
        sets.run(f"DELETE FROM {SEARCH} WHERE company_id IN {chosen}")
        return sets.run(f"DELETE FROM {COMPANY} WHERE id IN {chosen}")

    def _put_back(self, put_back: str, undoing: ChangeSet) -> int:
        """Values as they were, with the inverse of their history."""
        sets.run(
            f"{HISTORY}, before, after) SELECT %s, 'updated', h.model, h.object_id, h.record_model, h.record_id, "
            "h.label, '', h.after, h.before FROM kernel_change h WHERE h.change_set_id = %s AND h.action = 'updated' "
            f"AND h.model = 'companies.company' AND h.object_id IN (SELECT id FROM {put_back})",
            [undoing.pk, self.run.change_set_id],
        )
        columns = [column for field in self.work.plan.mapping.fields for column, _ in field.columns]
        columns += [key for key in ("match_name", "match_trade_name") if key in self.work.plan.staged]
        told = ", ".join(f"{name} = b.{name}" for name in [*columns, "related_on"])
        done = sets.run(
            f"UPDATE {COMPANY} AS c SET {told}, version = c.version + 1 FROM {self.tables.before} b "
            f"WHERE b.company_id = c.id AND c.id IN (SELECT id FROM {put_back})"
        )
        return done

    def _put_back_provenance(self, stretch: list[int], put_back: str) -> None:
        """What sources said before the run, also of companies that it left as they are; not of those that somebody
        touched since, nor where somebody took its word."""
        spoken_of = (
            f"SELECT p.company_id FROM {self.tables.plan} p WHERE p.line > %s AND p.line <= %s "
            f"AND ((p.action = {UPDATE} AND (p.company_id IN (SELECT id FROM {put_back}) OR NOT EXISTS (SELECT 1 "
            f"FROM {self.tables.before} b WHERE b.company_id = p.company_id))) OR (p.action = {LEAVE} AND p.fresh = 1 "
            f"AND NOT {self._is_taken}))"
        )
        if sets.has_table(self.tables.known):  # not of a run of before there was one
            told = (
                f"run_id = k.run_id, line = k.line, fields = k.fields, kept = k.kept, said = {sets.to_json('k.said')}"
            )
            sets.run(
                f"UPDATE sources_provenance AS v SET {told} FROM {self.tables.known} k WHERE k.id = v.id "
                f"AND v.run_id IN (%s, k.run_id) AND v.company_id IN ({spoken_of})",
                [self.run.pk, *stretch],
            )
        sets.run(
            f"DELETE FROM sources_provenance AS v WHERE v.run_id = %s AND v.company_id IN ({spoken_of})",
            [self.run.pk, *stretch],
        )
