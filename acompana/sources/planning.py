"""What a run does with each row, decided in sets: the statements that compare staged rows with the registry.

Precedence (ADR 11): a company known from public registers alone, that nobody has touched, takes the register's word;
one with which the agency has a relation is filled where it is empty, and elsewhere keeps its own, with what the source
says beside it. A file of an older commercial year fills what is empty, whosever the company is. What this very source
brought to a company that nobody touched since, it may correct. Field by field, as bits of `sources.fields`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from acompana.kernel import sets
from acompana.sources.cleaning import staged_columns
from acompana.sources.fields import ACTIVITY_BIT, CONTACT_BIT, PLACE, RELATION_BIT, Field
from acompana.sources.mapping import ACTIVITIES, SourceMapping
from acompana.sources.models import Run

CREATE, UPDATE, LEAVE, REJECT = 1, 2, 3, 4
ACTIONS = {CREATE: "Crear", UPDATE: "Actualizar", LEAVE: "Dejar igual", REJECT: "Rechazar"}
REASONS = {
    "same": "Ya está igual en el registro.",
    "older": "El registro ya tiene un año comercial más nuevo.",
    "kept": "La agencia tiene otro dato y lo conserva; queda anotado lo que dice la fuente.",
    "nameless": "No está en el registro y la fila no trae su nombre.",
    "unknown": "No está en el registro: importa antes el archivo con los nombres.",
}
COMPANY = "companies_company"
STRETCH = 20_000  # lines of a transaction: about a second, so that people's own saves get their turn
# Asked of one row at a time by an index: as EXISTS, PostgreSQL would gather the whole table for each stretch.
TOUCHED = (
    "(SELECT 1 FROM kernel_change h JOIN kernel_changeset hs ON hs.id = h.change_set_id "
    "WHERE h.record_model = 'companies.company' AND h.record_id = q.company_id AND hs.kind NOT IN ('import', 'undo') "
    "LIMIT 1) IS NOT NULL"
)
# Whose word a field of a company has: the source of the newest run that wrote it, and of nobody where a person did
# anything with the company since. A creation wrote every field. Where a run was undone, what was there before counts.
BROUGHT_BY = (
    "(SELECT hr.source_id FROM kernel_change h JOIN kernel_changeset hs ON hs.id = h.change_set_id "
    "LEFT JOIN sources_run hr ON hr.change_set_id = hs.id "
    "WHERE h.record_model = 'companies.company' AND h.record_id = q.company_id AND hs.kind <> 'undo' "
    "AND hr.undone_at IS NULL AND (hs.kind <> 'import' OR (h.model = 'companies.company' "
    "AND (h.action = 'created' OR {says}))) ORDER BY h.id DESC LIMIT 1)"
)
# Whether some contact of the company has what a row says of one, still there or not. Asked of the people of a company,
# who are few: with nothing added, SQLite would go through all people of the country who have no telephone.
KNOWN_EMAIL, KNOWN_PHONE = (
    f"(SELECT 1 FROM companies_contact k WHERE k.company_id = {{}} AND {has} LIMIT 1)"
    for has in ("lower(k.email) = s.contact_email", "k.phone_digits || '' = s.contact_digits")
)
PLAN_COLUMNS = {
    "line": "bigint",
    "company_id": "bigint",
    "version": "integer",
    "action": "integer",
    "reason": "text",
    "changed": "bigint",
    "kept": "bigint",
    "fields": "bigint",
    "fresh": "integer",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of work of one run."""

    staged: str
    twins: str
    plan: str
    before: str
    known: str

    @classmethod
    def of(cls, run: Run) -> Tables:
        return cls(*(f"sources_{kind}_{run.pk}" for kind in ("staged", "twins", "plan", "before", "known")))

    def drop(self) -> None:
        for name in (self.staged, self.twins, self.plan, self.before, self.known):
            sets.drop_table(name)


