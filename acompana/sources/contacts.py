"""The people whom a run brings to a company, in sets: added, or known by one fact and given the other that they lack.

Nobody's e-mail or telephone is written over. Who is known by one of the two and has another of the other keeps it, and
what the file says stands beside them as a row of its own, called what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from acompana.kernel import sets
from acompana.sources.fields import CONTACT_BIT
from acompana.sources.planning import CREATE, KNOWN_EMAIL, KNOWN_PHONE, UPDATE, Plan

HISTORY = "INSERT INTO kernel_change (change_set_id, action, model, object_id, record_model, record_id, label, source"
OF_CONTACT = "'companies.contact', k.id, 'companies.company', k.company_id, substr(k.name, 1, 200)"
HAS_EMAIL, HAS_PHONE = (f"{known.format('p.company_id')} IS NOT NULL" for known in (KNOWN_EMAIL, KNOWN_PHONE))
NEW_EMAIL = f"s.contact_email IS NOT NULL AND NOT ({HAS_EMAIL})"
NEW_PHONE = f"s.contact_digits <> '' AND NOT ({HAS_PHONE})"
BY_EMAIL = "lower({0}.email) = s.contact_email"
BY_PHONE = "(s.contact_digits <> '' AND {0}.phone_digits || '' = s.contact_digits)"
OTHER_PHONE, OTHER_EMAIL = " (otro teléfono)", " (otro correo)"
# What somebody lacks: its column, the new fact, by what they are known, and how the columns are written.
LACKING = (
    (
        "position",
        "s.contact_position IS NOT NULL",
        f"({BY_EMAIL} OR {BY_PHONE})",
        "position = s.contact_position",
    ),
    ("phone", NEW_PHONE, BY_EMAIL, "phone = s.contact_phone, phone_digits = s.contact_digits"),
    ("email", NEW_EMAIL, BY_PHONE, "email = s.contact_email"),
)


@dataclass(frozen=True, slots=True)
class Bringing:
    """Rows of a run `s` with the plan `p` of their company, from which people are brought: `which` are planned so
    (SQL and its parameters), `rows` says how one comes from the plan to the rows."""

    plan: Plan
    rows: str
    which: str
    params: list[int]

    @property
    def planned(self) -> str:
        return f"{self.plan.tables.plan} p"

    @property
    def chosen(self) -> str:
        return f"{self.which} AND s.contact_name IS NOT NULL"


def bring_contacts(plan: Plan, stretch: list[int]) -> None:
    """Who is in the rows of a stretch, and in the twins of those rows wherever these are, with their history. In the
    caller's transaction."""
    which = (
        f"p.line > %s AND p.line <= %s AND (p.action = {CREATE} "
        f"OR (p.action = {UPDATE} AND (p.changed & {CONTACT_BIT}) <> 0))"
    )
    planned, staged = f"{plan.tables.plan} p", plan.tables.staged
    _bring(Bringing(plan, f"{planned} JOIN {staged} s ON s.line = p.line", which, stretch))
    if not plan.twins_bring_people:
        return
    others = f"{plan.tables.twins}_people"
    sets.make_table(others, {"line": "bigint", "winner": "bigint", "turn": "integer"})
    sets.run(f"INSERT INTO {others} {_people_of_twins(plan, which)}", stretch * 2)
    sets.run(f"CREATE INDEX {others}_winner ON {others} (winner)")
    for turn in (1, 2):
        of_turn = (
            f"{planned} JOIN {others} t ON t.winner = p.line AND t.turn = {turn} JOIN {staged} s ON s.line = t.line"
        )
        _bring(Bringing(plan, of_turn, which, stretch))
    sets.drop_table(others)


def _people_of_twins(plan: Plan, which: str) -> str:
    """SQL: the twins that say an e-mail or a telephone that no row of the company said before them; the row that
    counts is the first. Their turn: first whoever no row before speaks of, then what else is said of the same."""
    facts = "s.line, p.line AS winner, s.contact_email AS email, s.contact_digits AS digits"
    tables, named = plan.tables, f"{which} AND s.contact_name IS NOT NULL"
    first = "first_value(line) OVER (PARTITION BY winner, {} ORDER BY is_twin, line)"
    return (
        "SELECT line, winner, CASE WHEN (email IS NULL OR by_email = line) AND (digits = '' OR by_digits = line) "
        f"THEN 1 ELSE 2 END FROM (SELECT line, winner, email, digits, is_twin, {first.format('email')} AS by_email, "
        f"{first.format('digits')} AS by_digits FROM (SELECT {facts}, 0 AS is_twin FROM {tables.plan} p "
        f"JOIN {tables.staged} s ON s.line = p.line WHERE {named} UNION ALL SELECT {facts}, 1 AS is_twin "
        f"FROM {tables.plan} p JOIN {tables.twins} t ON t.winner = p.line JOIN {tables.staged} s ON s.line = t.line "
        f"WHERE {named}) AS of_file) AS told WHERE is_twin = 1 "
        "AND ((email IS NOT NULL AND by_email = line) OR (digits <> '' AND by_digits = line))"
    )


def _bring(rows: Bringing) -> None:
    for column, is_new, known_by, written in LACKING:
        _fill(rows, column, is_new, known_by, written)
    _add(rows)


