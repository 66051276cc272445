"""What a run brought into the search index, a stretch of lines at a time; in the caller's transaction."""

from __future__ import annotations

from acompana.companies.search import index_companies
from acompana.kernel import sets
from acompana.kernel.models import SearchRow
from acompana.kernel.search.backends import TABLE as SEARCH
from acompana.kernel.search.keeping import index_prepared
from acompana.sources.contacts import given_more
from acompana.sources.fields import BY_NAME, CONTACT_BIT, RELATION_BIT
from acompana.sources.planning import COMPANY, CREATE, UPDATE, Plan

NAME_BITS = BY_NAME["legal_name"].bit | BY_NAME["trade_name"].bit | RELATION_BIT


def index_stretch(plan: Plan, after: int, upto: int) -> None:
    """Who was created, is called otherwise, or got a contact is found from now on. Asked again, it changes nothing."""
    stretch = [after, upto]
    if "words" in plan.staged:
        tier = int(SearchRow.Tier.REGISTRY if plan.is_register else SearchRow.Tier.RELATED)
        index_prepared(
            "company",
            f"SELECT c.id AS object_id, {tier} AS tier, 'all' AS audience, c.id AS company_id, s.words AS text, "
            f"lower(c.rut) AS code FROM {plan.tables.plan} p JOIN {plan.tables.staged} s ON s.line = p.line "
            f"JOIN {COMPANY} c ON c.id = p.company_id WHERE p.line > %s AND p.line <= %s AND p.action = {CREATE} "
            "AND c.version = 1 AND c.merged_into_id IS NULL",
            stretch,
        )
    if plan.mapping.has_contact:
        _index_contacts(plan, stretch)
    index_companies(
        sets.value_list(
            f"SELECT company_id FROM {plan.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE} "
            f"AND (changed & {NAME_BITS}) <> 0",
            stretch,
        )
    )


def _index_contacts(plan: Plan, stretch: list[int]) -> None:
    """Of the companies to which the run added one. Those that are found already stay as they are, but for those whom
    it gave something more."""
    changed = f"SELECT company_id FROM {plan.tables.plan} WHERE line > %s AND line <= %s AND action = {UPDATE}"
    forget_contacts(given_more(changed), [plan.run.change_set_id, *stretch])
    index_prepared(
        "contact",
        f"SELECT k.id AS object_id, {int(SearchRow.Tier.OTHER)} AS tier, 'all' AS audience, k.company_id, "
        "substr(' ' || acompana_normalise(k.name || ' ' || k.email), 1, 500) AS text, k.phone_digits AS code "
        f"FROM {plan.tables.plan} p JOIN {COMPANY} c ON c.id = p.company_id AND c.merged_into_id IS NULL "
        "JOIN companies_contact k ON k.company_id = c.id AND k.ended_on IS NULL "
        f"WHERE p.line > %s AND p.line <= %s AND (p.action = {CREATE} "
        f"OR (p.action = {UPDATE} AND (p.changed & {CONTACT_BIT}) <> 0))",
        stretch,
    )


def forget_contacts(contacts: str, params: sets.Parameters) -> None:
    """`contacts`: SQL that gives the ids of those that are about to go."""
    sets.run(f"DELETE FROM {SEARCH} WHERE kind = 'contact' AND object_id IN ({contacts})", params)
