"""One thing by its id for who may know of it; a problem for everybody else."""

from __future__ import annotations

from acompana.api.permissions import may_change_company, may_read_company
from acompana.api.problems import Problem
from acompana.companies.models import Company
from acompana.people.actors import Actor

NEEDED = ("executive", "office", "created_by", "merged_into", "version")  # what permissions look at


def company_or_problem(actor: Actor, company_id: int) -> Company:
    """A company that stands for itself. Problem: not found, also for who may not know of it."""
    company = Company.objects.filter(pk=company_id, merged_into=None).only(*NEEDED).order_by().first()
    if company is None or not may_read_company(actor, company):
        raise Problem("not-found")
    return company


def company_to_change(actor: Actor, company_id: int) -> Company:
    """A company whose data the actor may change. Problem: not allowed, for who only reads it (POR-9)."""
    company = company_or_problem(actor, company_id)
    if not may_change_company(actor, company):
        raise Problem("not-allowed", "La cambia quien está a cargo de la empresa.")
    return company
