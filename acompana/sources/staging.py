"""A run's file read into its table of work, a batch of rows at a time: each is one transaction that also says how far
it got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from acompana.kernel import sets
from acompana.kernel.refusals import Refused
from acompana.kernel.search.text import normalise
from acompana.people.models import Office
from acompana.people.queries import offices_in_service
from acompana.reference.models import Activity, CommuneAlias, Region, SalesBracket, Sector
from acompana.reference.queries import region_named
from acompana.reference.rules import ONCE_ONE
from acompana.sources import states
from acompana.sources.cleaning import (
    LOOK_BELOW,
    Cleaned,
    Cleaner,
    Lookup,
    Numbered,
    lost_letters,
    shifted_column,
    staged_columns,
    unread_columns,
)
from acompana.sources.mapping import ACTIVITIES, places_of
from acompana.sources.models import Run
from acompana.sources.planning import PLAN_COLUMNS, Plan
from acompana.sources.reading import FileFacts, Table, look_at, numbered_rows, open_table

SAMPLE = 200

Note = Callable[..., None]
Tell = Callable[[int, int], None]


def file_of(run: Run) -> Path:
    """Where the run's file lies. Refused if it is not there any more."""
    path = Path(run.file.path) if run.file else Path(run.path)
    if not path.is_file():
        raise Refused(f"El archivo «{run.file_name}» ya no está donde se leyó.", "EXP-2")
    return path


def make_lookup(now: datetime) -> Lookup:
    """What the reference data know, by spelling; a handful of queries. No day after `now` has come."""
    communes = CommuneAlias.objects.values_list("spelling", "commune_id", "commune__region_id")
    regions = list(Region.objects.all())
    by_code = {region.code: region.pk for region in regions}
    return Lookup(
        communes={normalise(spelling): (commune, region) for spelling, commune, region in communes},
        region_of=partial(_id_of_region, regions=regions),
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
        once_one={frozenset(by_code[code] for code in pair if code in by_code) for pair in ONCE_ONE},
    )


def _id_of_region(text: str, regions: list[Region]) -> int | None:
    found = region_named(text, regions)
    return found.pk if found else None


class Staging:
    """Reads the file of one run. `note` keeps how far it is in the caller's transaction, `tell` shows it."""

    def __init__(self, plan: Plan, *, note: Note, tell: Tell, now: datetime, batch: int) -> None:
        self.plan, self.run, self.tables = plan, plan.run, plan.tables
        self.note, self.tell, self.now, self.size = note, tell, now, batch

    def __call__(self) -> None:
        """From wherever it is to the file's end. Raises Refused for a file that cannot be read."""
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
        cleaner = Cleaner(mapping, places, len(table.head), make_lookup(self.now))
        seen = Cleaned()
        last: list[str] = []
        read = 0
        for batch in self._batches(table, places):
            cleaned = cleaner.batch(batch)
            with transaction.atomic():
                sets.load(self.tables.staged, cleaner.columns, cleaned.rows)
                self.note(staged=batch[-1][0])
            seen.count(cleaned)
            last, read = batch[-1][1], read + len(batch)
            self.tell(self.run.staged, max(facts.lines, self.run.staged))
        unread = unread_columns(seen.doubted, read, table.head)
        stops = bool(unread) and not self.run.is_trial and not self._was_tried()
        if stops:
            unread = unread.removesuffix(LOOK_BELOW)  # no row was compared yet: there is nothing to look at
        told = (table.unread, self._cut(last, table, facts), unread, lost_letters(seen.broken, seen.broken_name))
        self._close([*self.run.warnings, *(sentence.strip() for sentence in told if sentence)])
        if stops:
            raise Refused(
                f"{unread}No se cambió nada todavía. Si está bien así, retómala; para verlo "
                "fila por fila, cancélala y ensaya el archivo.",
                "FMT-1",
            )

    def _batches(self, table: Table, places: dict[str, int]) -> Iterator[list[Numbered]]:
        rows = numbered_rows(table, self.run.staged)
        is_first = self.run.staged == 0
        while batch := list(islice(rows, self.size)):
            if is_first:
                self._check_columns([row for _, row in batch[:SAMPLE]], table, places)
            is_first = False
            yield batch

    def _cut(self, last: list[str], table: Table, facts: FileFacts) -> str:
        """A sentence where the file ends in the middle of a row; empty where it is whole."""
        if not last or len(last) >= len(table.head) or facts.ends_with_line:
            return ""
        return (
            f"El archivo termina a la mitad de la línea {self.run.staged + 1}: parece cortado. Pide uno completo; "
            "las filas que faltan no se tocan."
        )

    def _close(self, warnings: list[str]) -> None:
        # Where PostgreSQL knows nothing of the rows, it looks for repeated ones row against row.
        sets.count_anew(self.tables.staged)
        with transaction.atomic():
            sets.without_compiling()
            self.plan.find_twins()
            if self.plan.mapping.subject == ACTIVITIES and "tax_category" in self.plan.staged:
                self.plan.agree_on_category()
            sets.make_table(self.tables.plan, PLAN_COLUMNS)
            self.note(is_whole=True, warnings=warnings)
        sets.count_anew(self.tables.twins)

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
