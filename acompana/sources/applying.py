"""What a plan does to the registry, one stretch of lines at a time: each method is a few statements over the stretch.

The caller holds the transaction. Everything an import writes is written here: companies, activities, contacts,
provenance, history, and what puts it back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from acompana.companies.models import Company
from acompana.companies.operations.keeping import day_of
from acompana.companies.tally import insert_companies
from acompana.kernel import sets
from acompana.reference.models import Country
from acompana.sources.contacts import HISTORY, bring_contacts
from acompana.sources.fields import ACTIVITY_BIT, PLACE, RELATION_BIT, Field
from acompana.sources.mapping import ACTIVITIES
from acompana.sources.planning import COMPANY, CREATE, UPDATE, Plan

KEYS = ("match_name", "match_trade_name")
OF_COMPANY = "'companies.company'"


class Application:
    """Writes what a plan says; `now` dates what it makes."""

    def __init__(self, plan: Plan, *, now: datetime) -> None:
        self.plan, self.run, self.now = plan, plan.run, now
        self.mapping, self.tables = plan.mapping, plan.tables
        assert self.run.change_set_id is not None
        self.chile = Country.objects.values_list("pk", flat=True).get(alpha2="CL")

    def make_tables(self) -> None:
        columns = {"company_id": "bigint", "version": "integer", "related_on": "date"}
        sets.make_table(self.tables.before, columns | {name: kind for name, kind in self._written_columns()})
        words = {"line": "bigint", "fields": "bigint", "kept": "bigint", "said": "text"}
        sets.make_table(self.tables.known, {"id": "bigint", "run_id": "bigint"} | words)

    def __call__(self, after: int, upto: int) -> None:
        """Does what the plan says of a stretch."""
        self.stretch = [after, upto]
        self._create()
        self._keep_before()
        self._tell_history()
        self._update()
        if self.mapping.has_activity:
            self._add_activities()
        if self.mapping.has_contact:
            bring_contacts(self.plan, self.stretch)
        self._keep_what_was_known()
        self._note_provenance()

    # --- pieces of SQL ------------------------------------------------------------------------------------------

    def _from(self) -> str:
        """The rows of the stretch with what the file says and what was decided."""
        return f"{self.tables.plan} p JOIN {self.tables.staged} s ON s.line = p.line"

    @property
    def _where(self) -> str:
        return "p.line > %s AND p.line <= %s"

    def _written_columns(self) -> list[tuple[str, str]]:
        """The columns of a company that this mapping may write, with their types."""
        columns = [column for field in self.mapping.fields for column in field.columns]
        return columns + [(key, "text") for key in KEYS if key in self.plan.staged]

    @property
    def _company_bits(self) -> int:
        return sum(field.bit for field in self.mapping.fields) | RELATION_BIT

    def _new_values(self, field: Field) -> dict[str, str]:
        """SQL: what each column of a changed field becomes."""
        if field is PLACE:
            follows = "s.office_id" if self.plan.is_register else "NULL"
            return {
                "region_id": "s.region_id",
                "commune_id": "CASE WHEN s.commune_id IS NOT NULL THEN s.commune_id "
                "WHEN c.region_id = s.region_id THEN c.commune_id END",
                # An office that somebody gave stays; one that only follows the region goes on following it.
                "office_id": f"CASE WHEN c.office_id IS NULL THEN s.office_id WHEN c.related_on IS NULL "
                f"AND c.executive_id IS NULL THEN coalesce({follows}, c.office_id) ELSE c.office_id END",
            }
        values = {field.column: f"s.{field.column}"}
        for name, key in (("legal_name", KEYS[0]), ("trade_name", KEYS[1])):
            if field.name == name:
                values[key] = f"s.{key}"
        return values

    def _json(self, bits: str, values: dict[str, tuple[int, str, str]], *, told: int) -> str:
        """SQL: an object of the columns whose bit is set and whose two values differ; `told` says which of the two."""
        parts = " || ".join(
            f"CASE WHEN ({bits} & {one[0]}) <> 0 AND {sets.differs(f'({one[1]})', f'({one[2]})')} "
            f"THEN ',\"{name}\": ' || {sets.as_json(f'({one[told]})')} ELSE '' END"
            for name, one in values.items()
        )
        return "'{' || substr(" + (parts or "''") + ", 2) || '}'"

    def _both(self) -> dict[str, tuple[int, str, str]]:
        """By the name that history uses: the field's bit, what the company has, and what it gets."""
        both: dict[str, tuple[int, str, str]] = {}
        for field in self.mapping.fields:
            for column, value in self._new_values(field).items():
                if column not in KEYS:
                    both[column.removesuffix("_id")] = (field.bit, f"c.{column}", value)
        return both

    # --- companies ----------------------------------------------------------------------------------------------

    def _create(self) -> None:
        values: dict[str, str] = {
            str(field.column): _default(field) for field in Company._meta.local_concrete_fields if not field.generated
        }
        values |= {
            "id": "p.company_id",
            "kind": "'national'",
            "rut": "s.rut",
            "country_id": str(self.chile),
            "version": "1",
            "origin": "'register'" if self.plan.is_register else "'other'",
            "origin_detail": "''" if self.plan.is_register else "%s",
            "related_on": "NULL" if self.plan.is_register else "%s",
            "created_at": "%s",
            "created_by_id": "%s",
        }
        for name, kind in self._written_columns():
            values[name] = f"coalesce(s.{name}, '')" if kind == "text" else f"s.{name}"
        given: list[Any] = [] if self.plan.is_register else [self.run.source.name]
        order = [*values]
        # Parameters in the order in which their columns stand.
        told: dict[str, list[Any]] = {
            "origin_detail": given,
            "related_on": [] if self.plan.is_register else [day_of(self.now)],
        }
        told |= {"created_at": [self.now], "created_by_id": [self.run.started_by_id]}
        params = [value for name in order for value in told.get(name, ())]
        insert_companies(
            f"INSERT INTO {COMPANY} ({', '.join(order)}) SELECT {', '.join(values.values())} FROM {self._from()} "
            f"WHERE {self._where} AND p.action = {CREATE} ORDER BY p.line",
            [*params, *self.stretch],
        )

    def _keep_before(self) -> None:
        columns = [name for name, _ in self._written_columns()]
        sets.run(
            f"INSERT INTO {self.tables.before} (company_id, version, related_on{_listed(columns)}) "
            f"SELECT c.id, c.version + 1, c.related_on{_listed(f'c.{name}' for name in columns)} "
            f"FROM {self.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id "
            f"WHERE {self._where} AND p.action = {UPDATE} AND (p.changed & {self._company_bits}) <> 0",
            self.stretch,
        )

    def _update(self) -> None:
        # Only what some row of the stretch changes: an index is written for each column that a statement names.
        changed = self._changed_bits()
        assigned: dict[str, str] = {}
        for field in self.mapping.fields:
            if not changed & field.bit:
                continue
            for name, value in self._new_values(field).items():
                assigned[name] = f"CASE WHEN (p.changed & {field.bit}) <> 0 THEN {value} ELSE c.{name} END"
        params: list[Any] = []
        if not self.plan.is_register:
            assigned["related_on"] = f"coalesce(c.related_on, {sets.to_date('%s')})"
            params.append(day_of(self.now))
        if not assigned:
            return
        told = ", ".join(f"{name} = {value}" for name, value in assigned.items())
        sets.run(
            f"UPDATE {COMPANY} AS c SET {told}, version = c.version + 1 FROM {self._from()} WHERE c.id = p.company_id "
            f"AND {self._where} AND p.action = {UPDATE} AND (p.changed & {self._company_bits}) <> 0",
            [*params, *self.stretch],
        )

    def _changed_bits(self) -> int:
        """The fields that change in at least one row of the stretch."""
        bits = [field.bit for field in self.mapping.fields]
        if not bits:
            return 0
        told = ", ".join(f"max(p.changed & {bit})" for bit in bits)
        [found] = sets.rows(
            f"SELECT {told} FROM {self.tables.plan} p WHERE {self._where} AND p.action = {UPDATE}", self.stretch
        )
        return sum(bit or 0 for bit in found)

    # --- history ------------------------------------------------------------------------------------------------

    def _tell_history(self) -> None:
        """A creation keeps its source alone; an update, the fields that differ. Before the update: it needs both."""
        head = f"{HISTORY}, before, after) "
        name = "CASE WHEN c.trade_name <> '' THEN c.trade_name ELSE c.legal_name END"
        own = f"{OF_COMPANY}, c.id, {OF_COMPANY}, c.id, substr({name}, 1, 200)"
        sets.run(
            f"{head}SELECT %s, 'created', {own}, %s, NULL, NULL FROM {self.tables.plan} p "
            f"JOIN {COMPANY} c ON c.id = p.company_id WHERE {self._where} AND p.action = {CREATE}",
            [self.run.change_set_id, self.run.source.slug, *self.stretch],
        )
        both = self._both()
        if not self.plan.is_register:
            # A date of ours, written out: the statement holds it twice.
            day = sets.to_date(f"'{day_of(self.now).isoformat()}'")
            both["related_on"] = (RELATION_BIT, "c.related_on", day)
        before, after = (sets.to_json(self._json("p.changed", both, told=which)) for which in (1, 2))
        sets.run(
            f"{head}SELECT %s, 'updated', {own}, '', {before}, {after} FROM {self._from()} "
            f"JOIN {COMPANY} c ON c.id = p.company_id WHERE {self._where} AND p.action = {UPDATE} "
            f"AND (p.changed & {self._company_bits}) <> 0",
            [self.run.change_set_id, *self.stretch],
        )

    # --- what hangs on a company --------------------------------------------------------------------------------

    def _add_activities(self) -> None:
        """Those that the company has not yet. The one of a file of companies is the main one where there is none."""
        is_main = "1 = 0"
        if self.mapping.subject != ACTIVITIES:
            is_main = (
                "NOT EXISTS (SELECT 1 FROM companies_companyactivity a WHERE a.company_id = p.company_id AND is_main)"
            )
        # Ids in order of line, so that the history can be told from them.
        first = sets.value("SELECT coalesce(max(id), 0) FROM companies_companyactivity")
        sets.run(
            "INSERT INTO companies_companyactivity (company_id, activity_id, is_main) "
            f"SELECT p.company_id, s.activity_id, {is_main} FROM {self._from()} WHERE {self._where} "
            f"AND s.activity_id IS NOT NULL AND (p.action = {CREATE} "
            f"OR (p.action = {UPDATE} AND (p.changed & {ACTIVITY_BIT}) <> 0)) ORDER BY p.line",
            self.stretch,
        )
        sets.run(
            f"{HISTORY}) SELECT %s, 'created', 'companies.companyactivity', a.id, {OF_COMPANY}, a.company_id, "
            f"substr(r.code || ' ' || r.name, 1, 200), %s FROM {self._from()} "
            "JOIN companies_companyactivity a ON a.company_id = p.company_id AND a.activity_id = s.activity_id "
            "JOIN reference_activity r ON r.id = a.activity_id "
            f"WHERE {self._where} AND p.action = {UPDATE} AND (p.changed & {ACTIVITY_BIT}) <> 0 AND a.id > %s",
            [self.run.change_set_id, self.run.source.slug, *self.stretch, first],
        )

    # --- provenance ---------------------------------------------------------------------------------------------

    def _keep_what_was_known(self) -> None:
        """The provenance that the stretch is about to write over, as it was: undoing gives it back."""
        sets.run(
            f"INSERT INTO {self.tables.known} (id, run_id, line, fields, kept, said) "
            "SELECT v.id, v.run_id, v.line, v.fields, v.kept, CAST(v.said AS text) "
            f"FROM {self.tables.plan} p JOIN sources_provenance v ON v.company_id = p.company_id AND v.run_id <> %s "
            f"WHERE {self._where} AND p.action <> {CREATE} AND (p.fresh = 1 OR p.action = {UPDATE}) "
            "AND ((v.source_id + 0 = %s AND p.fresh = 1) "
            f"OR (v.source_id + 0 <> %s AND p.action = {UPDATE} AND (v.fields & p.changed & ~{ACTIVITY_BIT}) <> 0)) "
            "ON CONFLICT (id) DO NOTHING",
            [self.run.pk, *self.stretch, self.run.source_id, self.run.source_id],
        )

    def _note_provenance(self) -> None:
        said = {
            column.removesuffix("_id"): (field.bit, f"c.{column}", f"s.{column}")
            for field in self.mapping.fields
            for column, _ in field.columns
            if column != "office_id"
        }
        columns = "company_id, source_id, run_id, line, fields, kept, said"
        fixed = [self.run.source_id, self.run.pk]
        sets.run(
            f"INSERT INTO sources_provenance ({columns}) SELECT p.company_id, %s, %s, p.line, p.fields, 0, NULL "
            f"FROM {self.tables.plan} p WHERE {self._where} AND p.action = {CREATE} ORDER BY p.line",
            [*fixed, *self.stretch],
        )
        said_of_row = f"CASE WHEN p.kept <> 0 THEN {self._json('p.kept', said, told=2)} END"
        told = f"p.line, p.fields, p.kept, {sets.to_json(said_of_row)}"
        which = f"{self._where} AND p.fresh = 1 AND p.action <> {CREATE}"
        if self.mapping.subject == ACTIVITIES:  # several rows of a company, of which one says something of its own
            told = (
                f"min(p.line), {ACTIVITY_BIT} | max(p.fields & ~{ACTIVITY_BIT}), max(p.kept), "
                f"{sets.to_json(f'max({said_of_row})')}"
            )
            which += " GROUP BY p.company_id"
        chosen = f"SELECT p.company_id, %s, %s, {told} FROM {self._from()} JOIN {COMPANY} c ON c.id = p.company_id"
        sets.run(
            f"INSERT INTO sources_provenance ({columns}) {chosen} WHERE {which} "
            "ON CONFLICT (company_id, source_id) DO UPDATE SET run_id = excluded.run_id, line = excluded.line, "
            "fields = excluded.fields, kept = excluded.kept, said = excluded.said "
            "WHERE sources_provenance.fields <> excluded.fields OR sources_provenance.kept <> excluded.kept "
            f"OR {sets.differs('sources_provenance.said', 'excluded.said')}",
            [*fixed, *self.stretch],
        )
        # Of what was overwritten, no other source is the source any more.
        sets.run(
            "UPDATE sources_provenance AS v SET fields = v.fields & ~p.changed "
            f"FROM {self.tables.plan} p WHERE v.company_id = p.company_id AND v.source_id <> %s AND {self._where} "
            f"AND p.action = {UPDATE} AND (v.fields & p.changed & ~{ACTIVITY_BIT}) <> 0",
            [self.run.source_id, *self.stretch],
        )


def _listed(names: Any) -> str:
    return "".join(f", {name}" for name in names)


def _default(field: Any) -> str:
    """SQL: what a company that an import creates has in a column that no file fills."""
    if field.null:
        return "NULL"
    default = field.get_default()
    if isinstance(default, bool):
        return "1 = 1" if default else "1 = 0"
    if isinstance(default, int):
        return str(default)
    return f"'{default}'" if isinstance(default, str) and default.isalnum() else "''"
