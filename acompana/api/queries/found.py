"""One thing by its id for who may know of it; a problem for everybody else."""

from __future__ import annotations

from django.db import connection

from acompana.api.permissions import may_change_company, may_read_company
from acompana.api.problems import Problem
from acompana.companies.models import Company
from acompana.kernel.statements import Statement, columns_of, given_id
from acompana.people.actors import Actor

LOOKED_AT = frozenset({"id", "executive_id", "office_id", "created_by_id", "merged_into_id", "version"})
NEEDED = tuple(name for name in columns_of(Company) if name in LOOKED_AT)  # by permissions, in the model's order

_COMPANY = Statement(
    lambda: Company.objects.filter(pk=given_id("company"), merged_into=None).order_by().values_list(*NEEDED),
    planned_once=True,
)


def company_or_problem(actor: Actor, company_id: int) -> Company:
    """A company that stands for itself. Problem: not found, also for who may not know of it."""
    rows = _COMPANY.rows(company=company_id)
    company = Company.from_db(connection.alias, NEEDED, rows[0]) if rows else None
    if company is None or not may_read_company(actor, company):
        raise Problem("not-found")
    return company


def company_to_change(actor: Actor, company_id: int) -> Company:
    """A company whose data the actor may change. Problem: not allowed, for who only reads it (POR-9)."""
    company = company_or_problem(actor, company_id)
    if not may_change_company(actor, company):
        raise Problem("not-allowed", "Los datos de una empresa los cambia quien la tiene a cargo.")
    return company
