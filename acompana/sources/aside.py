"""What a run that fills the registry does without while it works, and makes again at its end: indexes, references.

Told by the run itself, in the transaction that drops them, so that whoever goes on with it, or winds it up, has it.
"""

from __future__ import annotations

from typing import Any

from acompana.companies.models import Company
from acompana.companies.tally import fold_tally
from acompana.kernel import sets
from acompana.kernel.search import backends
from acompana.sources.alongside import both
from acompana.sources.planning import COMPANY, CREATE, STRETCH, UPDATE, Plan

MANY = 2_500  # companies written from which indexes are made afterwards rather than row by row
# What desks' lists and counts stand on; nearly all of them hold companies with a relation alone.
INDEXES_OF_PEOPLE = (
    "company_related_by_name",
    "company_related_newest",
    "company_told_by_name",
    "company_related_on",
    "company_executive_name",
    "company_of_partial_data",
    "company_related_no_office",
)
# By which the import itself asks, for each company that it renames, who was merged into it.
OF_MERGED = "company_merged_into"
HISTORY = "kernel_change"
WRITTEN = (COMPANY, "companies_companyactivity", "companies_contact", "sources_provenance", HISTORY)


def put_aside(plan: Plan, *, many: int = MANY) -> dict[str, Any]:
    """Where much of the registry is about to be written, its indexes go; where nobody works with it yet, also the
    references of what is written, since what an import writes comes from the tables that they point to. Gives what
    makes them again. In the caller's transaction, which keeps it."""
    there = Company.objects.count()
    touched = _expected_writes(plan, many)
    if touched < many or touched < there / 2:
        return {}
    works = there > 0 and Company.objects.filter(related_on__isnull=False).exists()
    # Where people work already, what their lists stand on stays.
    spare = (OF_MERGED, *(INDEXES_OF_PEOPLE if works else ()))
    return {
        "references": sets.put_references_aside(*WRITTEN) if not works and plan.is_register else {},
        "company": sets.put_indexes_aside(COMPANY, spare=spare),
        # Who touched a company is asked of its history, where there is one.
        "history": {} if there else sets.put_indexes_aside(HISTORY),
        "search": sets.put_indexes_aside(backends.TABLE, spare=backends.INDEXES_OF_RELATED),
    }


def count_what_came() -> None:
    """After the first stretch into a registry that was all but empty: of tables that it knows nothing of, PostgreSQL
    believes that no row is left under a condition, begins there, and goes through the whole stretch for each row."""
    sets.count_anew(*WRITTEN)


def bring_back(aside: dict[str, Any]) -> None:
    """Everything again. Begun and stopped, it can be asked again."""

    def of_companies() -> None:
        sets.bring_indexes_back(aside.get("company", {}))
        bring_references_back(aside)

    def of_others() -> None:
        for name in ("search", "history"):
            sets.bring_indexes_back(aside.get(name, {}))

    both(of_companies, of_others)
    fold_tally()
    sets.count_anew(*WRITTEN, backends.TABLE)


def bring_references_back(aside: dict[str, Any]) -> None:
    """The references alone: also of a run that stopped and may go on, so that no rule is missing until then."""
    sets.bring_references_back(aside.get("references", {}))


def _expected_writes(plan: Plan, many: int) -> float:
    """How many companies the run will write, by what it does with its first rows."""
    staged = plan.run.staged
    if staged < many or not plan.mapping.fields:
        return 0
    upto = min(STRETCH, staged)
    plan.judge(0, upto, only_looking=True)
    found = sets.value(f"SELECT count(*) FROM {plan.tables.plan} WHERE action IN ({CREATE}, {UPDATE})")
    return float(found / upto * staged)