def _fill(bringing: Bringing, column: str, is_new: str, known_by: str, written: str) -> None:
    """The first of those in the company who are known by one fact and lack the other; of rows, the first too."""
    theirs = f"{{0}}.ended_on IS NULL AND {{0}}.{column} || '' = '' AND {known_by}"
    first = f"(SELECT min(o.id) FROM companies_contact o WHERE o.company_id = p.company_id AND {theirs.format('o')})"
    # From the rows to their people, as written: in the order of the groups, SQLite would read all people first.
    given = (
        f"(SELECT k.id, min(s.line) AS line FROM {bringing.rows} CROSS JOIN companies_contact k "
        f"WHERE k.company_id = p.company_id AND {bringing.chosen} AND {is_new} AND k.id = {first} "
        f"GROUP BY k.id) AS g "
        f"JOIN {bringing.plan.tables.staged} s ON s.line = g.line"
    )
    says = sets.to_json(f"'{{\"{column}\": ' || {sets.as_json(f's.contact_{column}')} || '}}'")
    nothing = sets.to_json(f'\'{{"{column}": ""}}\'')
    sets.run(
        f"{HISTORY}, before, after) SELECT %s, 'updated', {OF_CONTACT}, '', {nothing}, {says} "
        f"FROM {given} JOIN companies_contact k ON k.id = g.id",
        [bringing.plan.run.change_set_id, *bringing.params],
    )
    sets.run(f"UPDATE companies_contact AS k SET {written} FROM {given} WHERE k.id = g.id", bringing.params)


def _add(bringing: Bringing) -> None:
    first = sets.value("SELECT coalesce(max(id), 0) FROM companies_contact")
    is_main = (
        "NOT EXISTS (SELECT 1 FROM companies_contact k WHERE k.company_id = p.company_id AND k.is_main "
        "AND k.ended_on IS NULL) AND row_number() OVER (PARTITION BY p.company_id ORDER BY s.line) = 1"
    )
    sets.run(
        "INSERT INTO companies_contact (company_id, name, position, email, phone, phone_digits, "
        "preferred_channel, language, gender, is_main) SELECT p.company_id, "
        f"substr(s.contact_name, 1, 100) || CASE WHEN {HAS_EMAIL} THEN '{OTHER_PHONE}' "
        f"WHEN s.contact_digits <> '' AND {HAS_PHONE} THEN '{OTHER_EMAIL}' ELSE '' END, "
        "coalesce(s.contact_position, ''), "
        f"CASE WHEN {HAS_EMAIL} THEN '' ELSE coalesce(s.contact_email, '') END, "
        f"CASE WHEN {HAS_PHONE} THEN '' ELSE coalesce(s.contact_phone, '') END, "
        f"CASE WHEN {HAS_PHONE} THEN '' ELSE s.contact_digits END, '', 'es', '', "
        f"{is_main} FROM {bringing.rows} WHERE {bringing.chosen} AND (({NEW_EMAIL}) OR ({NEW_PHONE})) "
        "ORDER BY p.line, s.line",
        bringing.params,
    )
    run = bringing.plan.run
    sets.run(
        f"{HISTORY}) SELECT %s, 'created', {OF_CONTACT}, %s FROM {bringing.planned} "
        f"JOIN companies_contact k ON k.company_id = p.company_id WHERE {bringing.which} AND k.id > %s",
        [run.change_set_id, run.source.slug, *bringing.params, first],
    )


def empty_again(spoken_of: str, params: list[Any], *, change_set_id: int | None, undoing_id: int) -> None:
    """What a run gave to people of some companies (`spoken_of`: SQL for their ids) goes, where nobody wrote over it,
    with the inverse of its history."""
    for column, *_ in LACKING:
        chosen = _still_given(column, spoken_of)
        values = [change_set_id, *params]
        sets.run(
            f"{HISTORY}, before, after) SELECT %s, 'updated', {OF_CONTACT}, '', h.after, h.before "
            f"FROM kernel_change h JOIN companies_contact k ON k.id = h.object_id WHERE {chosen}",
            [undoing_id, *values],
        )
        emptied = f"{column} = ''" + (", phone_digits = ''" if column == "phone" else "")
        sets.run(f"UPDATE companies_contact AS k SET {emptied} FROM kernel_change h WHERE {chosen}", values)


def _still_given(column: str, spoken_of: str) -> str:
    """SQL: a contact `k` of some companies has what a change `h` of a run gave them; its change set comes first."""
    return (
        "h.change_set_id = %s AND h.action = 'updated' AND h.model = 'companies.contact' AND h.object_id = k.id "
        f"AND k.{column} = {sets.json_text('h.after', column)} AND k.company_id IN ({spoken_of})"
    )


def count_still_given(spoken_of: str, params: list[Any], *, change_set_id: int | None) -> int:
    """How many people of some companies have something that a run gave them and that would go with it."""
    chosen = " UNION ".join(
        f"SELECT k.id FROM kernel_change h JOIN companies_contact k ON k.id = h.object_id "
        f"WHERE {_still_given(column, spoken_of)}"
        for column, *_ in LACKING
    )
    found: int = sets.value(f"SELECT count(*) FROM ({chosen}) AS given", [change_set_id, *params] * len(LACKING))
    return found


def given_more(spoken_of: str) -> str:
    """SQL: the ids of the people of some companies to whom a change set gave something; its id comes first."""
    return (
        "SELECT h.object_id FROM kernel_change h WHERE h.change_set_id = %s AND h.action = 'updated' "
        f"AND h.model = 'companies.contact' AND h.record_id IN ({spoken_of})"
    )
