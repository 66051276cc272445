"""Companies counted by region and by what their status follows from, so that nobody counts a million of them."""

from __future__ import annotations

from typing import Any

from acompana.companies.models import Company, CompanyTally
from acompana.kernel import sets, tally, wholesale
from acompana.kernel.tally import Tally

# Without those whose status asks for their completeness as well: few, and looked at one by one.
COMPANIES = Tally(
    CompanyTally._meta.db_table,
    of=Company._meta.db_table,
    keys={
        "region_id": "row.region_id",
        "is_related": "row.related_on IS NOT NULL",
        "has_worked": "row.related_on IS NOT NULL AND row.last_worked_on IS NOT NULL",
        "user_until": "CASE WHEN row.related_on IS NOT NULL THEN row.user_until END",
        "former_from": "CASE WHEN row.related_on IS NOT NULL THEN row.former_from END",
        # A relation lies in the past: who began before it has begun, on whatever day is asked.
        "starts_on": "CASE WHEN row.related_on IS NULL OR row.user_until IS NULL OR row.kind <> 'national' "
        "OR row.started_on <= row.related_on THEN NULL ELSE coalesce(row.started_on, '9999-12-31') END",
    },
    counted="row.merged_into_id IS NULL AND NOT (row.related_on IS NOT NULL AND row.last_worked_on IS NULL "
    "AND row.registered_by_officer_on IS NOT NULL)",
    read=(
        "region_id", "related_on", "last_worked_on", "user_until", "former_from", "kind", "started_on",
        "merged_into_id", "registered_by_officer_on",
    ),
)  # fmt: skip


# What refuses a company that is merged as it comes (migration 0006), which an import never brings.
MERGED_WELL = "a_company_is_merged_into_one_that_stands_insert"


def insert_companies(sql: str, params: sets.Parameters) -> int:
    """Many new companies, of which none is merged into another, by one INSERT … SELECT in the caller's transaction."""
    return wholesale.insert(COMPANIES.of, sql, params, tallies=[COMPANIES], rules=[MERGED_WELL])


def keep_tally(**kwargs: Any) -> None:
    """After each migrate."""
    tally.keep(COMPANIES)


def recount_companies() -> None:
    """Makes the counts anew from the companies."""
    tally.recount(COMPANIES)


def fold_tally() -> None:
    """Puts together what has grown long."""
    tally.fold(COMPANIES)
