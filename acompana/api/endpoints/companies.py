"""Companies: list, search, one with its newest entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import Answer, endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut, cut_read
from acompana.api.permissions import reads_as_staff
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
)
from acompana.api.queries.entries import newest_entries
from acompana.api.queries.found import moved_or_missing
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
    """Empresas y contactos por nombre, RUT, correo o teléfono, sin importar tildes; primero lo que tiene relación.
    `href` es la página donde lo ve quien tiene la clave."""
    staff = reads_as_staff(request.actor)
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
                "href": result.href if staff else _own_page(result.company_id),
            }
            for result in found.results
        ],
        "count": {"value": found.count, "capped": found.is_capped},
    }


def _own_page(company_id: int | None) -> str:
    """The page of the portal on which its own people see a company."""
    return reverse("portal:company", args=[company_id])


@endpoint(
    router, "GET", "/companies/{int:company_id}", scope="companies:read", answer=schemas.CompanyOut,
    summary="Una empresa, sus contactos y sus 50 anotaciones más nuevas", refuses=("not-found", "moved"),
    headers=("ETag",),
)  # fmt: skip
def get_company(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Una empresa fusionada lleva con 301 a la que quedó. `ETag` es su versión, para cambiarla con `If-Match`. Sin el
    permiso `logbook:read`, `entries` es nulo."""
    return full_company(request, company_id)


def full_company(request: ApiRequest, company_id: int) -> Answer:
    today = timezone.localdate(request.now)
    row = company_record(request.actor, company_id, today)
    if row is None:
        raise moved_or_missing(request, company_id)
    row["sales_bracket"] = row.pop("sales_bracket__number")
    row["contacts"] = contacts_of(company_id)
    row["exports"] = exports_of(company_id) if row["exported_recently"] is not None else []
    # Without the scope of the logbook nothing is said of it: none is not the same as not asked.
    readable = "logbook:read" in request.caller.scopes
    row["entries"] = newest_entries(request.actor, ids_merged_into(company_id), ENTRIES) if readable else None
    return Answer(row, headers={"ETag": f'"{row["version"]}"'})
