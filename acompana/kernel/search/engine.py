"""Finding things. Rooms register sources and keep their rows (`keeping.py`); whoever searches needs to know no room.

register(SearchSource(kind="company", label="Empresas", rows=company_rows, present=present_companies))
find("conserv", scope=SearchScope.everything())
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Aggregate, CharField, Func, QuerySet
from django.db.models.expressions import RawSQL

from acompana.kernel import sets
from acompana.kernel.models.search import SearchRow
from acompana.kernel.search.backends import (
    TABLE,
    TIERS,
    Statement,
    Terms,
    backend,
    terms_of,
)
from acompana.kernel.search.ranking import Nearness, Row, rank, standing_of

MOST = 20  # results of a search
COUNT_CAP = 1000
CANDIDATES = 200  # enough to rank, few enough for a word that half of the registry has


class Normalised(Func):
    """The normal form in SQL; equal to `text.normalise`."""

    function = "acompana_normalise"
    output_field = CharField()


class Joined(Aggregate):
    """The texts of a group, one after the other with a space between: for a thing that is found by those of others."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


# --- sources ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Presented:
    """How a result is shown."""

    title: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class SearchSource:
    """One kind of thing that may be found.

    `rows` gives a queryset annotated with `row_tier`, `row_audience`, `row_company`, `row_text` (raw: it is normalised
    here) and `row_code` (lower case, no separators). `present` shows the few that were found. `by_phone`: the code is
    the end of a telephone, so that one written with its country finds it.
    """

    kind: str
    label: str
    rows: Callable[[], QuerySet]
    present: Callable[[Sequence[int]], Mapping[int, Presented]]
    order: int = 50
    by_phone: bool = False


_sources: dict[str, SearchSource] = {}


def register(source: SearchSource) -> None:
    _sources[source.kind] = source


def sources() -> list[SearchSource]:
    return sorted(_sources.values(), key=lambda source: source.order)


def source_of(kind: str) -> SearchSource | None:
    return _sources.get(kind)


# --- finding ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchScope:
    """What somebody may find; it goes into the statement itself."""

    audiences: frozenset[str] = field(default_factory=frozenset)
    company_ids: frozenset[int] | None = None  # None: of any company
    with_registry: bool = False  # also what is known from a public register alone (DEF-7)

    @property
    def tiers(self) -> tuple[int, ...]:
        return TIERS if self.with_registry else tuple(tier for tier in TIERS if tier != SearchRow.Tier.REGISTRY)

    @property
    def is_empty(self) -> bool:
        return not self.audiences or (self.company_ids is not None and not self.company_ids)


@dataclass(frozen=True, slots=True)
class Result:
    """`standing`: what it is before others by; those of one standing answer alike."""

    kind: str
    object_id: int
    tier: int
    title: str
    detail: str
    href: str
    standing: tuple[int, ...] = ()
    company_id: int | None = None


@dataclass(frozen=True, slots=True)
class SearchResults:
    results: tuple[Result, ...] = ()
    count: int = 0
    is_capped: bool = False

    @property
    def count_text(self) -> str:
        return "más de 1.000" if self.is_capped else f"{self.count:,}".replace(",", ".")

    def grouped(self) -> list[tuple[str, list[Result]]]:
        """Results by kind, in the order of the sources; within each, the best first."""
        groups = [(s.label, [r for r in self.results if r.kind == s.kind]) for s in sources()]
        return [(label, results) for label, results in groups if results]


def find(
    text: str,
    *,
    scope: SearchScope,
    kinds: Sequence[str] | None = None,
    limit: int = MOST,
    nearness: Nearness | None = None,
) -> SearchResults:
    """The best results for a text, at most twenty, what has a relation first; one count, capped at a thousand.

    Every word must be found, in any order, without regard to accents and case; under three letters, only at the
    beginning. A RUT or a number is found with or without its dots, a telephone however it is written. `nearness`: what
    comes first among what answers alike. Queries: one, one to count when there are many, one to present each kind
    found, and that of `nearness`.
    """
    terms = terms_of(text)
    if not terms.whole or scope.is_empty:
        return SearchResults()
    limit = min(limit, MOST)
    where, params = where_of(scope, kinds)
    begun, inside = _beginnings(terms, scope, where, params, limit), _insides(terms, scope, where, params)
    if nearness is not None and nearness.own:
        begun.insert(0, _among_own(terms, scope, where, params, nearness.own))
    rows, count = _gathered(begun, inside)
    if count <= COUNT_CAP and _is_cut(terms, scope, rows.values(), limit):
        count = _count(terms, scope, where, params)
    ids = {row[6] for row in rows.values() if row[6] is not None}
    near = dict(nearness.of(ids)) if nearness is not None and ids else {}
    best = _best(rows.values(), terms, near, limit)
    return SearchResults(_present(best, terms, near), min(count, COUNT_CAP), count > COUNT_CAP)


