"""What differs between the two databases: the index, and the statements that read it.

SQLite: an FTS5 table with the trigram tokenizer over the normalised column, kept by triggers, so that whatever
writes the row writes the index. PostgreSQL: GIN over the trigrams of the same column, one partial index per tier, so
that the few rows with a relation are found without touching a million others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError

from acompana.kernel.models.search import SearchRow
from acompana.kernel.phones import sought_phone
from acompana.kernel.search.text import FOLD_FROM, FOLD_TO, SEPARATORS, normalise, without_legal_form

log = logging.getLogger(__name__)

TABLE = "kernel_searchrow"
FULL_TEXT = "kernel_searchtext"
TIERS = tuple(SearchRow.Tier.values)
# What people who work with companies find them by; it stays while the public register is loaded.
INDEXES_OF_RELATED = tuple(f"kernel_searchrow_trigrams_{tier}" for tier in TIERS if tier != SearchRow.Tier.REGISTRY)


def mark_of(tier: int) -> str:
    """The tier as exactly one trigram, so that full-text search can meet it with the words."""
    return f"r{tier}r"


@dataclass(frozen=True, slots=True)
class Terms:
    """A search text in normal form, split into what an index can look up and what is checked on each candidate.

    `patterns`: without the legal form at the end of a name, so that « Roble SpA » finds « Roble Limitada »; what has
    the `whole` text stands first. `phone`: what the code of a telephone begins with, where the text is one written
    otherwise.
    """

    whole: str
    patterns: tuple[str, ...]
    code: str
    is_number: bool
    phone: str = ""

    @property
    def is_prefix_only(self) -> bool:
        """Under three letters nothing but the beginning of a name is looked up."""
        return len(self.whole) < 3


def terms_of(text: str) -> Terms:
    whole = normalise(text)
    compact = whole.replace(" ", "")
    # A word of two letters is looked up at the beginning of words: with its space it is one trigram.
    patterns = tuple(word if len(word) >= 3 else f" {word}" for word in without_legal_form(whole).split())
    is_number = len(compact) >= 4 and compact.rstrip("k").isdigit()
    phone = sought_phone(text)
    # With a + it is no RUT: those that begin with 569 are not what +56 9… asks for.
    code = compact if any(c.isdigit() for c in compact) and not (phone and "+" in text) else ""
    return Terms(whole, patterns, code, is_number, phone if phone != code else "")


Statement = tuple[str, list[Any]]
MANY_DIGITS = re.compile(r"\d{4,}")


class Backend(Protocol):
    def starts(self, column: str, text: str) -> Statement: ...
    def in_order(self, column: str) -> str: ...
    def contains(self, terms: Terms, tier: int | None, where: str, params: Sequence[Any]) -> Statement: ...


def _checks(patterns: Sequence[str]) -> Statement:
    # Normal form has no % nor _, so that nothing needs escaping.
    return "".join(" AND r.text LIKE %s" for _ in patterns), [f"%{pattern}%" for pattern in patterns]


def _tells_most(pattern: str) -> str:
    """What of a word the index is asked for: of letters and many digits the digits, which fewest have in common; the
    letters of «contacto656116» are in the e-mail of half the country."""
    found = MANY_DIGITS.search(pattern)
    return found[0] if found else pattern


class SqliteBackend:
    """FTS5 trigram. CROSS JOIN pins the order: the index first, then the rows."""

    def starts(self, column: str, text: str) -> Statement:
        # A range, since GLOB with a parameter may miss the index. The column is compared byte by byte.
        return f"r.{column} >= %s AND r.{column} < %s", [text, f"{text}{chr(0x10FFFF)}"]

    def in_order(self, column: str) -> str:
        return f"r.{column}"

    def contains(self, terms: Terms, tier: int | None, where: str, params: Sequence[Any]) -> Statement:
        looked_up = [_tells_most(pattern) for pattern in terms.patterns if len(pattern) >= 3]
        checked = [pattern for pattern in terms.patterns if len(pattern) < 3 or _tells_most(pattern) != pattern]
        match = [f'text : "{pattern}"' for pattern in looked_up]
        checks, check_params = _checks(checked)
        if tier == SearchRow.Tier.REGISTRY:
            # Nearly every row is of this tier: its list of rows is as long as the table, a look at the row is less.
            checks = f" AND r.tier = {tier}{checks}"
        elif tier is not None:
            match.append(f'mark : "{mark_of(tier)}"')
        source = f"{FULL_TEXT} f CROSS JOIN {TABLE} r ON r.id = f.rowid"
        return f"FROM {source} WHERE {FULL_TEXT} MATCH %s AND {where}{checks}", [
            " AND ".join(match),
            *params,
            *check_params,
        ]


class PostgresBackend:
    """pg_trgm. LIKE uses the GIN index of the tier; without the extension it reads the table, slower but right."""

    def starts(self, column: str, text: str) -> Statement:
        return f"r.{column} LIKE %s", [f"{text}%"]

    def in_order(self, column: str) -> str:
        # As its index is ordered: by the order of the language, all names with a frequent beginning would be sorted.
        return f"r.{column} USING ~<~"

    def contains(self, terms: Terms, tier: int | None, where: str, params: Sequence[Any]) -> Statement:
        checks, check_params = _checks([_tells_most(pattern) for pattern in terms.patterns])
        # What the index is not asked for is hidden from it, and looked for in what it found.
        rest = [pattern for pattern in terms.patterns if _tells_most(pattern) != pattern]
        checks += " AND (r.text || '') LIKE %s" * len(rest)
        check_params += [f"%{pattern}%" for pattern in rest]
        # The second comparison says nothing new, but hides from the planner how many rows there are: for a frequent
        # word and a few results it would read the table from its beginning, where rows of the tier may be rare.
        tiers = " AND r.tier = %s AND +r.tier = %s" if tier is not None else ""
        return f"FROM {TABLE} r WHERE {where}{tiers}{checks}", [
            *params,
            *([tier, tier] if tier is not None else []),
            *check_params,
        ]


def backend() -> Backend:
    return SqliteBackend() if connection.vendor == "sqlite" else PostgresBackend()


# --- making the index -------------------------------------------------------------------------------------------

SQLITE_TRIGGERS = {
    "kernel_searchrow_added": f"""
        CREATE TRIGGER kernel_searchrow_added AFTER INSERT ON {TABLE} BEGIN
          INSERT INTO {FULL_TEXT}(rowid, text, mark) VALUES (new.id, new.text, new.mark);
        END""",
    "kernel_searchrow_removed": f"""
        CREATE TRIGGER kernel_searchrow_removed AFTER DELETE ON {TABLE} BEGIN
          INSERT INTO {FULL_TEXT}({FULL_TEXT}, rowid, text, mark) VALUES ('delete', old.id, old.text, old.mark);
        END""",
    "kernel_searchrow_changed": f"""
        CREATE TRIGGER kernel_searchrow_changed AFTER UPDATE OF text, mark ON {TABLE} BEGIN
          INSERT INTO {FULL_TEXT}({FULL_TEXT}, rowid, text, mark) VALUES ('delete', old.id, old.text, old.mark);
          INSERT INTO {FULL_TEXT}(rowid, text, mark) VALUES (new.id, new.text, new.mark);
        END""",
}


def make_sqlite_index(execute: Any) -> None:
    execute(
        f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5("
        f"text, mark, content='{TABLE}', content_rowid='id', tokenize='trigram')"
    )
    for trigger in SQLITE_TRIGGERS.values():
        execute(trigger)
    execute(f"CREATE INDEX kernel_searchrow_tier_text ON {TABLE} (tier, text)")
    execute(f"CREATE INDEX kernel_searchrow_code ON {TABLE} (code) WHERE code <> ''")


def make_postgres_index(execute: Any) -> None:
    execute(
        "CREATE OR REPLACE FUNCTION acompana_normalise(value text) RETURNS text "
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$ SELECT btrim(regexp_replace(translate(regexp_replace("
        r"normalize(value, NFKD), '[\u0300-\u036f]+', '', 'g'), "
        f"'{FOLD_FROM}', '{FOLD_TO}'), '{SEPARATORS}', ' ', 'g')) $$"
    )
    execute(f"CREATE INDEX kernel_searchrow_tier_text ON {TABLE} (tier, text varchar_pattern_ops)")
    execute(f"CREATE INDEX kernel_searchrow_code ON {TABLE} (code varchar_pattern_ops) WHERE code <> ''")
    if not _has_trigrams(execute):
        return
    for tier in TIERS:
        execute(_trigram_index(tier))


def _trigram_index(tier: int) -> str:
    # Without a list of what is yet to be sorted in: it is read whole by each search, and grows to four megabytes.
    return (
        f"CREATE INDEX IF NOT EXISTS kernel_searchrow_trigrams_{tier} ON {TABLE} "
        f"USING gin (text gin_trgm_ops) WITH (fastupdate = off) WHERE tier = {tier}"
    )


def _has_trigrams(execute: Any) -> bool:
    try:
        with transaction.atomic():
            execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        log.warning(
            "The database user may not create the extension pg_trgm (%s). Search works, but reads the whole table. "
            "Ask the database's administrator to run: CREATE EXTENSION pg_trgm; then run manage.py reindex.",
            str(error).strip(),
        )
        return False
    return True


def make_trigram_indexes_if_missing() -> None:
    """After an administrator allowed the extension: what the migration could not make. Nothing on SQLite."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'kernel_searchrow_trigrams_%%'")
        if cursor.fetchone()[0] < len(TIERS) and not _has_trigrams(cursor.execute):
            return
        for tier in TIERS:
            cursor.execute(_trigram_index(tier))
            cursor.execute(f"ALTER INDEX kernel_searchrow_trigrams_{tier} SET (fastupdate = off)")  # of before


def register_sqlite_functions(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Gives each SQLite connection the SQL function that PostgreSQL has from a migration."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "acompana_normalise",
            1,
            lambda value: None if value is None else normalise(str(value)),
            deterministic=True,
        )
