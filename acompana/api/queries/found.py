"""One thing by its id for who may know of it; a problem for everybody else, and the way on from what was merged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest

from acompana.api.permissions import may_change_company, may_read_company
from acompana.api.problems import Problem, Said, wrong
from acompana.api.queries.codes import no_such
from acompana.api.queries.companies import visible_companies
from acompana.companies.models import Company
from acompana.kernel.refusals import Stale
from acompana.kernel.statements import Statement, columns_of, given_id
from acompana.people.actors import Actor

LOOKED_AT = frozenset({"id", "executive_id", "office_id", "created_by_id", "merged_into_id", "version", "related_on"})
# By permissions, and whether it has a relation, in the model's order.
NEEDED = tuple(name for name in columns_of(Company) if name in LOOKED_AT)
OF_WHO_HAS_IT = Said(
    "Los datos de una empresa los cambia quien la tiene a cargo.", "Who is in charge of a company changes its data."
)

_COMPANY = Statement(
    lambda: Company.objects.filter(pk=given_id("company"), merged_into=None).order_by().values_list(*NEEDED),
    planned_once=True,
)

VERSION = r'(?:W/)?"[0-9]{1,9}"'
VERSIONS = rf"{VERSION}(?: ?, ?{VERSION}){{0,9}}"
WHAT_IS_A_VERSION = Said(
    'Es el ETag que leíste, entre comillas: «"3"».', 'It is the ETag that you read, in quotes: “"3"”.'
)


def company_or_problem(request: HttpRequest, company_id: int) -> Company:
    """A company that stands for itself. Problem: not found, also for who may not know of it; of one that was merged,
    as `moved_or_missing`."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = _COMPANY.rows(company=company_id)
    if not rows:
        raise moved_or_missing(request, company_id)
    company = Company.from_db(connection.alias, NEEDED, rows[0])
    if not may_read_company(actor, company):
        raise Problem("not-found")
    return company


def company_to_change(request: HttpRequest, company_id: int) -> Company:
    """A company whose data the actor may change. Problem: not allowed, for who only reads it (POR-9)."""
    company = company_or_problem(request, company_id)
    if not may_change_company(request.actor, company):  # type: ignore[attr-defined]
        raise Problem("not-allowed", OF_WHO_HAS_IT)
    return company


@contextmanager
def version_to_change(request: HttpRequest, company: Company, said: int | None) -> Iterator[int]:
    """The version that the change within is of, so that none undoes another's unseen (EXP-13): by `If-Match`, or as
    the body says it. Weak as well, as what stands between and compresses an answer makes its ETag.

    Problem: needs version, where neither says it; precondition (of `If-Match`) or stale, where another one is stored.
    """
    matched = request.headers.get("If-Match", "").strip()
    if matched and not re.fullmatch(VERSIONS, matched):
        raise wrong("header.If-Match", WHAT_IS_A_VERSION)
    if matched and str(company.version) not in re.findall(r"\d+", matched):
        raise Problem("precondition", version=company.version)
    version = company.version if matched else said
    if version is None:
        raise Problem("needs-version")
    try:
        yield version
    except Stale as stale:
        kind = "precondition" if matched else "stale"
        raise Problem(kind, version=company.version, rule=stale.rule) from stale


def company_asked(request: HttpRequest, company_id: int) -> int:
    """The company that a list is filtered by. Problem: one that the actor may not know of; one that was merged."""
    if not visible_companies(request.actor).filter(pk=company_id).exists():  # type: ignore[attr-defined]
        problem = moved_or_missing(request, company_id)
        raise problem if problem.kind == "moved" else wrong("query.company_id", no_such(company_id))
    return company_id


def moved_or_missing(request: HttpRequest, company_id: int) -> Problem:
    """Of a company that was merged, for who may know of the one that stayed: what is read leads there, with the rest
    of its address; what is written says which it is, and is not done. Not found, otherwise (EXP-1)."""
    stayed = Company.objects.filter(pk=company_id).values_list("merged_into_id", flat=True).first()
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if stayed is None or not visible_companies(actor).filter(pk=stayed).exists():
        return Problem("not-found")
    told: dict[str, Any] = {"company_id": stayed, "href": f"/api/v1/companies/{stayed}"}
    if request.method != "GET":
        return Problem("merged", **told)
    path = re.sub(r"/companies/\d+", f"/companies/{stayed}", request.path, count=1)
    query = request.GET.copy()
    if "company_id" in query:
        query["company_id"] = str(stayed)
    return Problem("moved", headers={"Location": f"{path}?{query.urlencode()}" if query else path}, **told)
