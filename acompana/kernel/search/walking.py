"""Finding in an order: for lists of what so many rows match that gathering and sorting them would cost more than
reading the list in its order and asking each row whether it matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from acompana.kernel.search.backends import TABLE, backend, terms_of
from acompana.kernel.search.engine import SearchScope, code_begins, looks_inside, marks, where_of


def company_matches(text: str, *, scope: SearchScope, kinds: Sequence[str], column: str) -> RawSQL:
    """Whether the company of a row of the outer statement matches, as a condition; `column` holds its id there.

    A scalar subquery, which neither database turns into a join: the outer order is kept, and reading stops when the
    page is full. The text may not be empty.
    """
    terms = terms_of(text)
    where, params = where_of(scope, kinds)
    begins, begin_params = backend().starts("text", f" {terms.whole}")
    ways: list[str] = []
    values: list[Any] = []
    for starts, start_params in code_begins(terms):
        ways.append(f"({starts})")
        values += start_params
    for tier in scope.tiers:
        if looks_inside(terms, tier):
            ways.append(f"(r.tier = %s{' AND r.text LIKE %s' * len(terms.patterns)})")
            values += [tier, *(f"%{pattern}%" for pattern in terms.patterns)]
        else:
            ways.append(f"(r.tier = %s AND {begins})")
            values += [tier, *begin_params]
    sql = (
        f"(SELECT 1 FROM {TABLE} r WHERE r.company_id = {column} AND {where} "
        f"AND +r.tier IN ({marks(scope.tiers)}) AND ({' OR '.join(ways)}) LIMIT 1) IS NOT NULL"
    )
    return RawSQL(sql, [*params, *scope.tiers, *values], output_field=BooleanField())
