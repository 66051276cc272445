"""Companies: list, search, one with its newest entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import Answer, endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut, cut_read
from acompana.api.problems import Problem
from acompana.api.queries.companies import (
    BY_NAME,
    PlainList,
    capped_count,
    company_record,
    contacts_of,
    exports_of,
    filtered,
    flat_rows,
    is_plain,
    scope_of,
    visible_companies,
)
from acompana.api.queries.entries import newest_entries
from acompana.companies.models import Company
from acompana.kernel.search.engine import find
from acompana.logbook.queries import ids_merged_into

router = Router()
ENTRIES = 50


@endpoint(
    router, "GET", "/companies", scope="companies:read", answer=schemas.CompanyPage,
    summary="Lista de empresas por nombre, con filtros", refuses=("bad-cursor",),
)  # fmt: skip
def list_companies(request: ApiRequest, filters: Query[schemas.CompanyFilters]) -> Any:
    """Por razón social. `next` es nulo en la última página. `count`, hasta 1.000, viene en la primera."""
    today = timezone.localdate(request.now)
    asked = filters.dict()
    how: Any = {"request": request, "limit": filters.limit, "cursor": filters.cursor, "order": BY_NAME, "key": BY_NAME}
    count: Callable[[], dict[str, Any]]
    if is_plain(request.actor, asked):
        rows = PlainList.asked(asked)
        page = cut_read(lambda after: rows.page(after, filters.limit, today), **how)
        count = rows.count
    else:
        found = filtered(request.actor, asked, today)
        page = cut(found, flat=lambda some: flat_rows(some, today, ("sort_name",)), **how)
        count = partial(capped_count, found)
    for row in page["items"]:
        del row["sort_name"]  # it only says where the next page begins
    counted = filters.count and not filters.cursor
    return {**page, "count": count() if counted else None}


@endpoint(
    router, "GET", "/companies/search", scope="companies:read", answer=schemas.SearchOut,
    summary="Búsqueda mientras se escribe",
)  # fmt: skip
def search_companies(request: ApiRequest, filters: Query[schemas.SearchAsked]) -> Any:
    """Empresas y contactos por nombre, RUT, correo o teléfono, sin importar tildes; primero lo que tiene relación."""
    scope = scope_of(request.actor, with_registry=filters.relation == "all")
    found = find(filters.q, scope=scope, kinds=("company", "contact"), limit=filters.limit)
    return {
        "items": [
            {
                "kind": result.kind,
                "id": result.company_id if result.kind == "company" else result.object_id,
                "company_id": result.company_id,
                "title": result.title,
                "detail": result.detail,
                "href": result.href,
            }
            for result in found.results
        ],
        "count": {"value": found.count, "capped": found.is_capped},
    }


@endpoint(
    router, "GET", "/companies/{int:company_id}", scope="companies:read", answer=schemas.CompanyOut,
    summary="Una empresa, sus contactos y sus 50 anotaciones más nuevas", refuses=("not-found",), headers=("ETag",),
)  # fmt: skip
def get_company(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Una empresa fusionada lleva con 301 a la que quedó. `ETag` es su versión, para cambiarla con `If-Match`."""
    return full_company(request, company_id)


def full_company(request: ApiRequest, company_id: int) -> Answer | HttpResponse:
    today = timezone.localdate(request.now)
    row = company_record(request.actor, company_id, today)
    if row is None:
        return _moved_or_missing(request, company_id)
    row["sales_bracket"] = row.pop("sales_bracket__number")
    row["contacts"] = contacts_of(company_id)
    row["exports"] = exports_of(company_id) if row["exported_recently"] is not None else []
    # Without the scope of the logbook the record comes without it.
    readable = "logbook:read" in request.caller.scopes
    row["entries"] = newest_entries(request.actor, ids_merged_into(company_id), ENTRIES) if readable else []
    return Answer(row, headers={"ETag": f'"{row["version"]}"'})


def _moved_or_missing(request: ApiRequest, company_id: int) -> HttpResponse:
    into = Company.objects.filter(pk=company_id).values_list("merged_into_id", flat=True).first()
    if into is None or not visible_companies(request.actor).filter(pk=into).exists():
        raise Problem("not-found")
    return HttpResponse(status=301, headers={"Location": f"/api/v1/companies/{into}"})