def closest(text: str, *, scope: SearchScope, kinds: Sequence[str], limit: int) -> list[int]:
    """The ids of the things that match best, in one query; for who shows them in a way of its own."""
    terms = terms_of(text)
    if not terms.whole or scope.is_empty:
        return []
    where, params = where_of(scope, kinds)
    parts = [*_beginnings(terms, scope, where, params, limit), *_insides(terms, scope, where, params)]
    sql, values = _in_turn(parts, CANDIDATES)
    rows: dict[int, Row] = {row[0]: row for row in sets.rows(sql, values)}
    return [row[2] for row in _best(rows.values(), terms, {}, limit)]


def _gathered(begun: Sequence[Statement], inside: Sequence[Statement]) -> tuple[dict[int, Row], int]:
    """Enough rows to rank, and how many there are up to what is counted: the index of words is read once for both."""
    if not inside:
        sql, values = _in_turn(begun, CANDIDATES)
        rows = {row[0]: row for row in sets.rows(sql, values)}
        return rows, len(rows)
    first, first_values = _in_turn(begun, CANDIDATES)
    rest, rest_values = _in_turn(inside, COUNT_CAP + 1)
    found = sets.rows(
        f"WITH begun AS {sets.materialized()} ({first}), inside AS {sets.materialized()} ({rest}) "
        "SELECT f.*, (SELECT count(*) FROM (SELECT id FROM begun UNION SELECT id FROM inside) AS ids) "
        f"FROM (SELECT * FROM begun UNION ALL SELECT * FROM (SELECT * FROM inside LIMIT {CANDIDATES}) AS i) AS f",
        [*first_values, *rest_values],
    )
    return {row[0]: row[:-1] for row in found}, found[0][-1] if found else 0