class Plan:
    """The statements for one run's mapping. `is_register`: companies it brings have no relation (DEF-7)."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.mapping = SourceMapping.of(run.mapping)
        self.tables = Tables.of(run)
        self.staged = staged_columns(self.mapping)
        self.is_register = run.source.is_register

    # --- rows of one company in one file ------------------------------------------------------------------------

    def find_twins(self) -> None:
        """Of several rows of one RUT, the one of the newest year counts, then one in force, then the last one."""
        by = [f"{name} DESC" for name in ("commercial_year",) if name in self.staged]
        if "closed_on" in self.staged:
            by.append("CASE WHEN closed_on IS NULL THEN 0 ELSE 1 END")
        if "started_on" in self.staged:
            by.append("started_on DESC NULLS LAST" if sets.is_postgres() else "started_on DESC")
        key = "number, activity_id" if self.mapping.subject == ACTIVITIES else "number"
        sets.make_table(self.tables.twins, {"line": "bigint", "winner": "bigint"})
        staged = self.tables.staged
        sets.run(
            f"INSERT INTO {self.tables.twins} SELECT line, winner FROM (SELECT line, first_value(line) OVER "
            f"(PARTITION BY {key} ORDER BY {', '.join([*by, 'line DESC'])}) AS winner FROM {staged} "
            f"WHERE fault IS NULL AND number IN (SELECT number FROM {staged} WHERE fault IS NULL "
            f"GROUP BY {key} HAVING count(*) > 1)) AS rows_of_one WHERE line <> winner"
        )
        if self.mapping.has_contact:
            sets.run(f"CREATE INDEX {self.tables.twins}_winner ON {self.tables.twins} (winner)")

    @cached_property
    def twins_bring_people(self) -> bool:
        """Whether a row that does not count for its company says whom to ask there: of it, the person is kept (SRC-2).
        Asked once the file is read."""
        return self.mapping.has_contact and bool(
            sets.value(
                f"SELECT 1 FROM {self.tables.twins} t JOIN {self.tables.staged} s ON s.line = t.line "
                "WHERE s.contact_name IS NOT NULL LIMIT 1"
            )
        )

    def _of_twins(self, says: str) -> str:
        """SQL: whether a person of the twins `x` of a row `s` is so; false where no twin brings anybody."""
        if not self.twins_bring_people:
            return "1 = 0"
        return (
            f"(SELECT 1 FROM {self.tables.twins} w JOIN {self.tables.staged} x ON x.line = w.line "
            f"WHERE w.winner = s.line AND x.contact_name IS NOT NULL AND {says} LIMIT 1) IS NOT NULL"
        )

    def agree_on_category(self) -> None:
        """Of several activities of one company, one in the first category puts the company there (PUB-2): each of its
        rows says so from here on."""
        staged = self.tables.staged
        said = (  # «first» comes before «second»
            f"SELECT number, min(tax_category) AS said FROM {staged} "
            "WHERE fault IS NULL AND tax_category IS NOT NULL GROUP BY number"
        )
        sets.run(
            f"UPDATE {staged} AS s SET tax_category = f.said FROM ({said}) AS f "
            "WHERE f.number = s.number AND s.fault IS NULL AND coalesce(s.tax_category, '') <> f.said"
        )

    # --- comparing ----------------------------------------------------------------------------------------------

    def judge(self, after: int, upto: int, *, only_looking: bool) -> None:
        """Writes the plan of the lines of a stretch. Looking gives no ids to the companies that it would create."""
        new_id = "NULL" if only_looking else sets.new_id(COMPANY)
        plan = self.tables.plan
        sets.run(f"DELETE FROM {plan} WHERE line > %s AND line <= %s", [after, upto])
        judged = self._judged()
        columns = ", ".join(PLAN_COLUMNS)
        # Ids are counted over the rows that need one, and over those alone.
        sets.run(
            f"INSERT INTO {plan} ({columns}) {judged} SELECT line, company_id, version, action, reason, changed, "
            f"kept, fields, fresh FROM d WHERE action <> {CREATE}",
            self._parameters(after, upto),
        )
        sets.run(
            f"INSERT INTO {plan} ({columns}) SELECT line, {new_id}, 1, {CREATE}, NULL, {self._has()}, 0, "
            f"{self._has()}, 1 FROM {self.tables.staged} s WHERE s.line > %s AND s.line <= %s "
            f"AND s.line NOT IN (SELECT line FROM {plan} WHERE line > %s AND line <= %s) ORDER BY s.line",
            [after, upto, after, upto],
        )

    def _parameters(self, after: int, upto: int) -> list[int]:
        return [self.run.source_id, after, upto]

    def _judged(self) -> str:
        # Each step is worked out once for a row: SQLite too would put the words of one into the next, and ask the
        # history of a company as often as they stand there.
        # Plus nothing: a source that the planner has not heard of yet seems to have no row, and what seems to be
        # one row PostgreSQL would read for each line, as many as the run has written. So it goes by the company alone.
        compared = [self._compare(field) for field in self.mapping.fields]
        diff = " + ".join(one[0] for one in compared) or "0"
        gap = " + ".join(one[1] for one in compared) or "0"
        only_empty, relates = self.mapping.only_empty_bits, 0 if self.is_register else RELATION_BIT
        named = " OR ".join(f"s.{name} IS NOT NULL" for name in ("legal_name", "trade_name") if name in self.staged)
        nameless = "unknown" if self.mapping.subject == ACTIVITIES else "nameless"
        yearly = sum(field.bit for field in self.mapping.fields if field.yearly)
        # An older file fills what is empty; what it says otherwise was so before, and is nobody's word of today.
        older = "c.commercial_year > s.commercial_year" if "commercial_year" in self.staged else "1 = 0"
        # Of several rows of one company, as a file of activities has them, the first one speaks of the company itself.
        first = "1"
        if self.mapping.subject == ACTIVITIES:
            first = "row_number() OVER (PARTITION BY c.id ORDER BY s.line)"
        return f"""WITH q AS MATERIALIZED (
            SELECT s.line, s.fault, t.winner, c.id AS company_id, c.version, c.related_on, r.merged_into_id,
              v.id AS known_id, v.fields AS known_fields, v.kept AS known_kept,
              {first} AS nth, {diff} AS diff, {gap} AS gap, {self._adds()} AS adds, {self._has()} AS has,
              CASE WHEN {named or "1 = 0"} THEN 1 ELSE 0 END AS named, CASE WHEN {older} THEN 1 ELSE 0 END AS older
            FROM {self.tables.staged} s
            LEFT JOIN {self.tables.twins} t ON t.line = s.line
            LEFT JOIN {COMPANY} r ON r.rut = s.rut AND s.fault IS NULL AND t.line IS NULL
            LEFT JOIN {COMPANY} c ON c.id = coalesce(r.merged_into_id, r.id)
            LEFT JOIN sources_provenance v ON v.company_id = c.id AND v.source_id + 0 = %s
            WHERE s.line > %s AND s.line <= %s
          ), o AS MATERIALIZED (
            SELECT q.*, CASE WHEN related_on IS NOT NULL OR older = 1 THEN 0 WHEN (diff & ~gap) = 0 THEN 1
              WHEN {TOUCHED} THEN 0 ELSE 1 END AS is_open FROM q
          ), b AS MATERIALIZED (
            SELECT q.*, CASE WHEN is_open = 1 OR older = 1 OR (diff & ~gap & ~{only_empty}) = 0 THEN 0
              ELSE {self._brought(only_empty)} END AS own FROM o AS q
          ), w AS MATERIALIZED (
            SELECT b.*,
              (CASE WHEN nth > 1 THEN 0 WHEN is_open = 1 THEN (diff & ~{only_empty}) | gap ELSE gap | own END) | adds
                | (CASE WHEN company_id IS NOT NULL AND related_on IS NULL AND nth = 1 THEN {relates} ELSE 0 END)
                AS changed,
              CASE WHEN is_open = 1 OR older = 1 OR nth > 1 THEN 0 ELSE diff & ~gap & ~own & ~{only_empty} END AS kept,
              CASE WHEN older = 1 THEN coalesce(known_fields, 0) | (has & ~diff & ~{yearly}) ELSE has & ~diff END
                AS agrees
            FROM b
          ), d AS (
            SELECT line, company_id, version,
              CASE WHEN fault IS NOT NULL THEN {REJECT} WHEN winner IS NOT NULL THEN {LEAVE}
                WHEN company_id IS NULL THEN CASE WHEN named = 1 THEN {CREATE} ELSE {REJECT} END
                WHEN merged_into_id IS NULL AND changed <> 0 THEN {UPDATE} ELSE {LEAVE} END AS action,
              CASE WHEN fault IS NOT NULL THEN NULL WHEN winner IS NOT NULL THEN 'twin'
                WHEN company_id IS NULL THEN CASE WHEN named = 1 THEN NULL ELSE '{nameless}' END
                WHEN merged_into_id IS NOT NULL THEN 'merged' WHEN older = 1 THEN 'older'
                WHEN changed <> 0 THEN NULL WHEN kept <> 0 THEN 'kept' ELSE 'same' END AS reason,
              coalesce(changed, 0) AS changed, coalesce(kept, 0) AS kept,
              coalesce(agrees, 0) | (coalesce(changed, 0) & ~{RELATION_BIT}) AS fields,
              CASE WHEN company_id IS NULL OR merged_into_id IS NOT NULL THEN 0
                WHEN known_id IS NULL OR kept <> 0 OR (known_kept <> 0 AND older = 0) OR changed <> 0
                  OR known_fields <> (agrees | changed) THEN 1 ELSE 0 END AS fresh
            FROM w
          )"""

    def _brought(self, only_empty: int) -> str:
        """SQL: the bits of the fields that the file says otherwise now and this very source brought. Asked field by
        field of a row that needs it alone."""
        told = []
        for field in self.mapping.fields:
            if field.bit & only_empty:
                continue
            names = [column.removesuffix("_id") for column, _ in field.columns if column != "office_id"]
            says = " OR ".join(sets.has_key("h.after", name) for name in names)
            told.append(
                f"(CASE WHEN (q.diff & ~q.gap & {field.bit}) <> 0 AND {BROUGHT_BY.format(says=says)} "
                f"= {self.run.source_id} THEN {field.bit} ELSE 0 END)"
            )
        return " + ".join(told) or "0"

    def _has(self) -> str:
        """SQL: the bits of the fields that a staged row `s` has a value for; people, also of its twins."""
        told = [(f"s.{field.column} IS NOT NULL", field.bit) for field in self.mapping.fields]
        if self.mapping.has_activity:
            told.append(("s.activity_id IS NOT NULL", ACTIVITY_BIT))
        if self.mapping.has_contact:
            told.append((f"s.contact_name IS NOT NULL OR {self._of_twins('1 = 1')}", CONTACT_BIT))
        return " + ".join(f"CASE WHEN {has} THEN {bit} ELSE 0 END" for has, bit in told) or "0"

    def _compare(self, field: Field) -> tuple[str, str]:
        """SQL: the field's bit where the file says something else, and where that fills what is empty."""
        column = field.column
        if field is PLACE:
            other = f"({sets.differs('c.region_id', 's.region_id')} OR s.commune_id <> coalesce(c.commune_id, 0))"
            empty = "(c.region_id IS NULL OR (c.region_id = s.region_id AND c.commune_id IS NULL))"
        elif field.text:
            other, empty = f"c.{column} <> s.{column}", f"c.{column} = ''"
        else:
            other, empty = sets.differs(f"c.{column}", f"s.{column}"), f"c.{column} IS NULL"
        says = f"c.id IS NOT NULL AND s.{column} IS NOT NULL AND {other}"
        if field.yearly and "commercial_year" in self.staged:
            says += (
                " AND (c.commercial_year IS NULL OR s.commercial_year IS NULL"
                " OR s.commercial_year >= c.commercial_year)"
            )
        return (
            f"(CASE WHEN {says} THEN {field.bit} ELSE 0 END)",
            f"(CASE WHEN {says} AND {empty} THEN {field.bit} ELSE 0 END)",
        )

    def _adds(self) -> str:
        """SQL: the bits of the rows beside the company that are not there yet."""
        told = []
        if self.mapping.has_activity:
            told.append(
                "(CASE WHEN s.activity_id IS NOT NULL AND c.id IS NOT NULL AND (SELECT 1 FROM "
                "companies_companyactivity a WHERE a.company_id = c.id AND a.activity_id = s.activity_id LIMIT 1) "
                f"IS NULL THEN {ACTIVITY_BIT} ELSE 0 END)"
            )
        if self.mapping.has_contact:
            is_new = (
                f"((s.contact_email IS NOT NULL AND {KNOWN_EMAIL.format('c.id')} IS NULL) "
                f"OR (s.contact_digits <> '' AND {KNOWN_PHONE.format('c.id')} IS NULL))"
            )
            of_twins = self._of_twins(is_new.replace("s.contact_", "x.contact_"))
            told.append(
                f"(CASE WHEN c.id IS NOT NULL AND ((s.contact_name IS NOT NULL AND {is_new}) OR {of_twins}) "
                f"THEN {CONTACT_BIT} ELSE 0 END)"
            )
        return " + ".join(told) or "0"
