"""Taking a whole run back, in sets: companies it made that nobody touched since go, values it changed come back.

What somebody touched since stays as it is, so does what another source says since, and both are counted: nothing is
lost in silence (EXP-5). A stretch of lines at a
time, each a transaction of its own; begun and stopped, it goes on. The plan keeps the rows of what stayed, so that the
run can be undone again for those, once what came later was undone.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from acompana.companies.search import index_companies
from acompana.kernel import sets
from acompana.kernel.changes import open_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.search.backends import TABLE as SEARCH
from acompana.kernel.search.keeping import index_rows
from acompana.sources import states
from acompana.sources.contacts import HISTORY, empty_again, given_more
from acompana.sources.indexing import forget_contacts
from acompana.sources.models import Run
from acompana.sources.planning import COMPANY, CREATE, LEAVE, STRETCH, UPDATE
from acompana.sources.what_stays import DERIVED, OF_IMPORT, ROWS, WROTE, WhatStays, references
from acompana.sources.working import ReadClock, Tell, Work


class Undoing:
    """Takes back what a run did, from its last line to its first."""

    def __init__(self, run: Run, *, read_clock: ReadClock, tell: Tell = lambda done, total: None) -> None:
        self.run, self.tell, self.read_clock = run, tell, read_clock
        self.work = Work(run, read_clock=read_clock)
        self.tables = self.work.tables
        self.what = WhatStays(run)

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
                sets.without_compiling()
                sets.look_up_by_index()
                counts = self._stretch(after, run.applied, undoing)
                self.work.note(applied=after, **counts)
            self.tell(total - run.applied, total)
        self.work.move_to(states.UNDONE, undone_at=self.read_clock(), holder="")

    def _stretch(self, after: int, upto: int, undoing: ChangeSet) -> dict[str, F]:
        stretch = [after, upto]
        doomed, put_back = f"{self.tables.plan}_d", f"{self.tables.plan}_b"
        sets.make_table(doomed, {"id": "bigint"})
        sets.make_table(put_back, {"id": "bigint"})
        sets.run(f"INSERT INTO {doomed} {self.what.untouched_creations()}", [*stretch, self.run.change_set_id])
        sets.run(
            f"INSERT INTO {put_back} SELECT b.company_id FROM {self.tables.before} b "
            f"JOIN {self.tables.plan} p ON p.company_id = b.company_id AND p.action = {UPDATE} AND {WROTE} "
            f"JOIN {COMPANY} c ON c.id = b.company_id WHERE p.line > %s AND p.line <= %s AND NOT {self.what.stays}",
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
            f"AND NOT {WROTE}",
            stretch,
        )
        index_companies(sets.value_list(f"SELECT id FROM {put_back}"))
        touched += self.what.taken(stretch)
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
            f"((action = {LEAVE} AND NOT {self.what.is_taken}) "
            f"OR (action = {CREATE} AND company_id IN (SELECT id FROM {doomed})) "
            f"OR (action = {UPDATE} AND (company_id IN (SELECT id FROM {put_back}) OR NOT {WROTE})))",
            stretch,
        )

    def _take_away_rows(self, stretch: list[int], undoing: ChangeSet) -> None:
        changed = f"SELECT company_id FROM {self.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE}"
        for table, model in ROWS.items():
            chosen = self.what.added_rows(table, changed)
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
        for table, column in references():
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
            f"AND NOT {self.what.is_taken}))"
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
