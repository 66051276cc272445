"""The rows of a run as people read them: what was, or would be, done with each and why; and the rejected as a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acompana.companies.models import Company
from acompana.companies.rules import match_key, record_address
from acompana.kernel import sets
from acompana.kernel.rut import format_rut
from acompana.reference.models import Activity, Commune, Region, SalesBracket, Sector
from acompana.shell.words import number
from acompana.sources import states
from acompana.sources.contacts_told import ContactsTold
from acompana.sources.fields import ACTIVITY_BIT, CONTACT_BIT, PLACE, RELATION_BIT, Field, fields_of
from acompana.sources.mapping import ACTIVITIES, SourceMapping
from acompana.sources.models import Run
from acompana.sources.planning import ACTIONS, COMPANY, CREATE, REASONS, REJECT, UPDATE, Plan, Tables
from acompana.sources.reading import look_at, numbered_rows, open_table
from acompana.sources.staging import file_of

CHUNK = 2000
COUNTED = 100_000  # rows among which those with notes are counted while somebody waits
FILTERS = {"crear": 1, "actualizar": 2, "igual": 3, "rechazar": 4}
NAMED = {
    "region_id": Region,
    "commune_id": Commune,
    "sector_id": Sector,
    "sales_bracket_id": SalesBracket,
    "activity_id": Activity,
}
PARTS_OF_PLACE = (("commune_id", "Comuna"), ("region_id", "Región"))
REPORT_COLUMNS = ("Fila", "RUT", "Empresa", "Qué hace", "Por qué", "Cambios", "Avisos")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a row. `was` is empty for what is new."""

    label: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file with what is done with it."""

    line: int
    rut: str
    name: str
    company_id: int | None
    action: int
    reason: str
    changes: tuple[Change, ...]
    kept: tuple[Change, ...]
    notes: str
    known_as: str = ""  # what the registry calls it, where the file calls it otherwise
    contact_known_as: str = ""  # whom it knows by the e-mail of the row's contact, where the row calls them otherwise

    @property
    def verb(self) -> str:
        return ACTIONS[self.action]

    @property
    def href(self) -> str:
        return record_address(self.company_id) if self.company_id else ""


@dataclass(frozen=True, slots=True)
class Noted:
    """How many rows of a run have something to tell, among the first `looked_at`; `is_whole`: it has no more."""

    count: int
    looked_at: int
    is_whole: bool


def rows_are_there(run: Run) -> bool:
    return run.has_rows and run.applied > 0 and run.state not in states.WORKING


def count_noted(runs: Iterable[Run]) -> dict[int, Noted]:
    """By run, of those whose rows are there; one query, through COUNTED rows in all, from the first of the runs on."""
    room, asked, looked = COUNTED, [], {}
    for run in runs:
        if rows_are_there(run) and room > 0:
            looked[run.pk] = min(run.staged, room), run.staged <= room
            room -= looked[run.pk][0]
            staged = Tables.of(run).staged
            asked.append(
                f"SELECT {run.pk}, count(*) FROM {staged} WHERE notes IS NOT NULL AND line <= {looked[run.pk][0]}"
            )
    found = sets.rows(" UNION ALL ".join(asked)) if asked else []
    return {pk: Noted(count, *looked[pk]) for pk, count in found}


class Report:
    """The rows of one run, while its tables of work are there."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.plan = Plan(run)
        self.fields = self.plan.mapping.fields
        self.staged = [name for name in self.plan.staged if name not in ("match_name", "match_trade_name", "words")]
        self.is_past = not run.is_trial
        self.columns = [column for field in self.fields for column, _ in field.columns if column != "office_id"]

    @property
    def is_there(self) -> bool:
        return rows_are_there(self.run)

    def rows(
        self,
        *,
        action: int | None = None,
        with_notes: bool = False,
        otherwise: bool = False,
        after: int = 0,
        limit: int = 50,
    ) -> list[Row]:
        """Some rows from a line on, in the order of the file. `otherwise`: where the agency's own was kept.

        Queries: one, one for each list that is named, and one or two for people."""
        tables = self.plan.tables
        mine = ", ".join(f"s.{name}" for name in self.staged)
        was = "".join(f", {self._was(name)}" for name in self.columns)
        before = f"LEFT JOIN {tables.before} b ON b.company_id = p.company_id " if self.is_past else ""
        where, params = "p.line > %s", [after]
        if action is not None:
            where += " AND p.action = %s"
            params.append(action)
        if with_notes:
            where += " AND s.notes IS NOT NULL"
        if otherwise:
            where += " AND p.kept <> 0"
        found = sets.rows(
            "SELECT p.line, p.company_id, p.action, p.reason, p.changed, p.kept, c.legal_name, c.trade_name, "
            f"t.winner, w.company_id, w.action, w.changed, {mine}{was} "
            f"FROM {tables.plan} p JOIN {tables.staged} s ON s.line = p.line "
            f"LEFT JOIN {tables.twins} t ON t.line = p.line LEFT JOIN {tables.plan} w ON w.line = t.winner "
            f"LEFT JOIN {COMPANY} c ON c.id = p.company_id {before}WHERE {where} ORDER BY p.line LIMIT {int(limit)}",
            params,
        )
        heads = ["line", "company_id", "action", "reason", "changed", "kept", "c_legal", "c_trade", "winner"]
        heads += ["winner_company_id", "winner_action", "winner_changed"]
        heads += [f"s_{name}" for name in self.staged] + [f"w_{name}" for name in self.columns]
        raw = [dict(zip(heads, values, strict=True)) for values in found]
        names = self._names(raw)
        people = ContactsTold(self.run, raw) if self.plan.mapping.has_contact else None
        return [self._row(values, names, people) for values in raw]

    def _was(self, name: str) -> str:
        """SQL: what the company had before the run; of a trial, what it has."""
        if not self.is_past:
            return f"c.{name}"
        return f"CASE WHEN b.company_id IS NOT NULL THEN b.{name} ELSE c.{name} END"

    def _names(self, raw: Iterable[Mapping[str, Any]]) -> Mapping[str, Mapping[int, str]]:
        wanted: dict[str, set[int]] = defaultdict(set)
        for values in raw:
            for name in NAMED:
                wanted[name] |= {pk for key in (f"s_{name}", f"w_{name}") if (pk := values.get(key))}
        return {
            name: {pk: str(obj) for pk, obj in NAMED[name]._default_manager.in_bulk(ids).items()}
            for name, ids in wanted.items()
            if ids
        }

    def _row(
        self, values: Mapping[str, Any], names: Mapping[str, Mapping[int, str]], people: ContactsTold | None
    ) -> Row:
        action = values["action"]
        name = values.get("s_trade_name") or values.get("s_legal_name") or values["c_trade"] or values["c_legal"] or ""
        changes = self._changes(values["changed"], values, names, action)
        if values["changed"] & ACTIVITY_BIT:
            changes.append(Change("Actividad", "", names.get("activity_id", {}).get(values["s_activity_id"], "")))
        if people and values["changed"] & CONTACT_BIT:
            written = people.written(values, is_new=action == CREATE)
            changes += [Change(label, "", becomes) for label, becomes in written]
        reason = values["s_fault"] or _reason(values, is_of_activities=self.plan.mapping.subject == ACTIVITIES)
        if people and values["reason"] == "twin":
            taken, sentence = people.of_twin(values)
            changes += [Change(label, "", becomes) for label, becomes in taken]
            reason = f"{reason} {sentence}".rstrip()
        if action == UPDATE and values["changed"] & RELATION_BIT:
            changes.append(Change("Relación con la agencia", "solo registro", "desde esta carga"))
        kept = self._changes(values["kept"], values, names, action)
        return Row(
            line=values["line"],
            rut=format_rut(values["s_rut"] or ""),
            name=name,
            company_id=values["company_id"] if action != CREATE or self.is_past else None,
            action=action,
            reason=reason,
            changes=tuple(changes),
            kept=tuple(kept),
            notes=values["s_notes"] or "",
            known_as=_known_as(values),
            contact_known_as=people.known_as(values) if people else "",
        )

    def _changes(
        self, bits: int, values: Mapping[str, Any], names: Mapping[str, Mapping[int, str]], action: int
    ) -> list[Change]:
        """Field by field; of a place, commune and region each by itself, and only what is another one."""

        def told(field: Field, column: str, value: Any) -> str:
            return "" if value in (None, "") else readable(field, column, value, names)

        changes = []
        for field in fields_of(bits):
            for column, label in PARTS_OF_PLACE if field is PLACE else ((field.column, field.label),):
                was = None if action == CREATE else values.get(f"w_{column}")
                becomes = values.get(f"s_{column}")
                # A commune that the file does not say is lost where the region is another one (ADR 11).
                lost = was is not None and column == "commune_id" and values["w_region_id"] != values["s_region_id"]
                if field is not PLACE or (becomes is not None and was != becomes) or (becomes is None and lost):
                    changes.append(Change(label, told(field, column, was), told(field, column, becomes) or "sin dato"))
        return changes

    # --- as files -----------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """Every row, for a file of all of them."""
        after = 0
        while rows := self.rows(after=after, limit=CHUNK):
            for row in rows:
                changed = "; ".join(
                    f"{change.label}: {change.was} → {change.becomes}"
                    if change.was
                    else f"{change.label}: {change.becomes}"
                    for change in row.changes
                )
                kept = "; ".join(
                    f"{c.label}: se conserva {c.was or 'sin dato'}; la fuente dice {c.becomes}" for c in row.kept
                )
                otherwise = f"en el registro se llama {row.known_as}" if row.known_as else ""
                person = f"ese correo ya está a nombre de {row.contact_known_as}" if row.contact_known_as else ""
                told = "; ".join(part for part in (changed, kept, otherwise, person) if part)
                yield row.line, row.rut, row.name, row.verb, row.reason, told, row.notes
            after = rows[-1].line

    def rejected(self) -> tuple[list[str], Iterator[list[str]]]:
        """The rejected rows as they came, with why, and their heads. Refused if the file is not there any more."""
        path = file_of(self.run)
        table = open_table(path, look_at(path), SourceMapping.of(self.run.mapping))

        def lines() -> Iterator[list[str]]:
            try:
                reasons = self._reasons()
                wanted = next(reasons, None)
                for line, row in numbered_rows(table):
                    if wanted is None:
                        return
                    if line == wanted[0]:
                        padded = [*row, *[""] * (len(table.head) - len(row))]
                        yield [str(line), wanted[1], *padded]
                        wanted = next(reasons, None)
            finally:
                table.close()

        return ["Fila", "Por qué se rechazó", *table.head], lines()

    def _reasons(self) -> Iterator[tuple[int, str]]:
        after = 0
        while rows := self.rows(action=REJECT, after=after, limit=CHUNK):
            for row in rows:
                yield row.line, row.reason
            after = rows[-1].line


