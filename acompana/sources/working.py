"""A run's work, phase by phase: read and stage, compare and apply, index. Each stretch of lines is one transaction
that also says how far it got, so that a run killed anywhere goes on from there and ends as if nothing had happened.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from acompana.companies.models import WaitingMatch
from acompana.desk.jobs import MANY_WAITING
from acompana.kernel import sets
from acompana.kernel.changes import open_change_set
from acompana.messages.worker import is_running, place
from acompana.sources import aside, states
from acompana.sources.alongside import helped_by
from acompana.sources.applying import Application
from acompana.sources.fields import BY_NAME, CONTACT_BIT
from acompana.sources.indexing import index_stretch
from acompana.sources.models import Run
from acompana.sources.planning import COMPANY, CREATE, LEAVE, REJECT, STRETCH, UPDATE, Plan, Tables
from acompana.sources.staging import Staging

ATTEMPTS = 5
KNOWN_BITS = (
    sum(BY_NAME[name].bit for name in ("legal_name", "trade_name", "place", "address", "website")) | CONTACT_BIT
)

Tell = Callable[[int, int], None]
ReadClock = Callable[[], datetime]


class Stopped(Exception):
    """Somebody cancelled the run while it worked."""


def holder() -> str:
    """This process, as runs know it."""
    return f"{place()}#{os.getpid()}"


def is_held(run: Run) -> bool:
    """Whether some process that still runs has it in its hands. One of another place is believed for ten minutes."""
    if not run.holder:
        return False
    where, _, pid = run.holder.rpartition("#")
    return where == place() and (int(pid) == os.getpid() or is_running(int(pid)))


class Work:
    """One process's work on one run."""

    def __init__(
        self,
        run: Run,
        *,
        read_clock: ReadClock,
        tell: Tell = lambda done, total: None,
        stretch: int = STRETCH,
        many: int = aside.MANY,
    ) -> None:
        self.run, self.read_clock, self.tell, self.stretch, self.many = run, read_clock, tell, stretch, many
        self.plan = Plan(run)
        self.tables = Tables.of(run)

    def __call__(self) -> None:
        """From wherever the run is to its end. Raises Refused for a file that cannot be read, Stopped if cancelled."""
        if not self.run.is_whole:
            self.read()
        if self.run.state == states.READING:
            self._begin_applying()
        if self.run.state == states.APPLYING:
            self._apply()
        if self.run.state == states.INDEXING:
            self._index()
            self.finish(states.DONE)

    def read(self) -> None:
        """The file into the table of work."""
        Staging(self.plan, note=self.note, tell=self.tell, now=self.read_clock(), batch=self.stretch)()

    # --- keeping how far it is ----------------------------------------------------------------------------------

    def note(self, **values: Any) -> None:
        """Keeps how far it is, in the caller's transaction; raises Stopped if the run is no longer in this state."""
        here = Run.objects.filter(pk=self.run.pk, state=self.run.state)
        if not here.update(alive_at=self.read_clock(), **values):
            raise Stopped
        for name, value in values.items():
            if not hasattr(value, "resolve_expression"):
                setattr(self.run, name, value)

    def move_to(self, state: str, **values: Any) -> None:
        assert states.may_go(self.run.state, state), (self.run.state, state)
        self.note(state=state, **values)

    def finish(self, state: str) -> None:
        self.move_to(state, finished_at=self.read_clock(), holder="")

    # --- applying -----------------------------------------------------------------------------------------------

    def _begin_applying(self) -> None:
        run = self.run
        with transaction.atomic():
            sets.without_compiling()
            if run.is_trial:
                self.move_to(states.APPLYING)
                return
            change_set = open_change_set(
                kind="import",
                title=f"Carga de {run.source}: {run.file_name}",
                person_id=run.started_by_id,
                now=self.read_clock(),
                channel="import",
            )
            run.change_set = change_set
            self._application().make_tables()
            self.move_to(states.APPLYING, change_set=change_set, put_aside=aside.put_aside(self.plan, many=self.many))

    def _application(self) -> Application:
        return Application(self.plan, now=self.read_clock())

    def _apply(self) -> None:
        run = self.run
        application = None if run.is_trial else self._application()
        begun_at = run.applied
        with helped_by(self._index_what_is_applied) if application else nullcontext(lambda: None) as call:
            while run.applied < run.staged:
                upto = min(run.applied + self.stretch, run.staged)
                is_first = run.applied == begun_at
                self._do_stretch(application, run.applied, upto)
                if is_first and run.put_aside:
                    aside.count_what_came()
                call()
                self.tell(run.applied, run.staged)
        if run.is_trial:
            self.finish(states.TRIED)
        else:
            run.refresh_from_db(fields=["indexed"])
            self.move_to(states.INDEXING)

    def _index_what_is_applied(self) -> bool:
        """A stretch of what another process of the database applies at the same time; whether there was one."""
        run = Run.objects.select_related("source").get(pk=self.run.pk)
        if run.state != states.APPLYING or run.indexed >= run.applied:
            return False
        Work(run, read_clock=self.read_clock, stretch=self.stretch).index_next_stretch()
        return True

    def _do_stretch(self, application: Application | None, after: int, upto: int) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    sets.look_up_by_index()
                    self.plan.judge(after, upto, only_looking=application is None)
                    if application is not None:
                        self._lock(after, upto)
                        application(after, upto)
                    self.note(applied=upto, **self._counts(after, upto))
                return
            except IntegrityError:
                # Somebody registered one of these companies in this very moment: what is planned anew knows it.
                if attempt == ATTEMPTS:
                    raise

    def _lock(self, after: int, upto: int) -> None:
        """What a stretch would change is held; planned again if it was changed before."""
        if not sets.is_postgres():
            return
        changing = f"SELECT company_id FROM {self.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE}"
        sets.rows(f"SELECT id FROM {COMPANY} WHERE id IN ({changing}) ORDER BY id FOR UPDATE", [after, upto])
        stale = sets.value(
            f"SELECT 1 FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id WHERE p.line > %s "
            f"AND p.line <= %s AND p.action = {UPDATE} AND c.version <> p.version LIMIT 1",
            [after, upto],
        )
        if stale:
            self.plan.judge(after, upto, only_looking=False)

    def _counts(self, after: int, upto: int) -> dict[str, Any]:
        found = sets.rows(
            f"SELECT action, count(*), sum(CASE WHEN kept <> 0 THEN 1 ELSE 0 END) FROM {self.tables.plan} "
            "WHERE line > %s AND line <= %s GROUP BY action",
            [after, upto],
        )
        by_action = {action: count for action, count, _ in found}
        names = {"created": CREATE, "updated": UPDATE, "left": LEAVE, "rejected": REJECT}
        counts = {name: F(name) + by_action.get(action, 0) for name, action in names.items()}
        return {**counts, "kept": F("kept") + sum(int(kept or 0) for *_, kept in found)}

    # --- indexing -----------------------------------------------------------------------------------------------

    def _index(self) -> None:
        """The search index, filled once at the end; then the indexes that were put aside."""
        run = self.run
        while run.indexed < run.applied:
            self.index_next_stretch()
            self.tell(run.indexed, run.applied)
        if run.put_aside:
            aside.bring_back(run.put_aside)
            self.note(put_aside={})

    def index_next_stretch(self) -> None:
        """One transaction over the stretch that comes next."""
        upto = min(self.run.indexed + self.stretch, self.run.applied)
        with transaction.atomic():
            sets.look_up_by_index()
            self._index_stretch(self.run.indexed, upto)
            self.note(indexed=upto)

    def index_what_is_there(self) -> None:
        """Of a run that was cancelled: what it made so far is found, and indexes are back."""
        self._index()

    def _index_stretch(self, after: int, upto: int) -> None:
        index_stretch(self.plan, after, upto)
        self._note_for_comparison(after, upto)

    def _note_for_comparison(self, after: int, upto: int) -> None:
        """Who came or is known by something else is to be compared with the registry (EXP-1). Beyond what is compared
        one by one, a search of the whole registry does it, and asks for no list."""
        if WaitingMatch.objects.count() > MANY_WAITING:
            return
        sets.run(
            "INSERT INTO companies_waitingmatch (company_id, noted_at) SELECT c.id, %s "
            f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id WHERE p.line > %s AND p.line <= %s "
            f"AND (p.action = {CREATE} OR (p.action = {UPDATE} AND (p.changed & {KNOWN_BITS}) <> 0)) "
            "ON CONFLICT (company_id) DO NOTHING",
            [self.read_clock(), after, upto],
        )