def _in_turn(statements: Sequence[Statement], most: int) -> Statement:
    """One after the other: both databases stop at the limit, so that what few rows with a relation answer does not
    look at a million others."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS s{i}" for i, (sql, _) in enumerate(statements))
    return f"{sql} LIMIT {most}", [value for _, values in statements for value in values]


def _is_cut(terms: Terms, scope: SearchScope, rows: Collection[Row], limit: int) -> bool:
    """Whether there may be more than was gathered: where only beginnings are looked up, as many as fit on a page. What
    looks inside gives all that beginnings give, up to what is counted."""
    if len(rows) < limit:
        return False
    codes = [code for code in (terms.code, terms.phone) if code]
    by_code = sum(row[5].startswith(code) for row in rows for code in codes)
    return by_code >= limit or not all(looks_inside(terms, tier) for tier in scope.tiers)


def _best(rows: Iterable[Row], terms: Terms, near: Mapping[int, int], limit: int) -> list[Row]:
    return sorted(rows, key=lambda row: rank(row, terms, near, _order(row)))[:limit]


def where_of(scope: SearchScope, kinds: Sequence[str] | None) -> Statement:
    sql = f"r.audience IN ({marks(scope.audiences)})"
    params: list[Any] = sorted(scope.audiences)
    if kinds is not None:
        sql += f" AND r.kind IN ({marks(kinds)})" if kinds else " AND 1 = 0"
        params += kinds
    if scope.company_ids is not None:
        sql += f" AND r.company_id IN ({marks(scope.company_ids)})"
        params += sorted(scope.company_ids)
    return sql, params


def marks(values: Iterable[Any]) -> str:
    return ", ".join("%s" for _ in values)


COLUMNS = "SELECT r.id, r.kind, r.object_id, r.tier, r.text, r.code, r.company_id"


def _among_own(terms: Terms, scope: SearchScope, where: str, params: list[Any], own: Collection[int]) -> Statement:
    """Of a few companies, what matches: by their index, before the others are looked at."""
    if terms.is_prefix_only:
        checks, values = "r.text LIKE %s", [f" {terms.whole}%"]
    else:
        checks = " AND ".join("r.text LIKE %s" for _ in terms.patterns)
        values = [f"%{pattern}%" for pattern in terms.patterns]
    return (
        f"{COLUMNS} FROM {TABLE} r WHERE r.company_id IN ({marks(own)}) AND +r.tier IN ({marks(scope.tiers)}) "
        f"AND {where} AND {checks} LIMIT {CANDIDATES // 2}",
        [*sorted(own), *scope.tiers, *params, *values],
    )


def _beginnings(terms: Terms, scope: SearchScope, where: str, params: list[Any], limit: int) -> list[Statement]:
    """What begins so: codes, then the names of each tier, in order; so many of each."""
    engine = backend()
    statements: list[Statement] = []
    for starts, start_params in code_begins(terms):
        tiers = marks(scope.tiers)
        statements.append(
            (
                f"{COLUMNS} FROM {TABLE} r WHERE {starts} AND +r.tier IN ({tiers}) AND {where} "
                f"ORDER BY {engine.in_order('code')} LIMIT {limit}",
                [*start_params, *scope.tiers, *params],
            )
        )
    starts, start_params = engine.starts("text", f" {terms.whole}")
    for tier in scope.tiers:
        statements.append(
            (
                f"{COLUMNS} FROM {TABLE} r WHERE r.tier = %s AND {starts} AND {where} "
                f"ORDER BY {engine.in_order('text')} LIMIT {limit}",
                [tier, *start_params, *params],
            )
        )
    return statements


def _insides(terms: Terms, scope: SearchScope, where: str, params: list[Any]) -> list[Statement]:
    """What has every word anywhere, tier after tier, where that is looked up."""
    parts = [_contains(terms, scope, tier, where, params) for tier in scope.tiers if looks_inside(terms, tier)]
    return [(f"{COLUMNS} {sql} LIMIT {COUNT_CAP + 1}", values) for sql, values in parts]


def code_begins(terms: Terms) -> list[Statement]:
    """The conditions on a code, each by its index: of any thing by what was typed; of those that telephones find, by
    the number in the form in which it is kept, so that no RUT is found by a telephone."""
    ways: list[Statement] = []
    if terms.code:
        starts, params = backend().starts("code", terms.code)
        ways.append((f"r.code <> '' AND {starts}", params))
    kinds = [source.kind for source in sources() if source.by_phone]
    if terms.phone and kinds:
        starts, params = backend().starts("code", terms.phone)
        ways.append((f"r.code <> '' AND {starts} AND r.kind IN ({marks(kinds)})", [*params, *kinds]))
    return ways


def looks_inside(terms: Terms, tier: int) -> bool:
    """Under three letters only beginnings count; a number inside a name of the public register says nothing."""
    return not terms.is_prefix_only and not (terms.is_number and tier == SearchRow.Tier.REGISTRY)


def _contains(terms: Terms, scope: SearchScope, tier: int | None, where: str, params: list[Any]) -> Statement:
    if scope.company_ids is not None or not any(len(pattern) >= 3 for pattern in terms.patterns):
        # Few rows of few companies: their index is better than that of words.
        checks = "".join(" AND r.text LIKE %s" for _ in terms.patterns)
        tiers = [tier] if tier is not None else list(scope.tiers)
        return f"FROM {TABLE} r WHERE r.tier IN ({marks(tiers)}) AND {where}{checks}", [
            *tiers,
            *params,
            *(f"%{pattern}%" for pattern in terms.patterns),
        ]
    return backend().contains(terms, tier, where, params)


def _ids(terms: Terms, scope: SearchScope, where: str, params: list[Any], column: str, cap: int | None) -> Statement:
    """Everything that matches, as one statement of one column; with a cap, not much more than so many."""
    limit = f" LIMIT {cap}" if cap else ""
    branches: list[Statement] = []
    for begins, begin_params in code_begins(terms):
        tiers = ", ".join(str(int(tier)) for tier in scope.tiers)
        sql = f"FROM {TABLE} r WHERE {begins} AND {where} AND +r.tier IN ({tiers})"
        branches.append((sql, [*begin_params, *params]))
    starts, start_params = backend().starts("text", f" {terms.whole}")
    for tier in scope.tiers:
        if looks_inside(terms, tier):
            branches.append(_contains(terms, scope, tier, where, params))
        else:
            sql = f"FROM {TABLE} r WHERE r.tier = %s AND {starts} AND {where}"
            branches.append((sql, [tier, *start_params, *params]))
    # Tiers have no row in common: without a number nothing is found twice, and the first tiers may be enough.
    each_once = column == "id" and not terms.code and not terms.phone
    sql = (" UNION ALL " if each_once else " UNION ").join(
        f"SELECT {column} FROM (SELECT r.{column} {branch}{limit}) AS b{i}" for i, (branch, _) in enumerate(branches)
    )
    return f"{sql}{limit if each_once else ''}", [value for _, values in branches for value in values]


def _count(terms: Terms, scope: SearchScope, where: str, params: list[Any]) -> int:
    sql, values = _ids(terms, scope, where, params, "id", COUNT_CAP + 1)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS matches", values)
        return cursor.fetchone()[0]


def matching_companies(
    text: str, *, scope: SearchScope, kinds: Sequence[str], cap: int | None = None
) -> RawSQL | None:
    """The ids of the companies of everything that matches, as a subquery for `pk__in`; None for an empty text.

    For lists, where other filters and the order are the list's own. `cap`: enough to know that there are many.
    """
    terms = terms_of(text)
    if not terms.whole:
        return None
    where, params = where_of(scope, kinds)
    sql, values = _ids(terms, scope, where, params, "company_id", cap)
    return RawSQL(sql, values)


def _order(row: Row) -> int:
    return _sources[row[1]].order if row[1] in _sources else 99


def _present(rows: Sequence[Row], terms: Terms, near: Mapping[int, int]) -> tuple[Result, ...]:
    by_kind: dict[str, list[int]] = {}
    for _, kind, object_id, *_ in rows:
        by_kind.setdefault(kind, []).append(object_id)
    shown = {kind: _sources[kind].present(ids) for kind, ids in by_kind.items() if kind in _sources}
    results = []
    for row in rows:
        _, kind, object_id, tier, *_ = row
        if presented := shown.get(kind, {}).get(object_id):
            standing = standing_of(row, terms, near)
            told = (presented.title, presented.detail, presented.href)
            results.append(Result(kind, object_id, tier, *told, standing, row[6]))
    return tuple(results)