def _reason(values: Mapping[str, Any], *, is_of_activities: bool) -> str:
    if values["reason"] == "twin":
        repeated = "Esa actividad del mismo RUT" if is_of_activities else "Su RUT"
        return f"{repeated} se repite en el archivo: vale la fila {number(values['winner'])}."
    if values["reason"] == "merged":
        return f"Esa ficha se fusionó con «{values['c_trade'] or values['c_legal']}»."
    return REASONS.get(values["reason"] or "", "")


def _known_as(values: Mapping[str, Any]) -> str:
    """Whoever reads the row sees the file's name: where it is none of those that the registry has, that one too."""
    said = [match_key(name) for name in (values.get("s_trade_name"), values.get("s_legal_name")) if name]
    known = [name for name in (values["c_trade"], values["c_legal"]) if name]
    return known[0] if said and known and not {match_key(name) for name in known} & set(said) else ""


def readable(field: Field, column: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    """A staged or stored value as people read it."""
    if column in names:
        return names[column].get(value, str(value))
    if dict(field.columns).get(column) == "date":
        year, month, day = str(value)[:10].split("-")
        return f"{day}-{month}-{year}"
    if column == "tax_category":
        return dict(Company.TaxCategory.choices).get(value, str(value))
    if column == "workers":
        return number(value)
    return str(value)
