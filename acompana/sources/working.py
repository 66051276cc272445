"""A run's work, phase by phase: read and stage, compare and apply, index. Each stretch of lines is one transaction
that also says how far it got, so that a run killed anywhere goes on from there and ends as if nothing had happened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from acompana.companies.models import WaitingMatch
from acompana.desk.jobs import MANY_WAITING
from acompana.kernel import sets
from acompana.kernel.changes import open_change_set
from acompana.kernel.refusals import Refused
from acompana.kernel.search.text import normalise
from acompana.messages.worker import is_running, place
from acompana.people.models import Office
from acompana.people.queries import offices_in_service
from acompana.reference.models import Activity, CommuneAlias, Region, SalesBracket, Sector
from acompana.reference.queries import region_named
from acompana.sources import aside, states
from acompana.sources.alongside import helped_by
from acompana.sources.applying import Application
from acompana.sources.cleaning import (
    LOOK_BELOW,
    Cleaner,
    Lookup,
    lost_letters,
    shifted_column,
    staged_columns,
    unread_columns,
)
from acompana.sources.fields import BY_NAME, CONTACT_BIT
from acompana.sources.indexing import index_stretch
from acompana.sources.mapping import places_of
from acompana.sources.models import Run
from acompana.sources.planning import COMPANY, CREATE, LEAVE, PLAN_COLUMNS, REJECT, STRETCH, UPDATE, Plan, Tables
from acompana.sources.reading import FileFacts, Table, look_at, numbered_rows, open_table

SAMPLE = 200
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


def file_of(run: Run) -> Path:
    """Where the run's file lies. Refused if it is not there any more."""
    path = Path(run.file.path) if run.file else Path(run.path)
    if not path.is_file():
        raise Refused(f"El archivo «{run.file_name}» ya no está donde se leyó.", "EXP-2")
    return path


def make_lookup(now: datetime) -> Lookup:
    """What the reference data know, by spelling; a handful of queries. No day after `now` has come."""
    regions = list(Region.objects.all())

    def region_of(text: str) -> int | None:
        found = region_named(text, regions)
        return found.pk if found else None

    communes = CommuneAlias.objects.values_list("spelling", "commune_id", "commune__region_id")
    return Lookup(
        communes={normalise(spelling): (commune, region) for spelling, commune, region in communes},
        region_of=region_of,
        offices={
            region: office
            for region, office in offices_in_service().filter(kind=Office.Kind.REGIONAL).values_list("region_id", "pk")
            if region is not None
        },
        activities_by_code=dict(Activity.objects.values_list("code", "pk")),
        activities_by_name={
            normalise(name): pk for name, pk in Activity.objects.order_by("-code").values_list("name", "pk")
        },
        sectors={normalise(name): pk for name, pk in Sector.objects.filter(retired_on=None).values_list("name", "pk")},
        brackets={
            spelling: bracket.pk
            for bracket in SalesBracket.objects.all()
            for spelling in (str(bracket.number), normalise(bracket.label))
        },
        today=timezone.localdate(now),
    )


def batches(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(rows, size)):
        yield batch


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
            self._read()
        if self.run.state == states.READING:
            self._begin_applying()
        if self.run.state == states.APPLYING:
            self._apply()
        if self.run.state == states.INDEXING:
            self._index()
            self.finish(states.DONE)

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

    # --- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        path = file_of(self.run)
        facts = look_at(path)
        if self.run.sha256 and self.run.sha256 != facts.sha256:
            raise Refused("El archivo cambió desde que empezó la carga. Cancélala y empieza otra.", "EXP-2")
        table = open_table(path, facts, self.plan.mapping)
        try:
            self._stage(table, facts)
        finally:
            table.close()

    def _stage(self, table: Table, facts: FileFacts) -> None:
        mapping = self.plan.mapping
        places = places_of(mapping, table.head, table.read_as)
        if not self._staged_so_far():
            with transaction.atomic():
                sets.make_table(self.tables.staged, staged_columns(mapping))
                self.note(
                    staged=0, has_rows=True, sha256=facts.sha256, size=facts.size,
                    encoding=facts.name_of_encoding, warnings=facts.warnings,
                )  # fmt: skip
        cleaner = Cleaner(mapping, places, len(table.head), make_lookup(self.read_clock()))
        last: list[str] = []
        read = 0
        for batch in batches(numbered_rows(table, self.run.staged), self.stretch):
            if self.run.staged == 0:
                self._check_columns([row for _, row in batch[:SAMPLE]], table, places)
            cleaned = [cleaner(line, row) for line, row in batch]
            with transaction.atomic():
                sets.load(self.tables.staged, cleaner.columns, cleaned)
                self.note(staged=batch[-1][0])
            last, read = batch[-1][1], read + len(batch)
            self.tell(self.run.staged, max(facts.lines, self.run.staged))
        warnings = list(self.run.warnings)
        if table.unread:
            warnings.append(table.unread)
        if last and len(last) < len(table.head) and not facts.ends_with_line:
            warnings.append(
                f"El archivo termina a la mitad de la línea {self.run.staged + 1}: parece cortado. Pide uno completo; "
                "las filas que faltan no se tocan."
            )
        unread = unread_columns(cleaner.doubted, read, table.head)
        warnings += filter(None, (unread, lost_letters(cleaner.broken, cleaner.broken_name)))
        with transaction.atomic():
            sets.without_compiling()
            self.plan.find_twins()
            sets.make_table(self.tables.plan, PLAN_COLUMNS)
            self.note(is_whole=True, warnings=warnings)
        sets.count_anew(self.tables.staged, self.tables.twins)
        if unread and not self.run.is_trial and not self._was_tried():
            raise Refused(
                f"{unread.removesuffix(LOOK_BELOW)}No se cambió nada todavía. Si está bien así, retómala; para verlo "
                "fila por fila, cancélala y ensaya el archivo.",
                "FMT-1",
            )

    def _was_tried(self) -> bool:
        """Whether somebody could see row by row what this file does."""
        trials = Run.objects.filter(source=self.run.source_id, is_trial=True, state=states.TRIED)
        return trials.filter(sha256=self.run.sha256).exists()

    def _staged_so_far(self) -> bool:
        """Whether what was read before is still there: PostgreSQL empties tables of work if it falls itself."""
        there = self.run.staged > 0 and sets.has_table(self.tables.staged)
        if there and sets.value(f"SELECT max(line) FROM {self.tables.staged}") == self.run.staged:
            return True
        self.run.staged = 0
        return False

    def _check_columns(self, rows: list[list[str]], table: Table, places: dict[str, int]) -> None:
        elsewhere = shifted_column(rows, places, table.head)
        if elsewhere is not None:
            raise Refused(
                f"Las columnas están corridas: los RUT vienen en «{elsewhere}» y no en "
                f"«{table.head[places['rut']]}». Corrige el archivo y súbelo de nuevo.",
                "FMT-1",
            )
        if rows and sum(len(row) != len(table.head) for row in rows) > len(rows) / 2:
            raise Refused(
                f"Las filas no calzan con el encabezado: trae {len(table.head)} columnas y las filas "
                f"{len(rows[0])}. Se leyó {table.read_as}: revisa el separador del archivo.",
                "FMT-1",
            )

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
        with helped_by(self._index_what_is_applied) if application else nullcontext(lambda: None) as call:
            while run.applied < run.staged:
                upto = min(run.applied + self.stretch, run.staged)
                self._do_stretch(application, run.applied, upto)
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
                    self._plan_and_lock(after, upto, only_looking=application is None)
                    if application is not None:
                        application(after, upto)
                    self.note(applied=upto, **self._counts(after, upto))
                return
            except IntegrityError:
                # Somebody registered one of these companies in this very moment: what is planned anew knows it.
                if attempt == ATTEMPTS:
                    raise

    def _plan_and_lock(self, after: int, upto: int, *, only_looking: bool) -> None:
        """Plans a stretch, and again if what it would change was changed before it was locked."""
        self.plan.judge(after, upto, only_looking=only_looking)
        if only_looking or not sets.is_postgres():
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
